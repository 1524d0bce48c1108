"""NetBox's extras: tags, and the change log of its core."""

from __future__ import annotations

from typing import Final

from dcim.catalog.resource import Resource
from dcim.record.changes import ObjectChange
from dcim.record.custom_fields import CustomField, CustomFieldChoiceSet
from dcim.record.organisation import Tag

TAG = Resource(
    model=Tag,
    kind="extras.tag",
    path="extras/tags",
    columns=("name", "slug", "color", "description"),
    brief=("name", "slug", "color"),
    search=("name", "slug", "description"),
)
CUSTOM_FIELD = Resource(
    model=CustomField,
    kind="extras.customfield",
    path="extras/custom-fields",
    columns=("name", "label", "type", "object_types", "required", "group_name", "description"),
    brief=("name", "description"),
    search=("name", "label", "group_name", "description"),
)
CUSTOM_FIELD_CHOICE_SET = Resource(
    model=CustomFieldChoiceSet,
    kind="extras.customfieldchoiceset",
    path="extras/custom-field-choice-sets",
    columns=("name", "extra_choices", "order_alphabetically", "description"),
    brief=("name", "description"),
    search=("name", "description"),
)
OBJECT_CHANGE = Resource(
    model=ObjectChange,
    kind="core.objectchange",
    path="core/object-changes",
    columns=("time", "user_name", "action", "changed_object_type", "object_repr", "message"),
    brief=("object_repr", "action"),
    search=("object_repr", "user_name", "message"),
    hidden=frozenset({"link", "mac"}),
    writable=False,
)
RESOURCES: Final = (TAG, CUSTOM_FIELD, CUSTOM_FIELD_CHOICE_SET, OBJECT_CHANGE)

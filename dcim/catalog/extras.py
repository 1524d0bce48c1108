"""NetBox's extras: tags and the like, and the change log and the jobs of its core."""

from __future__ import annotations

from typing import Final

from dcim.catalog.resource import Resource
from dcim.record.extras.config_contexts import ConfigContext
from dcim.record.extras.custom_fields import CustomField, CustomFieldChoiceSet
from dcim.record.extras.journal import JournalEntry
from dcim.record.log.changes import ObjectChange
from dcim.record.people.organisation import Tag
from dcim.record.planner.jobs import Job

TAG = Resource(
    model=Tag,
    kind="extras.tag",
    path="extras/tags",
    columns=("name", "slug", "color", "object_types", "description"),
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
CONFIG_CONTEXT = Resource(
    model=ConfigContext,
    kind="extras.configcontext",
    path="extras/config-contexts",
    columns=("name", "weight", "is_active", "description"),
    brief=("name", "description"),
    search=("name", "description"),
    via={
        "region": "regions",
        "site_group": "site_groups",
        "site": "sites",
        "location": "locations",
        "device_type": "device_types",
        "device_role": "roles",
        "platform": "platforms",
        "cluster_type": "cluster_types",
        "cluster_group": "cluster_groups",
        "cluster": "clusters",
        "tenant_group": "tenant_groups",
        "tenant": "tenants",
    },
)
JOURNAL_ENTRY = Resource(
    model=JournalEntry,
    kind="extras.journalentry",
    path="extras/journal-entries",
    columns=("created", "kind", "object_type", "object_id", "created_by", "comments"),
    brief=("created",),
    search=("comments",),
    hidden=frozenset({"description"}),
    wire={"object_type": "assigned_object_type", "object_id": "assigned_object_id"},
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
JOB = Resource(
    model=Job,
    kind="core.job",
    path="core/jobs",
    columns=("name", "status", "user", "created", "started", "completed"),
    brief=("created", "completed", "user", "status"),
    search=("name", "kind", "error"),
    hidden=frozenset({"worker", "task_id", "period"}),
    writable=False,
)
RESOURCES: Final = (
    TAG,
    CUSTOM_FIELD,
    CUSTOM_FIELD_CHOICE_SET,
    CONFIG_CONTEXT,
    JOURNAL_ENTRY,
    OBJECT_CHANGE,
    JOB,
)

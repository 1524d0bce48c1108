"""Forms of custom fields: kinds of objects are chosen, not written."""

from __future__ import annotations

from django import forms
from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from dcim.catalog import RESOURCES
from dcim.record.base import Record
from dcim.web.forms.edit import CreatePage, EditPage
from dcim.web.forms.records import RecordForm

capitalised = lazy(capfirst, str)
KINDS = [(one.kind, capitalised(one.model._meta.verbose_name)) for one in RESOURCES]
KINDS_WITH_FIELDS = [
    (one.kind, capitalised(one.model._meta.verbose_name))
    for one in RESOURCES
    if issubclass(one.model, Record)
]


class CustomFieldForm(RecordForm):
    """A custom field's own fields."""

    object_types = forms.MultipleChoiceField(
        choices=KINDS_WITH_FIELDS,
        widget=forms.CheckboxSelectMultiple,
        label=_("Object types"),
        help_text=_("Kinds of objects that have the field."),
    )
    related_object_type = forms.ChoiceField(
        choices=[("", "–"), *KINDS],
        required=False,
        label=_("Related object type"),
        help_text=_("The kind of object that values name."),
    )


class CustomFieldCreatePage(CreatePage):
    """A new custom field."""

    form_base = CustomFieldForm


class CustomFieldEditPage(EditPage):
    """A custom field that is there."""

    form_base = CustomFieldForm

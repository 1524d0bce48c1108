"""Custom fields on pages: an object's values as they are shown, and the fields of its form."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django import forms
from django.db.models import Model, QuerySet
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcim.catalog import BY_KIND, kind_of
from dcim.record.base import Record
from dcim.record.extras.custom_fields import TO_OBJECTS, CustomField, custom_fields_of
from dcim.vocabulary.choices_extras import CustomFieldType, UiEditable, UiVisible
from dcim.web.forms.choosing import NamedChoiceField, NamedChoicesField
from dcim.web.forms.fields import JsonFormField
from dcim.web.values import formats
from dcim.web.values.formats import Shown
from dcim.web.values.rows import named

PREFIX: Final = "cf_"
COLUMN: Final = "custom_field_data"
Seen = Callable[[QuerySet[Any]], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class ShownField:
    """A custom field of an object as its page shows it; without values it is not set."""

    label: str
    description: str
    values: list[Shown]


def shown_values(obj: Model, seen: Seen) -> list[tuple[str, list[ShownField]]]:
    """The custom fields of `obj` that pages show, by group; those of no group first."""
    if not isinstance(obj, Record):
        return []
    shown = [
        (one.group_name, ShownField(called_on_pages(one), one.description, values))
        for one in custom_fields_of(kind_of(type(obj)))
        if one.ui_visible != UiVisible.HIDDEN
        for values in [_shown(one, obj.custom_field_data.get(one.name), seen)]
        if values or one.ui_visible == UiVisible.ALWAYS
    ]
    groups: dict[str, list[ShownField]] = {}
    for group, field in shown:
        groups.setdefault(group, []).append(field)
    return list(groups.items())


def _shown(field: CustomField, value: Any, seen: Seen) -> list[Shown]:
    if value is None or value in ("", []):
        return []
    if field.type in TO_OBJECTS:
        keys = value if isinstance(value, list) else [value]
        rows = seen(named(BY_KIND[field.related_object_type].model))
        return [formats.shown_object(one) for one in rows.filter(pk__in=keys)]
    return shown_plainly(field, value)


def shown_plainly(field: CustomField, value: Any) -> list[Shown]:
    """The values of a custom field that names no objects."""
    if value is None or value in ("", []):
        return []
    if isinstance(value, list) and field.type == CustomFieldType.MULTISELECT:
        return [Shown(_label(field, one)) for one in value]
    return [_shown_one(field, value)]


def _shown_one(field: CustomField, value: Any) -> Shown:
    if field.type == CustomFieldType.SELECT:
        return Shown(_label(field, value))
    if field.type == CustomFieldType.URL:
        return Shown(value, url=value)
    if field.type == CustomFieldType.DATE and (day := parse_date(value)) is not None:
        return Shown(formats.day(day), title=value)
    if field.type == CustomFieldType.DATETIME and (time := parse_datetime(value)) is not None:
        return Shown(formats.moment(time), title=value)
    if isinstance(value, bool):
        return Shown(_("Yes") if value else _("No"))
    if isinstance(value, int | float):
        return Shown(formats.number(value))
    return Shown(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _label(field: CustomField, value: str) -> str:
    return field.choice_set.labels.get(value, value) if field.choice_set else value


def called_on_pages(field: CustomField) -> str:
    """The custom field's heading."""
    return str(capfirst(str(field)))


def form_fields(model: type[Model], obj: Model | None) -> dict[str, forms.Field]:
    """A form's fields for the custom fields that forms offer, by cf_NAME."""
    if not issubclass(model, Record):
        return {}
    values = obj.custom_field_data if isinstance(obj, Record) and obj.pk else None
    made = {}
    for one in custom_fields_of(kind_of(model)):
        if one.ui_editable != UiEditable.YES:
            continue
        initial = one.default if values is None else values.get(one.name)
        made[f"{PREFIX}{one.name}"] = form_field_of(
            one,
            label=called_on_pages(one),
            required=one.required and one.type != CustomFieldType.BOOLEAN,
            help_text=one.description,
            initial=initial,
        )
    return made


def form_field_of(field: CustomField, **options: Any) -> forms.Field:
    """The form's field that takes values of the custom field's type."""
    if field.type in TO_OBJECTS:
        rows = named(BY_KIND[field.related_object_type].model)
        is_one = field.type == CustomFieldType.OBJECT
        return (NamedChoiceField if is_one else NamedChoicesField)(rows, **options)
    if field.type in {CustomFieldType.SELECT, CustomFieldType.MULTISELECT}:
        choices = list(field.choice_set.labels.items()) if field.choice_set else []
        if field.type == CustomFieldType.MULTISELECT:
            return forms.MultipleChoiceField(choices=choices, **options)
        return forms.ChoiceField(choices=[("", formats.NOTHING), *choices], **options)
    return FORMS[field.type](**options)


def _yes_or_no(**options: Any) -> forms.Field:
    return forms.TypedChoiceField(
        choices=[
            ("", formats.NOTHING),
            ("True", gettext_lazy("Yes")),
            ("False", gettext_lazy("No")),
        ],
        coerce="True".__eq__,
        empty_value=None,
        **options,
    )


def _day(**options: Any) -> forms.Field:
    return forms.DateField(
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **options
    )


def _long(**options: Any) -> forms.Field:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), **options)


FORMS: Final[Mapping[str, Callable[..., forms.Field]]] = {
    CustomFieldType.TEXT: forms.CharField,
    CustomFieldType.LONG_TEXT: _long,
    CustomFieldType.INTEGER: forms.IntegerField,
    CustomFieldType.DECIMAL: forms.FloatField,
    CustomFieldType.BOOLEAN: _yes_or_no,
    CustomFieldType.DATE: _day,
    CustomFieldType.DATETIME: forms.CharField,
    CustomFieldType.URL: forms.CharField,
    CustomFieldType.JSON: JsonFormField,
}


def values_in(cleaned: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The values of the form's fields `names` as the record takes them; None unsets one."""
    return {name.removeprefix(PREFIX): _stored(cleaned[name]) for name in names}


def _stored(value: Any) -> Any:
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, QuerySet):
        return [one.pk for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return None if value in ("", []) else value

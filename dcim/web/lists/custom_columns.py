"""Custom fields in lists: their columns, and the conditions on their values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.db.models import FloatField, Model, Q
from django.db.models.functions import Cast
from django.db.models.lookups import Exact, IContains, In
from django.utils.safestring import SafeString

from dcim.catalog import kind_of
from dcim.record.base import Record
from dcim.record.extras.custom_data import TextOf, list_holds
from dcim.record.extras.custom_fields import OF_MANY, TO_OBJECTS, CustomField, custom_fields_of
from dcim.vocabulary.choices_extras import CustomFieldType, FilterLogic, UiVisible
from dcim.web.forms.custom_values import COLUMN, called_on_pages, form_field_of, shown_plainly
from dcim.web.lists.tables import PlainColumn, cell_of
from dcim.web.values.formats import NOTHING, Shown
from dcim.web.values.rows import Seen, objects_called

NUMBERS: Final = frozenset({CustomFieldType.INTEGER, CustomFieldType.DECIMAL})
TEXTS: Final = frozenset({CustomFieldType.TEXT, CustomFieldType.LONG_TEXT, CustomFieldType.URL})
TRUTHS: Final = {True: ("true", "1"), False: ("false", "0")}  # PostgreSQL's word, and SQLite's


def listed_fields(model: type[Model]) -> list[CustomField]:
    """The custom fields that lists of the model may show."""
    if not issubclass(model, Record):
        return []
    return [one for one in custom_fields_of(kind_of(model)) if one.ui_visible != UiVisible.HIDDEN]


class CustomColumn(PlainColumn):
    """A column with the values of a custom field."""

    def __init__(self, field: CustomField, seen: Seen) -> None:
        self.field, self.seen = field, seen
        self.called: dict[tuple[str, int], Shown] = {}
        super().__init__(called_on_pages(field), is_amount=field.type in NUMBERS)

    def prepare(self, records: Sequence[Any]) -> None:
        """Look up the objects that the page's values name, with one query."""
        if self.field.type in TO_OBJECTS:
            keys = {key for one in records for key in self._keys(one)}
            kind = self.field.related_object_type
            self.called = objects_called([(kind, key) for key in keys], self.seen)

    def cell(self, record: Any) -> SafeString:
        """The value, or the values one after the other."""
        values = self._values(record)
        one = values[0] if len(values) == 1 else Shown(_joined(values))
        return cell_of(one, is_amount=self.field.type in NUMBERS)

    def _keys(self, record: Any) -> list[int]:
        value = record.custom_field_data.get(self.field.name)
        return value if isinstance(value, list) else [] if value is None else [value]

    def _values(self, record: Any) -> list[Shown]:
        if self.field.type not in TO_OBJECTS:
            return shown_plainly(self.field, record.custom_field_data.get(self.field.name))
        keys = [(self.field.related_object_type, key) for key in self._keys(record)]
        return [self.called[key] for key in keys if key in self.called]


def _joined(values: Sequence[Shown]) -> str:
    return ", ".join(one.text for one in values) or NOTHING


def filter_field_of(field: CustomField) -> forms.Field | None:
    """A form's field for a condition on the custom field; None where there can be none."""
    if field.filter_logic == FilterLogic.DISABLED or field.type == CustomFieldType.JSON:
        return None
    if field.type == CustomFieldType.MULTIOBJECT:
        return forms.IntegerField(label=called_on_pages(field), required=False)
    one = CustomField(
        type=CustomFieldType.SELECT if field.type == CustomFieldType.MULTISELECT else field.type,
        choice_set=field.choice_set,
        related_object_type=field.related_object_type,
    )
    return form_field_of(one, label=called_on_pages(field), required=False)


def custom_condition(field: CustomField, value: Any) -> Q:
    """The condition that an object has the value, or in a text a part of it."""
    stored, wanted = TextOf(COLUMN, field.name), getattr(value, "pk", value)
    if field.type in OF_MANY:
        return list_holds(COLUMN, field.name, wanted)
    if isinstance(wanted, bool):
        return Q(In(stored, TRUTHS[wanted]))
    if field.type in NUMBERS:
        return Q(Exact(Cast(stored, FloatField()), float(wanted)))
    if field.type in TEXTS and field.filter_logic == FilterLogic.LOOSE:
        return Q(IContains(stored, wanted))
    return Q(Exact(stored, str(wanted)))

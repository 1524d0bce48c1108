"""Filters by custom fields: `cf_NAME` with the look-ups of the field's type.

They are made when a request names one, of the fields that there are at that moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any, Final, TypeAlias

from django import forms
from django.db import models
from django.db.models import Q
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.db.models.lookups import Exact, IsNull
from django_filters import Filter

from api.queries.lookups import (
    BIGGEST,
    EXACT,
    OF_ORDER,
    OF_TEXT,
    PATTERNS,
    AnyOf,
    PatternText,
    Rows,
    Truth,
    Values,
    fits,
)
from dcim.catalog.resource import Resource
from dcim.record.base import Record
from dcim.record.extras.custom_data import TextOf, list_holds
from dcim.record.extras.custom_fields import CustomField, custom_fields_of
from dcim.record.extras.custom_values import moment_of
from dcim.vocabulary.choices_extras import CustomFieldType, FilterLogic

COLUMN: Final = "custom_field_data"
PREFIX: Final = "cf_"
# Fields that loose filters find by a part of the text.
LOOSE: Final = frozenset({CustomFieldType.TEXT, CustomFieldType.LONG_TEXT, CustomFieldType.URL})
Stored: TypeAlias = "models.Field[Any, Any]"


class _Date(forms.DateField):
    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return found.isoformat() if isinstance(found, date) else found


class _Moment(forms.CharField):
    def clean(self, value: Any) -> str:
        moment = moment_of(str(value))
        if moment is None:
            raise forms.ValidationError("Enter a valid date/time.")
        return moment


def _whole(*, least: int = -BIGGEST) -> forms.IntegerField:
    return forms.IntegerField(min_value=least, max_value=BIGGEST)


class OfValue(AnyOf):
    """Rows by the value of a custom field; `compared` is the type as which values compare."""

    def __init__(self, name: str, one: forms.Field, compared: Stored, **options: Any) -> None:
        super().__init__(COLUMN, Values(one), **options)
        self.name, self.compared = name, compared

    def filter(self, qs: Rows, value: list[Any]) -> Rows:
        if not value:
            return qs
        stated = [one for one in value if one is not None]
        matches = self.stating(stated) if stated else Q(pk__in=())
        unset = Q(IsNull(self.text, True))
        if not self.exclude:
            return qs.filter(matches | unset if None in value else matches)
        # What is unknown is neither true nor false, so what is unset is named.
        return qs.filter(~unset & ~matches if None in value else unset | ~matches)

    @property
    def text(self) -> TextOf:
        return TextOf(COLUMN, self.name)

    def stating(self, values: list[Any]) -> Q:
        """The condition for any of `values`, none of which is unset."""
        text: Combinable = self.text
        if not isinstance(self.compared, models.TextField):
            text = Cast(self.text, self.compared)
        lookup: Any = self.compared.get_lookup(self.lookup_expr)
        if self.lookup_expr == "in":
            return Q(lookup(text, values))
        condition = Q()
        for one in values:
            is_pattern = self.lookup_expr in PATTERNS
            condition |= Q(fits(text, one, self.lookup_expr) if is_pattern else lookup(text, one))
        return condition


class OfTruth(OfValue):
    """Rows by a custom field of true or false, which engines write in their own ways."""

    def stating(self, values: list[Any]) -> Q:
        words = {True: ("true", "1"), False: ("false", "0")}
        return super().stating([word for one in values for word in words[one]])


class OfList(OfValue):
    """Rows whose list under a custom field has any of the values."""

    def stating(self, values: list[Any]) -> Q:
        condition = Q()
        for one in values:
            condition |= list_holds(COLUMN, self.name, one)
        return condition


class IsUnset(Filter):
    """Rows whose custom field has no value, or has one."""

    def __init__(self, name: str) -> None:
        super().__init__(field_name=COLUMN)
        self.name = name
        self.form_field = Values(Truth())

    @property
    def field(self) -> Values:
        return self.form_field

    def filter(self, qs: Rows, value: list[Any]) -> Rows:
        if not value:
            return qs
        text = TextOf(COLUMN, self.name)
        unset = Q(IsNull(text, True)) | Q(Exact(text, ""))
        return qs.filter(unset) if value[-1] else qs.exclude(unset)


Make = tuple[type[OfValue], Callable[[], forms.Field], Stored, Mapping[str, tuple[str, bool]]]
TEXT: Final = models.TextField()
_words = partial(forms.CharField, required=False, strip=False)
_key = partial(_whole, least=1)
KINDS: Final[Mapping[str, Make]] = {
    CustomFieldType.TEXT: (OfValue, _words, TEXT, OF_TEXT),
    CustomFieldType.LONG_TEXT: (OfValue, _words, TEXT, OF_TEXT),
    CustomFieldType.URL: (OfValue, _words, TEXT, OF_TEXT),
    CustomFieldType.SELECT: (OfValue, _words, TEXT, OF_TEXT),
    CustomFieldType.INTEGER: (OfValue, _whole, models.BigIntegerField(), OF_ORDER),
    CustomFieldType.DECIMAL: (OfValue, forms.FloatField, models.FloatField(), OF_ORDER),
    CustomFieldType.BOOLEAN: (OfTruth, Truth, TEXT, EXACT),
    CustomFieldType.DATE: (OfValue, _Date, TEXT, OF_ORDER),
    CustomFieldType.DATETIME: (OfValue, _Moment, TEXT, OF_ORDER),
    CustomFieldType.OBJECT: (OfValue, _key, models.BigIntegerField(), EXACT),
    CustomFieldType.MULTISELECT: (OfList, _words, TEXT, EXACT),
    CustomFieldType.MULTIOBJECT: (OfList, _key, TEXT, EXACT),
}


def custom_filters(resource: Resource) -> dict[str, Filter]:
    """The filters of the custom fields of the resource's objects, by parameter; one query."""
    if not issubclass(resource.model, Record):
        return {}
    fields = custom_fields_of(resource.kind)
    return {name: one for field in fields for name, one in filters_of_field(field)}


def filters_of_field(field: CustomField) -> Iterator[tuple[str, Filter]]:
    """The filters of one custom field, by parameter."""
    if field.filter_logic == FilterLogic.DISABLED:
        return
    wire_name = f"{PREFIX}{field.name}"
    if field.type in KINDS:
        kind, one, compared, lookups = KINDS[field.type]
        if field.type in LOOSE and field.filter_logic == FilterLogic.LOOSE:
            lookups = {**lookups, "": ("icontains", False)}
        for ending, (lookup, exclude) in lookups.items():
            value = PatternText() if lookup in PATTERNS else one()
            made = kind(field.name, value, compared, lookup=lookup, exclude=exclude)
            yield f"{wire_name}{ending}", made
    yield f"{wire_name}__empty", IsUnset(field.name)

"""Custom fields, their choice sets and tags: what is told of them beyond their own columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from django import forms
from django.db.models import Count, Model, Q, QuerySet
from rest_framework import serializers

from api.fields.counts import INTEGER, NOTHING, never
from api.fields.wire import Computed, Kind, Schema, Text, column_of
from api.queries.filters import RecordFilterSet
from api.queries.lookups import AnyOf
from api.queries.lookups import Values as ParameterValues
from api.reading.briefs import Briefs
from api.reading.page import Reader
from api.reading.readers import Values
from api.records import RecordSerializer
from dcim.catalog import BY_KIND, RESOURCES
from dcim.record.base import Record
from dcim.record.extras.custom_fields import CustomField, CustomFieldChoiceSet
from dcim.vocabulary.choices_extras import CustomFieldType

DATA_TYPES: Final[Mapping[str, str]] = {
    CustomFieldType.INTEGER: "integer",
    CustomFieldType.DECIMAL: "decimal",
    CustomFieldType.BOOLEAN: "boolean",
    CustomFieldType.JSON: "object",
    CustomFieldType.OBJECT: "object",
    CustomFieldType.MULTISELECT: "array",
    CustomFieldType.MULTIOBJECT: "array",
}


class KindOrNone(Text):
    """The name of a kind of object; empty text is sent as null."""

    def __init__(self) -> None:
        super().__init__(required=False, allow_blank=True, allow_null=True, max_length=100)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return super().run_validation("" if data is None else data) or ""

    def to_representation(self, value: Any) -> Any:
        return value or None

    def reader(self, model: type[Model]) -> Reader:
        return Values(column_of(model, self), lambda text: text or None)


class KindNames(Kind):
    """A list of the names of kinds of objects; the record knows which there are."""

    default_error_messages: ClassVar = {"not_names": "Write a list of names such as dcim.site."}

    def to_internal_value(self, data: Any) -> list[str]:
        if not isinstance(data, list) or not all(isinstance(one, str) for one in data):
            self.fail("not_names")
        return list(dict.fromkeys(data))

    def to_representation(self, value: list[str]) -> list[str]:
        return value

    def reader(self, model: type[Model]) -> Reader:
        return Values(column_of(model, self))

    def schema(self, direction: str) -> Schema:
        return {"type": "array", "items": {"type": "string"}}


class Kinds(AnyOf):
    """Rows whose list of kinds has any of the given ones; there are few rows."""

    def __init__(self, *, exclude: bool = False) -> None:
        choices = forms.ChoiceField(choices=[(kind, kind) for kind in BY_KIND])
        super().__init__("object_types", ParameterValues(choices), exclude=exclude)

    def matches(self, values: list[Any]) -> Q:
        rows = self.model._default_manager.values_list("pk", "object_types")
        return Q(
            pk__in=[
                pk for pk, kinds in rows if (not kinds and None in values) or {*kinds} & {*values}
            ]
        )


def _data_types(keys: Sequence[int], briefs: Briefs) -> Mapping[int, str]:
    rows = CustomField.objects.filter(pk__in=keys).values_list("pk", "type")
    return {pk: DATA_TYPES.get(kind, "string") for pk, kind in rows}


class CustomFieldSerializer(RecordSerializer):
    """A custom field."""

    object_types = KindNames()
    related_object_type = KindOrNone()
    data_type = Computed(_data_types, {"type": "string"}, missing="string")
    owner = never(None, NOTHING)


class CustomFieldFilterSet(RecordFilterSet):
    """A custom field's filters, and by one kind of object that has the field."""

    object_type = Kinds()
    object_type__n = Kinds(exclude=True)


def _tagged(keys: Sequence[int], briefs: Briefs) -> Mapping[int, int]:
    """How many objects that may be seen have each tag, with one query for all kinds of object."""
    each = [
        _tagged_of(one.model, keys, briefs) for one in RESOURCES if issubclass(one.model, Record)
    ]
    totals: Counter[int] = Counter()
    for tag, number in each[0].union(*each[1:], all=True):
        totals[tag] += number
    return totals


def _tagged_of(
    model: type[Record], keys: Sequence[int], briefs: Briefs
) -> QuerySet[Any, tuple[int, int]]:
    field: Any = model._meta.get_field("tags")
    links = field.remote_field.through._default_manager.order_by().filter(tag__in=keys)
    if not briefs.sees_all(model):
        seen = briefs.seen(model._default_manager.order_by()).values("pk")
        links = links.filter(**{f"{field.m2m_field_name()}__in": seen})
    counted: QuerySet[Any, tuple[int, int]] = links.values_list("tag").annotate(Count("pk"))
    return counted


class TagSerializer(RecordSerializer):
    """A tag, and on how many objects it is."""

    object_types = KindNames(required=False)
    tagged_items = Computed(_tagged, INTEGER, missing=0)


class TagFilterSet(RecordFilterSet):
    """A tag's filters, and by a kind of object that it is for."""

    object_types = Kinds()
    object_types__n = Kinds(exclude=True)


class ChoicePairs(Kind):
    """A list of pairs of value and label; the record knows what they may be."""

    def to_internal_value(self, data: Any) -> Any:
        return data

    def to_representation(self, value: list[list[str]]) -> list[list[str]]:
        return value

    def reader(self, model: type[Model]) -> Reader:
        return Values(column_of(model, self))

    def schema(self, direction: str) -> Schema:
        pair = {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2}
        return {"type": "array", "items": pair}


def _choice_counts(keys: Sequence[int], briefs: Briefs) -> Mapping[int, int]:
    rows = CustomFieldChoiceSet.objects.filter(pk__in=keys)
    return {pk: len(choices) for pk, choices in rows.values_list("pk", "extra_choices")}


class ChoiceSetSerializer(RecordSerializer):
    """A choice set."""

    extra_choices = ChoicePairs()
    choices_count = Computed(_choice_counts, {"type": "integer"}, missing=0)
    owner = never(None, NOTHING)

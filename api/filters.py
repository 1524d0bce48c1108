"""Filters of lists, derived from the fields: exact values and NetBox's look-ups.

A repeated parameter means "any of". Only the filters whose parameter is present are built: a device
has hundreds, and a request uses few.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms
from django.db import models
from django.db.models import Model, Q, QuerySet
from django_filters import Filter, FilterSet
from django_filters.fields import IsoDateTimeField
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from api.briefs import model_field, related
from dcim.catalog import kind_of
from dcim.catalog.resource import AnyField, Resource

Rows = QuerySet[Any]
NULL: Final = "null"
BIGGEST: Final = 2**63 - 1

# Suffix of the parameter -> look-up, and whether it asks for the rows that do not match.
EXACT: Final = {"": ("in", False), "__n": ("in", True)}
OF_TEXT: Final = EXACT | {
    "__ic": ("icontains", False),
    "__nic": ("icontains", True),
    "__isw": ("istartswith", False),
    "__nisw": ("istartswith", True),
    "__iew": ("iendswith", False),
    "__niew": ("iendswith", True),
    "__ie": ("iexact", False),
    "__nie": ("iexact", True),
}
OF_ORDER: Final = EXACT | {
    "__gt": ("gt", False),
    "__gte": ("gte", False),
    "__lt": ("lt", False),
    "__lte": ("lte", False),
}


class Values(forms.Field):
    """Every value of a repeated parameter, each cleaned by `one`."""

    widget = forms.MultipleHiddenInput

    def __init__(self, one: forms.Field, **options: Any) -> None:
        super().__init__(required=False)
        self.one = one

    def clean(self, value: list[str] | None) -> list[Any]:
        keep_empty = isinstance(self.one, forms.CharField)
        values = [text for text in value or [] if text != "" or keep_empty]
        return [None if text == NULL else self.one.clean(text) for text in values]


class Known(Values):
    """Values that objects of `model` have in `attribute`; others are refused."""

    def __init__(self, model: type[Model], attribute: str, **options: Any) -> None:
        by_id = attribute == "pk"
        super().__init__(whole_number() if by_id else forms.CharField(max_length=255))
        self.model, self.attribute = model, attribute

    def clean(self, value: list[str] | None) -> list[Any]:
        values = [one for one in super().clean(value) if one != ""]
        asked = {one for one in values if one is not None}
        rows = self.model._default_manager.filter(**{f"{self.attribute}__in": asked})
        known = set(rows.values_list(self.attribute, flat=True)) if asked else set()
        for unknown in sorted(asked - known, key=str):
            raise forms.ValidationError(
                f"Select a valid choice. {unknown} is not one of the available choices."
            )
        return values


class AnyOf(Filter):
    """Rows that match any of the parameter's values by one look-up."""

    model: Any  # set by the filter set

    def __init__(
        self, name: str, form_field: Values, *, lookup: str = "in", exclude: bool = False
    ) -> None:
        super().__init__(field_name=name, lookup_expr=lookup, exclude=exclude)
        self.form_field = form_field

    @property
    def field(self) -> Values:
        return self.form_field

    def filter(self, qs: Rows, value: list[Any]) -> Rows:
        if not value:
            return qs
        matches = self.matches(value)
        return qs.exclude(matches) if self.exclude else qs.filter(matches)

    def matches(self, values: list[Any]) -> Q:
        """The condition for any of `values`."""
        stated = [one for one in values if one is not None]
        condition = Q()
        if self.lookup_expr == "in":
            condition = Q(**{f"{self.field_name}__in": stated})
        else:
            for one in stated:
                condition |= Q(**{f"{self.field_name}__{self.lookup_expr}": one})
        return (
            condition | Q(**{f"{self.field_name}__isnull": True}) if None in values else condition
        )


class OneToMany(AnyOf):
    """As `AnyOf`, over a reference to many: each row comes once."""

    def matches(self, values: list[Any]) -> Q:
        model: type[Model] = self.model
        rows = model._default_manager.filter(super().matches(values))
        return Q(pk__in=rows.values("pk"))


class Tagged(OneToMany):
    """Rows with all the given tags; negated, rows with none of them."""

    def filter(self, qs: Rows, value: list[Any]) -> Rows:
        if self.exclude:
            return super().filter(qs, value)
        for one in value:
            qs = qs.filter(self.matches([one]))
        return qs


class Empty(AnyOf):
    """Rows whose field is unset, or is set."""

    def __init__(self, name: str, *, blank: bool) -> None:
        super().__init__(name, Values(Truth()))
        self.blank = blank

    def filter(self, qs: Rows, value: list[Any]) -> Rows:
        if not value:
            return qs
        empty = Q(**{f"{self.field_name}__isnull": True})
        if self.blank:
            empty |= Q(**{self.field_name: ""})
        return qs.filter(empty) if value[-1] else qs.exclude(empty)


class Search(AnyOf):
    """Rows that hold the text in any of several fields."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__("q", Values(forms.CharField(required=False)))
        self.names = tuple(names)

    def matches(self, values: list[Any]) -> Q:
        condition = Q()
        for text in filter(None, (str(one).strip() for one in values if one is not None)):
            for name in self.names:
                condition |= Q(**{f"{name}__icontains": text})
        return condition


class OneOfKind(AnyOf):
    """Rows whose exclusive reference points at objects of the given kinds."""

    def __init__(self, members: Mapping[str, type[Model]]) -> None:
        self.members = {kind_of(model): name for name, model in members.items()}
        kinds = forms.ChoiceField(choices=[(kind, kind) for kind in self.members])
        super().__init__("", Values(kinds))

    def matches(self, values: list[Any]) -> Q:
        condition = Q()
        for kind in values:
            names = self.members.values() if kind is None else [self.members[kind]]
            unset = Q(**{f"{name}__isnull": kind is None for name in names})
            condition |= unset
        return condition


class OneOfIds(AnyOf):
    """Rows whose exclusive reference has one of the given ids, whatever its kind."""

    def __init__(self, members: Mapping[str, type[Model]]) -> None:
        super().__init__("", Values(whole_number()))
        self.members = tuple(members)

    def matches(self, values: list[Any]) -> Q:
        condition = Q()
        for name in self.members:
            condition |= Q(**{f"{name}__in": [one for one in values if one is not None]})
        return condition


class Truth(forms.ChoiceField):
    """true or false, in the ways that clients write them."""

    def __init__(self) -> None:
        super().__init__(choices=[(word, word) for word in ("true", "false", "1", "0")])

    def clean(self, value: str) -> bool:
        return super().clean(value.lower()) in {"true", "1"}


def whole_number() -> forms.IntegerField:
    """A field for one number that the database can hold."""
    return forms.IntegerField(min_value=-BIGGEST, max_value=BIGGEST)


class RecordFilterSet(FilterSet):
    """The filters of one resource, of which a request builds those that it names."""

    resource: Resource

    def __init__(self, data: Mapping[str, Any], queryset: Rows, *, request: Request) -> None:
        declared = filters_in(type(self))
        self.base_filters = {name: one for name, one in declared.items() if name in data}
        super().__init__(data, queryset, request=request)


def filters_in(filter_set: type[RecordFilterSet]) -> Mapping[str, Filter]:
    """All filters of a filter set by their parameters."""
    filters: Mapping[str, Filter] = vars(filter_set)["base_filters"]
    return filters


class Filtering(BaseFilterBackend):
    """Applies the view's filter set; unknown parameters are ignored, bad values refused."""

    def filter_queryset(self, request: Request, queryset: Rows, view: Any) -> Rows:
        filter_set = view.filter_set(request.query_params, queryset, request=request)
        if not filter_set.is_valid():
            raise ValidationError(filter_set.errors)
        rows: Rows = filter_set.qs
        return rows

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {"name": name, "in": "query", "schema": parameter_schema(one)}
            for name, one in filters_in(view.filter_set).items()
        ]


class Ordering(BaseFilterBackend):
    """Orders by `ordering=a,-b`, else as the model says; the id comes last: pages are stable."""

    def filter_queryset(self, request: Request, queryset: Rows, view: Any) -> Rows:
        keys = [key.strip() for key in request.query_params.get("ordering", "").split(",")]
        resource: Resource = view.resource
        names = {resource.wire_name(one.name): one.name for one in resource.fields}
        names["id"] = "id"
        asked = [
            f"-{names[key[1:]]}" if key.startswith("-") else names[key]
            for key in keys
            if key.removeprefix("-") in names
        ]
        default = resource.model._meta.ordering or ()
        return queryset.order_by(*(asked or default), "id")

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        what = "Fields to order by, separated by commas; a leading minus turns the order round."
        return [
            {"name": "ordering", "in": "query", "description": what, "schema": {"type": "string"}}
        ]


def filters_of(resource: Resource) -> dict[str, Filter]:
    """Every filter of a resource by its parameter."""
    filters: dict[str, Filter] = {
        "id": AnyOf("pk", Values(whole_number())),
        "id__n": AnyOf("pk", Values(whole_number()), exclude=True),
    }
    if resource.search:
        filters["q"] = Search(resource.search)
    for one in resource.fields:
        if one.name == "tags":
            filters |= _of_tags(one)
        elif one.is_relation:
            filters |= _of_reference(one, resource.wire_name(one.name))
        else:
            filters |= _of_value(one, resource.wire_name(one.name))
    for group in resource.one_of:
        filters |= _of_exclusive(resource, group)
    return filters


def _of_tags(one: AnyField) -> dict[str, Filter]:
    model = related(one)
    return {
        "tag": Tagged("tags__slug", Known(model, "slug")),
        "tag__n": Tagged("tags__slug", Known(model, "slug"), exclude=True),
        "tag_id": Tagged("tags", Known(model, "pk")),
        "tag_id__n": Tagged("tags", Known(model, "pk"), exclude=True),
    }


def _of_reference(one: AnyField, wire_name: str) -> dict[str, Filter]:
    kind = OneToMany if one.many_to_many else AnyOf
    model, key = related(one), key_of(related(one))
    filters: dict[str, Filter] = {}
    for suffix, (lookup, exclude) in EXACT.items():
        by_id = Known(model, "pk")
        filters[f"{wire_name}_id{suffix}"] = kind(one.name, by_id, lookup=lookup, exclude=exclude)
        path = f"{one.name}__{key}"
        filters[f"{wire_name}{suffix}"] = kind(
            path, Known(model, key), lookup=lookup, exclude=exclude
        )
    return filters


def _of_exclusive(resource: Resource, group: str) -> dict[str, Filter]:
    members = {name: related(model_field(resource.model, name)) for name in resource.one_of[group]}
    return {f"{group}_type": OneOfKind(members), f"{group}_id": OneOfIds(members)}


def key_of(model: type[Model]) -> str:
    """What people write for an object of `model` in a filter: its slug, else its code or name."""
    names = {one.name for one in model._meta.concrete_fields}
    keys = ("slug", "code", "reference", "username", "address", "name", "model", "label", "digest")
    return next((key for key in keys if key in names), "pk")


def _of_value(one: AnyField, wire_name: str) -> dict[str, Filter]:
    """The filters of a plain field; none for what can't be compared."""
    make, lookups = next(
        (kind for model_field, kind in KINDS.items() if isinstance(one, model_field)), (None, {})
    )
    if make is None:
        return {}
    if one.choices:
        lookups = EXACT
    filters: dict[str, Filter] = {
        f"{wire_name}{suffix}": AnyOf(one.name, Values(make(one)), lookup=lookup, exclude=exclude)
        for suffix, (lookup, exclude) in lookups.items()
    }
    if one.null or (one.blank and not isinstance(one, models.BooleanField)):
        is_text = isinstance(one, models.CharField | models.TextField)
        filters[f"{wire_name}__empty"] = Empty(one.name, blank=is_text)
    return filters


def _text(one: AnyField) -> forms.Field:
    if one.choices:
        unset = [("", "")] if one.blank else []
        return forms.ChoiceField(choices=[*unset, *one.flatchoices])
    return forms.CharField(required=False, strip=False)


def _number(one: AnyField) -> forms.Field:
    if one.choices:
        return forms.TypedChoiceField(choices=one.flatchoices, coerce=int)
    return whole_number()


KINDS: Final[Mapping[type[AnyField], tuple[Any, Mapping[str, tuple[str, bool]]]]] = {
    models.BooleanField: (lambda one: Truth(), EXACT),
    models.DecimalField: (lambda one: forms.DecimalField(), OF_ORDER),
    models.IntegerField: (_number, OF_ORDER),
    models.DateTimeField: (lambda one: IsoDateTimeField(), OF_ORDER),
    models.DateField: (lambda one: forms.DateField(), OF_ORDER),
    models.UUIDField: (lambda one: forms.UUIDField(), EXACT),
    models.CharField: (_text, OF_TEXT),
    models.TextField: (_text, OF_TEXT),
}


def parameter_schema(one: Filter) -> dict[str, Any]:
    """How OpenAPI describes a filter's parameter: a list of what one value may be."""
    values = one.field.one if isinstance(one.field, Values) else one.field
    return {"type": "array", "items": _value_schema(values)}


def _value_schema(one: forms.Field) -> dict[str, Any]:
    if isinstance(one, Truth):
        return {"type": "boolean"}
    if isinstance(one, forms.ChoiceField):
        values = dict(one.widget.choices)
        return {"type": "string", "enum": [value for value in values if value != ""]}
    if isinstance(one, forms.DecimalField):
        return {"type": "number"}
    if isinstance(one, forms.IntegerField):
        return {"type": "integer"}
    if isinstance(one, IsoDateTimeField):
        return {"type": "string", "format": "date-time"}
    if isinstance(one, forms.DateField):
        return {"type": "string", "format": "date"}
    return {"type": "string"}

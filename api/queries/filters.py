"""Filters and order of lists, derived from the fields.

Only the filters whose parameter is present are built: a device has hundreds, a request uses few.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Model
from django_filters import Filter, FilterSet
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from api.queries.attached import attached_filters
from api.queries.counted import count_filters
from api.queries.custom_filters import PREFIX, custom_filters
from api.queries.lookups import (
    EXACT,
    OF_ORDER,
    OF_TEXT,
    PATTERNS,
    AnyOf,
    Below,
    Empty,
    Known,
    ManyBelow,
    Moment,
    OneOfIds,
    OneOfKind,
    OneToMany,
    PatternText,
    Rows,
    Search,
    Tagged,
    Truth,
    Values,
    parameter_schema,
    whole_number,
)
from api.reading.briefs import model_field, related
from dcim.actions.rights import EVERY_OBJECT, may_all, reach, visible
from dcim.catalog.resource import AnyField, Resource
from dcim.catalog.roles import ADMINISTERED, VIEW
from dcim.record.tree import TreeRecord

OF_OUR_OWN: Final = "plugins/"


class RecordFilterSet(FilterSet):
    """The filters of one resource, of which a request builds those that it names."""

    resource: Resource

    def __init__(self, data: Mapping[str, Any], queryset: Rows, *, request: Request) -> None:
        declared = filters_in(type(self))
        if any(name.startswith(PREFIX) for name in data):
            declared = {**declared, **custom_filters(self.resource)}
        self.base_filters = {name: one for name, one in declared.items() if name in data}
        super().__init__(data, queryset, request=request)
        for one in self.filters.values():
            if isinstance(one, AnyOf):
                one.seen_by(request.user)

    def filter_queryset(self, queryset: Rows) -> Rows:
        """The rows that match; what the reader may not see never decides whether one does."""
        rows: Rows = super().filter_queryset(queryset)
        for name, one in self.filters.items():
            if self.form.cleaned_data.get(name):
                for path in one.paths if isinstance(one, AnyOf) else ():
                    rows = seen_along(rows, path, self.request.user)
        return rows


def seen_along(rows: Rows, path: str, reader: Any) -> Rows:
    """`rows` without those that the path leads from to objects which the reader may not see.

    A path along references to many shows nothing to who does not see all of what it leads to.
    """
    model, parts = rows.model, path.split("__")
    for position, part in enumerate(parts[:-1], start=1):
        try:
            field = model._meta.get_field(part)
        except FieldDoesNotExist:
            return rows
        if not isinstance(field.related_model, type):
            return rows
        model = field.related_model
        limit = reach(reader, VIEW, model)
        if limit is None or (limit != EVERY_OBJECT and (field.many_to_many or field.one_to_many)):
            return rows.none()
        if limit != EVERY_OBJECT:
            seen = visible(model._default_manager.order_by(), reader)
            rows = rows.filter(**{f"{'__'.join(parts[:position])}__in": seen.values("pk")})
    return rows


def declared_in(filter_set: type[RecordFilterSet]) -> Mapping[str, Filter]:
    """The filters that a filter set's own class names, and those it inherits."""
    filters: Mapping[str, Filter] = vars(filter_set)["declared_filters"]
    return filters


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
        names = {
            resource.wire_name(one.name): one.name
            for one in resource.fields
            if not one.many_to_many
        }
        names["id"] = "id"
        asked = [
            f"-{names[key[1:]]}" if key.startswith("-") else names[key]
            for key in keys
            if key.removeprefix("-") in names
        ]
        wanted = asked or resource.model._meta.ordering or ()
        return queryset.order_by(*(_open(resource.model, one, request) for one in wanted), "id")

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        what = "Fields to order by, separated by commas; a leading minus turns the order round."
        return [
            {"name": "ordering", "in": "query", "description": what, "schema": {"type": "string"}}
        ]


def _open(model: type[Model], key: Any, request: Request) -> Any:
    """An order that tells nothing of what is hidden: of references to such, by their ids."""
    if not isinstance(key, str):
        return key
    name = key.removeprefix("-").partition("__")[0]
    one = model._meta.get_field(name) if name != "pk" else None
    if one is None or not isinstance(one.related_model, type):
        return key
    # The names of what is referred to may rest on what that refers to.
    if all(may_all(request.user, VIEW, other) for other in _along(one.related_model)):
        return key
    return f"{'-' if key.startswith('-') else ''}{name}_id"


def _along(model: type[Model]) -> Iterator[type[Model]]:
    yield model
    for key in model._meta.ordering or ():
        if isinstance(key, str) and key not in {"pk", "id"}:
            other = model._meta.get_field(key.removeprefix("-").partition("__")[0]).related_model
            if isinstance(other, type) and other is not model:
                yield from _along(other)


def filters_of(resource: Resource) -> dict[str, Filter]:
    """Every filter of a resource by its parameter."""
    filters: dict[str, Filter] = {
        f"id{ending}": AnyOf("pk", Values(whole_number()), lookup=lookup, exclude=exclude)
        for ending, (lookup, exclude) in OF_ORDER.items()
    }
    filters["id__empty"] = Empty("pk", blank=False)
    if resource.writable and resource.kind not in ADMINISTERED | {"users.token"}:
        filters |= attached_filters(resource.model)
    if resource.search:
        filters["q"] = Search(resource.search)
    for one in resource.fields:
        if one.name == "tags":
            filters |= _of_tags(one)
        elif one.is_relation:
            filters |= _of_reference(one, resource.wire_name(one.name))
        else:
            filters |= _of_value(one, resource)
    for wire_name, path in resource.via.items():
        filters |= _of_path(resource.model, path, wire_name)
    for group in resource.one_of:
        filters |= _of_exclusive(resource, group)
    return filters | count_filters(resource)


def _of_tags(one: AnyField) -> dict[str, Filter]:
    model = related(one)
    return {
        "tag": Tagged("tags__slug", Known(model, "slug")),
        "tag__n": Tagged("tags__slug", Known(model, "slug"), exclude=True),
        "tag__any": Tagged("tags__slug", Known(model, "slug"), any_of=True),
        "tag_id": Tagged("tags", Known(model, "pk")),
        "tag_id__any": Tagged("tags", Known(model, "pk"), any_of=True),
        "tag_id__n": Tagged("tags", Known(model, "pk"), exclude=True),
    }


def _of_reference(one: AnyField, wire_name: str) -> dict[str, Filter]:
    model, name = related(one), one.name
    if issubclass(model, TreeRecord) and not issubclass(one.model, model):
        return _of_tree(name, wire_name, model, to_many=bool(one.many_to_many))
    filters = _of_object(name, wire_name, model, to_many=bool(one.many_to_many))
    if issubclass(model, TreeRecord):
        filters |= _of_tree(name, "ancestor", model)
    return filters


def _of_object(
    path: str, wire_name: str, model: type[Model], *, to_many: bool = False
) -> dict[str, Filter]:
    """Filters that find what refers to an object, by its id and by its key."""
    kind, key = OneToMany if to_many else AnyOf, key_of(model)
    filters: dict[str, Filter] = {}
    for ending, (lookup, exclude) in EXACT.items():
        options: dict[str, Any] = {"lookup": lookup, "exclude": exclude}
        filters[f"{wire_name}_id{ending}"] = kind(path, Known(model, "pk"), **options)
        filters[f"{wire_name}{ending}"] = kind(f"{path}__{key}", Known(model, key), **options)
    return filters


def _of_tree(
    path: str, wire_name: str, model: type[TreeRecord], *, to_many: bool = False
) -> dict[str, Filter]:
    """Filters that find what belongs to an object of a tree or to anything below it."""
    kind = ManyBelow if to_many else Below
    return {
        f"{wire_name}{suffix}{ending}": kind(path, model, key, exclude=exclude)
        for suffix, key in (("_id", "pk"), ("", key_of(model)))
        for ending, (_, exclude) in EXACT.items()
    }


def _of_path(model: type[Model], path: str, wire_name: str) -> dict[str, Filter]:
    """Filters by what the references of `path` lead to, one after the other."""
    to_many = False
    for name in path.split("__"):
        one = model._meta.get_field(name)
        to_many = to_many or bool(one.one_to_many or one.many_to_many)
        if not isinstance(one.related_model, type):
            raise TypeError(f"{model.__name__}.{name} is not a reference")
        model = one.related_model
    if issubclass(model, TreeRecord):
        return _of_tree(path, wire_name, model, to_many=to_many)
    return _of_object(path, wire_name, model, to_many=to_many)


def _of_exclusive(resource: Resource, group: str) -> dict[str, Filter]:
    members = {name: related(model_field(resource.model, name)) for name in resource.one_of[group]}
    return {f"{group}_type": OneOfKind(members), f"{group}_id": OneOfIds(members)}


def key_of(model: type[Model]) -> str:
    """What people write for an object of `model` in a filter: its slug, else its code or name."""
    names = {one.name for one in model._meta.concrete_fields}
    keys = ("slug", "rd", "code", "reference", "username", "name", "address", "model", "label")
    return next((key for key in (*keys, "digest") if key in names), "pk")


def _of_value(one: AnyField, resource: Resource) -> dict[str, Filter]:
    """The filters of a plain field; none for long texts, and for what can't be compared."""
    wire_name = resource.wire_name(one.name)
    make, lookups = next(
        (kind for model_field, kind in KINDS.items() if isinstance(one, model_field)), (None, {})
    )
    if make is None:
        return {}
    if one.choices and resource.path.startswith(OF_OUR_OWN):
        lookups = EXACT  # parts of such words are for programs that were written for NetBox
    blank = one.blank and isinstance(one, models.CharField)
    filters: dict[str, Filter] = {
        f"{wire_name}{suffix}": AnyOf(
            one.name, _values(one, make, lookup), lookup=lookup, exclude=exclude, blank=blank
        )
        for suffix, (lookup, exclude) in lookups.items()
    }
    if not isinstance(one, models.BooleanField):
        filters[f"{wire_name}__empty"] = Empty(one.name, blank=blank)
    return filters


def _values(one: AnyField, make: Any, lookup: str) -> Values:
    """What is compared: a value of the field, a part of its text, or a pattern for it."""
    if lookup in PATTERNS:
        return Values(PatternText())
    is_part = lookup in {how for how, _ in OF_TEXT.values()} - {"in"}
    return Values(forms.CharField(required=False, strip=False) if is_part else make(one))


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
    models.BooleanField: (lambda one: Truth(), {"": EXACT[""]}),
    models.DecimalField: (lambda one: forms.DecimalField(), OF_ORDER),
    models.IntegerField: (_number, OF_ORDER),
    models.DateTimeField: (lambda one: Moment(), OF_ORDER),
    models.DateField: (lambda one: forms.DateField(), OF_ORDER),
    models.UUIDField: (lambda one: forms.UUIDField(), EXACT),
    models.CharField: (_text, OF_TEXT),
}

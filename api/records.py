"""Serializer and views that all recorded objects share; `derive` makes one of each per resource."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cached_property, partial
from typing import Any, ClassVar, Final

from django.core.exceptions import ValidationError as Invalid
from django.db.models import Model
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.fields import SkipField, get_error_detail

from api.fields.counts import NOTHING, counted, never
from api.fields.custom_fields import CustomFields
from api.fields.exclusive import OneOf, OneOfId, OneOfType
from api.fields.wire import (
    Kind,
    Shown,
    WireField,
    field_of,
)
from api.openapi.schema import RecordSchema
from api.queries.filters import Filtering, Ordering, RecordFilterSet
from api.reading.briefs import Briefs, model_field, related
from api.reading.readers import Display, Ids, address_of
from api.reading.references import Found
from api.writing import Writing
from dcim.catalog import kind_of
from dcim.catalog.resource import AnyField, Resource
from dcim.record.base import Record

URI: Final = {"type": "string", "format": "uri"}
# What every object begins with: how it is made of one object, its form, how a page of it is read.
HEAD: Final[Mapping[str, tuple[Any, dict[str, Any], Any]]] = {
    "id": (lambda briefs, obj: obj.pk, {"type": "integer"}, lambda model: Ids()),
    "url": (Briefs.url, URI, partial(address_of, for_programs=True)),
    "display_url": (Briefs.display_url, URI, partial(address_of, for_programs=False)),
    "display": (lambda briefs, obj: str(obj), {"type": "string"}, Display),
}
# NetBox's families whose objects may have an owner there, of which the record keeps none.
OWNED: Final = frozenset({"dcim", "extras", "ipam", "tenancy", "virtualization"})


class RecordSerializer(serializers.Serializer[Any]):
    """An object's wire form, made from its resource; a subclass may declare more fields."""

    resource: ClassVar[Resource]

    def get_fields(self) -> dict[str, WireField]:
        fields: dict[str, WireField] = {
            name: Shown(make, shape, reads=reads) for name, (make, shape, reads) in HEAD.items()
        }
        fields |= self.derived_fields()
        fields |= deepcopy(self._declared_fields)
        shown: frozenset[str] | None = self.context.get("shown")
        if shown is None:
            return fields
        return {name: one for name, one in fields.items() if name in shown}

    def derived_fields(self) -> dict[str, WireField]:
        """The fields that follow from the model, under their wire names."""
        fields: dict[str, WireField] = {}
        group_of = {name: group for group, names in self.resource.one_of.items() for name in names}
        for one in self.resource.fields:
            if one.name in group_of:
                fields |= self._exclusive(group_of[one.name])
                continue
            if one.name == "created" and issubclass(self.resource.model, Record):
                fields["custom_fields"] = CustomFields(self.resource.model)
            wire_name = self.resource.wire_name(one.name)
            fields[wire_name] = field_of(one, self._options(one, wire_name))
        if issubclass(self.resource.model, Record) and self.resource.family in OWNED:
            fields["owner"] = never(None, NOTHING)
        for wire_name, name in self.resource.counts.items():
            fields[wire_name] = counted(self.resource.model, name)
        return fields

    def _options(self, one: AnyField, wire_name: str) -> dict[str, Any]:
        source = {} if wire_name == one.name else {"source": one.name}
        if one not in self.resource.writable_fields:
            return {**source, "read_only": True}
        return {**source, "required": not (one.blank or one.null or one.has_default())}

    def _exclusive(self, group: str) -> dict[str, WireField]:
        members = exclusive_members(self.resource, group)
        unset = all(model_field(self.resource.model, name).null for name in members)
        return {
            f"{group}_type": OneOfType(members, unset=unset),
            f"{group}_id": OneOfId(members, unset=unset),
            group: OneOf(members, unset=unset),
        }

    @cached_property
    def _taken(self) -> dict[str, WireField]:
        """The fields that a body may write, by their wire names."""
        return {name: one for name, one in self.fields.items() if not one.read_only}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Field values of a body: only what it names is looked at, what is unknown is left out.

        Raises: ValidationError, naming every wrong field.
        """
        if not isinstance(data, Mapping):
            raise ValidationError(
                f"Invalid data. Expected a dictionary, but got {type(data).__name__}."
            )
        errors: dict[str, Any] = {}
        values: dict[str, Any] = {}
        if not self.partial:
            missing = (n for n, one in self._taken.items() if one.required and n not in data)
            errors = {name: ["This field is required."] for name in missing}
        for name in data:
            if (field := self._taken.get(name)) is not None:
                try:
                    values[field.source or name] = field.run_validation(data[name])
                except SkipField:
                    continue
                except ValidationError as err:
                    errors[name] = err.detail
                except Invalid as err:
                    errors[name] = get_error_detail(err)
        if errors:
            raise ValidationError(errors)
        return values

    def look_up(self, bodies: Sequence[Any]) -> None:
        """Find what many bodies refer to, with a few queries whatever their number."""
        wanted: dict[type[Model], list[Any]] = defaultdict(list)
        for model, data in self._referred_in([one for one in bodies if isinstance(one, Mapping)]):
            wanted[model].append(data)
        found: Found = self.context["found"]
        for model, references in wanted.items():
            found.load(model, references)

    def _referred_in(
        self, bodies: Sequence[Mapping[str, Any]]
    ) -> Iterator[tuple[type[Model], Any]]:
        for name, field in self.fields.items():
            if isinstance(field, Kind) and not field.read_only:
                for body in bodies:
                    if name in body:
                        yield from field.referred(body[name])
        for group in self.resource.one_of:
            members = exclusive_members(self.resource, group)
            kinds = {kind_of(model): model for model in members.values()}
            for body in bodies:
                if (kind := str(body.get(f"{group}_type"))) in kinds:
                    yield kinds[kind], body.get(f"{group}_id")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Turn type and id of exclusive references into the references themselves."""
        for group in self.resource.one_of:
            if f"{group}_type" in attrs or f"{group}_id" in attrs:
                attrs |= self._referred(group, attrs)
        return attrs

    def _referred(self, group: str, attrs: dict[str, Any]) -> dict[str, Any]:
        members = exclusive_members(self.resource, group)
        kinds = {kind_of(model): name for name, model in members.items()}
        current = (
            self.fields[f"{group}_type"].get_attribute(self.instance) if self.instance else None
        )
        kind = attrs.pop(f"{group}_type", current)
        pk = attrs.pop(f"{group}_id", None)
        unset: dict[str, Any] = dict.fromkeys(members)
        if kind is None and pk is None:
            return unset
        if kind is None or pk is None:
            missing = f"{group}_type" if kind is None else f"{group}_id"
            raise ValidationError({missing: [f"Give {group}_type and {group}_id together."]})
        try:
            found: Found = self.context["found"]
            return unset | {kinds[kind]: found.one(members[kinds[kind]], pk)}
        except ValidationError as err:
            raise ValidationError({f"{group}_id": err.detail}) from err


def exclusive_members(resource: Resource, group: str) -> dict[str, type[Model]]:
    """The fields of an exclusive reference and the models they point at."""
    return {name: related(model_field(resource.model, name)) for name in resource.one_of[group]}


class RecordViewSet(Writing):
    """List, read and write the objects of one resource."""

    resource: ClassVar[Resource]
    serializer_class: type[RecordSerializer]
    filter_set: ClassVar[type[RecordFilterSet]]
    permission_model: ClassVar[type[Model]]
    filter_backends = (Filtering, Ordering)
    schema = RecordSchema()

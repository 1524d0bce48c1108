"""Serializer and views that all recorded objects share; `derive` makes one of each per resource."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import cached_property, partial
from typing import Any, ClassVar, Final

from django.db.models import Model
from rest_framework import serializers, status
from rest_framework.exceptions import NotAuthenticated, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.briefs import Briefs, model_field, related
from api.counts import counted
from api.exclusive import OneOf, OneOfId, OneOfType
from api.filters import Filtering, Ordering, RecordFilterSet
from api.reading.readers import Display, Ids, address_of
from api.reading.views import Reading
from api.references import find
from api.schema import RecordSchema
from api.wire import (
    CustomFields,
    Shown,
    WireField,
    field_of,
)
from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.catalog import kind_of
from dcim.catalog.resource import AnyField, Resource
from dcim.record.account import User
from dcim.record.base import Record

URI: Final = {"type": "string", "format": "uri"}
# What every object begins with: how it is made of one object, its form, how a page of it is read.
HEAD: Final[Mapping[str, tuple[Any, dict[str, Any], Any]]] = {
    "id": (lambda briefs, obj: obj.pk, {"type": "integer"}, lambda model: Ids()),
    "url": (Briefs.url, URI, partial(address_of, for_programs=True)),
    "display_url": (Briefs.display_url, URI, partial(address_of, for_programs=False)),
    "display": (lambda briefs, obj: str(obj), {"type": "string"}, Display),
}
OWN_KINDS: Final = "planner."


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
            if one.name == "created" and is_netboxs_record(self.resource):
                fields["custom_fields"] = CustomFields()
            wire_name = self.resource.wire_name(one.name)
            fields[wire_name] = field_of(one, self._options(one, wire_name))
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
            return unset | {kinds[kind]: find(members[kinds[kind]], pk)}
        except ValidationError as err:
            raise ValidationError({f"{group}_id": err.detail}) from err


def exclusive_members(resource: Resource, group: str) -> dict[str, type[Model]]:
    """The fields of an exclusive reference and the models they point at."""
    return {name: related(model_field(resource.model, name)) for name in resource.one_of[group]}


def signed_in(request: Request) -> User:
    """The user behind a request that has passed the permissions."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user


def is_netboxs_record(resource: Resource) -> bool:
    """Whether NetBox's clients expect custom fields on the object."""
    return issubclass(resource.model, Record) and not resource.kind.startswith(OWN_KINDS)


class RecordViewSet(Reading):
    """List, read and write the objects of one resource."""

    resource: ClassVar[Resource]
    serializer_class: type[RecordSerializer]
    filter_set: ClassVar[type[RecordFilterSet]]
    permission_model: ClassVar[type[Model]]
    filter_backends = (Filtering, Ordering)
    schema = RecordSchema()

    @cached_property
    def actor(self) -> Actor:
        """Who writes in this request; every entry of its change log carries the same request id."""
        return Actor.of(
            signed_in(self.request),
            message=_message_of(self.request.data),
            source_address=self.request.META.get("REMOTE_ADDR", ""),
        )

    def create(self, request: Request, **kwargs: Any) -> Response:
        """A new object; of a list of objects all are made, or none."""
        many = isinstance(request.data, list)
        serializer = self.get_serializer(data=request.data, many=many)
        serializer.is_valid(raise_exception=True)
        rows = serializer.validated_data if many else [serializer.validated_data]
        written = self.write_new(rows)
        body = self._shown_as_json(self._read_again(written))
        return Response(body if many else body[0], status=status.HTTP_201_CREATED)

    def update(self, request: Request, **kwargs: Any) -> Response:
        """The object with new values; what is not named stays as it is."""
        obj = self.get_object()
        serializer = self.get_serializer(obj, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        written = self.write_changes(obj, serializer.validated_data)
        return Response(self._shown_as_json(self._read_again([written]))[0])

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Remove the object; refused while others rest on it."""
        record.delete(self.get_object(), by=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def write_new(self, rows: Sequence[dict[str, Any]]) -> Sequence[Any]:
        """Record new objects from field values."""
        if len(rows) == 1:
            return [record.create(self.resource.model, rows[0], by=self.actor)]
        return record.create_many(self.resource.model, rows, by=self.actor)

    def write_changes(self, obj: Any, values: dict[str, Any]) -> Any:
        """Record new field values of an object."""
        return record.update(obj, values, by=self.actor)

    def _read_again(self, written: Sequence[Any]) -> Sequence[Any]:
        return written


def _message_of(body: object) -> str:
    """The `changelog_message` of a body, or of the first object in a list of them."""
    if isinstance(body, list):
        body = body[0] if body else None
    message = body.get("changelog_message") if isinstance(body, Mapping) else None
    return message.strip()[:200] if isinstance(message, str) else ""

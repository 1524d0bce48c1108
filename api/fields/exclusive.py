"""References of which one at most is set, which travel as NAME_type, NAME_id and NAME."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db import models
from rest_framework import serializers

from api.fields.wire import Kind, Schema, brief_ref
from api.reading.briefs import model_field
from api.reading.page import Reader
from api.reading.readers import FirstOf, FirstSet
from dcim.catalog import kind_of


class OneOfType(Kind):
    """Which kind of object an exclusive reference points at: "dcim.site", or null."""

    default_error_messages: ClassVar = {"unknown": "“{input}” is not one of {kinds}."}

    def __init__(self, members: Mapping[str, type[models.Model]], *, unset: bool) -> None:
        super().__init__(required=False, allow_null=unset)
        self.members = {kind_of(model): name for name, model in members.items()}

    def get_attribute(self, instance: models.Model) -> Any:
        kinds = (kind for kind, name in self.members.items() if _id_of(instance, name) is not None)
        return next(kinds, None)

    def to_representation(self, value: str) -> str:
        return value

    def reader(self, model: type[models.Model]) -> Reader:
        return FirstSet(_columns(model, self.members.values()), instead=tuple(self.members))

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or data not in self.members:
            self.fail("unknown", input=data, kinds=", ".join(self.members))
        return data

    def schema(self, direction: str) -> Schema:
        kinds: list[Any] = list(self.members)
        if not self.allow_null:
            return {"type": "string", "enum": kinds}
        return {"type": "string", "enum": [*kinds, None], "nullable": True}


class OneOfId(serializers.IntegerField):
    """The id of what an exclusive reference points at, or null."""

    def __init__(self, members: Mapping[str, type[models.Model]], *, unset: bool) -> None:
        super().__init__(required=False, allow_null=unset, min_value=1)
        self.members = members

    def get_attribute(self, instance: models.Model) -> int | None:
        ids = (_id_of(instance, name) for name in self.members)
        return next((one for one in ids if one is not None), None)

    def reader(self, model: type[models.Model]) -> Reader:
        return FirstSet(_columns(model, self.members))


class OneOf(Kind):
    """What an exclusive reference points at, as a brief; written by its type and id."""

    def __init__(self, members: Mapping[str, type[models.Model]], *, unset: bool) -> None:
        super().__init__(read_only=True, allow_null=unset)
        self.members = members
        self.shows = tuple(members.values())

    def get_attribute(self, instance: models.Model) -> Any:
        objects = (getattr(instance, name) for name in self.members)
        return next((one for one in objects if one is not None), None)

    def to_representation(self, value: models.Model) -> Any:
        return self.briefs.of(value)

    def reader(self, model: type[models.Model]) -> Reader:
        columns = _columns(model, self.members)
        return FirstOf(dict(zip(columns, self.members.values(), strict=True)))

    def schema(self, direction: str) -> Schema:
        briefs = [brief_ref(model) for model in self.members.values()]
        shape = briefs[0] if len(briefs) == 1 else {"anyOf": briefs}
        if not self.allow_null:
            return shape
        return (
            {"allOf": [shape], "nullable": True} if "$ref" in shape else shape | {"nullable": True}
        )


def _columns(model: type[models.Model], names: Iterable[str]) -> list[str]:
    return [model_field(model, name).attname for name in names]


def _id_of(instance: models.Model, name: str) -> int | None:
    pk: int | None = getattr(instance, f"{name}_id")
    return pk

"""Cables with their two ends, and what an endpoint shows of the cable in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

from django.db.models import Model, Prefetch, QuerySet
from rest_framework.exceptions import ValidationError

from api.filters import RecordFilterSet
from api.lookups import HasAny
from api.reading.page import Reader
from api.reading.readers import Values
from api.records import RecordSerializer, RecordViewSet
from api.wire import Kind, Schema, Shown, WireField, brief_ref, column_of
from dcim.actions.cables import FIELD_OF_ENDPOINT, connect_many
from dcim.catalog import kind_of
from dcim.record.cables import Cable, CableTermination
from dcim.vocabulary.choices import CableEnd, CableType

KINDS: Final[Mapping[str, type[Model]]] = {kind_of(model): model for model in FIELD_OF_ENDPOINT}
SIDES: Final = {"a_terminations": CableEnd.A, "b_terminations": CableEnd.B}
# An endpoint's brief names its device; a feed's stands by itself.
SELECTED: Final = ("interface__device", "power_port__device", "power_outlet__device", "power_feed")


def with_endpoints() -> QuerySet[CableTermination]:
    """Terminations together with what they are plugged into."""
    return CableTermination.objects.select_related(*SELECTED).order_by("end")


class Terminations(Kind):
    """One side of a cable: a list with the one object that it is plugged into."""

    default_error_messages: ClassVar = {
        "one": "Write a list with one object that has object_type and object_id.",
        "kind": "“{kind}” takes no cable; these do: {kinds}.",
    }

    shows = tuple(KINDS.values())

    def __init__(self, end: CableEnd) -> None:
        super().__init__()
        self.end = end

    def get_attribute(self, instance: Cable) -> list[Model]:
        return [one.endpoint for one in instance.terminations.all() if one.end == self.end]

    def to_representation(self, value: list[Model]) -> list[dict[str, Any]]:
        return [
            {"object_type": kind_of(type(one)), "object_id": one.pk, "object": self.briefs.of(one)}
            for one in value
        ]

    def to_internal_value(self, data: Any) -> Model:
        if not isinstance(data, list) or len(data) != 1 or not isinstance(data[0], Mapping):
            self.fail("one")
        kind, pk = data[0].get("object_type"), data[0].get("object_id")
        if kind is None or pk is None:
            self.fail("one")
        if not isinstance(kind, str) or kind not in KINDS:
            self.fail("kind", kind=kind, kinds=", ".join(KINDS))
        return self.found.one(KINDS[kind], pk)

    def referred(self, data: Any) -> Iterator[tuple[type[Model], Any]]:
        for one in data if isinstance(data, list) else ():
            kind = one.get("object_type") if isinstance(one, Mapping) else None
            if isinstance(kind, str) and kind in KINDS:
                yield KINDS[kind], one.get("object_id")

    def schema(self, direction: str) -> Schema:
        properties: Schema = {
            "object_type": {"type": "string", "enum": list(KINDS)},
            "object_id": {"type": "integer"},
        }
        if direction == "response":
            properties["object"] = {"anyOf": [brief_ref(model) for model in KINDS.values()]}
        items = {"type": "object", "properties": properties, "required": list(properties)}
        return {"type": "array", "items": items, "minItems": int(direction == "request")}


class BareType(Kind):
    """A cable's type, which NetBox sends without its label."""

    choices: ClassVar = dict(CableType.pairs())

    def __init__(self) -> None:
        super().__init__(required=False, allow_null=True)

    def run_validation(self, data: Any = None) -> Any:
        return "" if data is None or data == "" else super().run_validation(data)

    def to_representation(self, value: str) -> str | None:
        return value or None

    def reader(self, model: type[Model]) -> Reader:
        return Values(column_of(model, self), lambda value: value or None)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or data not in self.choices:
            raise ValidationError(f'"{data}" is not a valid choice.')
        return data

    def schema(self, direction: str) -> Schema:
        unset = ["", None] if direction == "request" else [None]
        return {"type": "string", "enum": [*CableType, *unset], "nullable": True}


class CableSerializer(RecordSerializer):
    """A cable and its ends."""

    type = BareType()
    a_terminations = Terminations(CableEnd.A)
    b_terminations = Terminations(CableEnd.B)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A cable stays where it is plugged in: naming its ends again must not move them."""
        if not self.instance:
            return attrs
        for side in SIDES:
            now = self.fields[side].get_attribute(self.instance)
            if side in attrs and [attrs.pop(side)] != now:
                raise ValidationError(
                    {side: ["A cable can't be moved. Delete it and connect a new one."]}
                )
        return attrs


class CableViewSet(RecordViewSet):
    """List, plug and unplug cables."""

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().prefetch_related(Prefetch("terminations", with_endpoints()))

    def write_new(
        self, rows: Sequence[dict[str, Any]], messages: Sequence[str] = ()
    ) -> Sequence[Any]:
        links = [
            (row.pop("a_terminations"), row.pop("b_terminations"), row) for row in map(dict, rows)
        ]
        return connect_many(links, by=self.actor)


def _termination(endpoint: Any) -> CableTermination | None:
    plugged: CableTermination | None = getattr(endpoint, "termination", None)
    return plugged


def _peers(endpoint: Model) -> list[Model]:
    plugged = _termination(endpoint)
    if plugged is None:
        return []
    return [one.endpoint for one in plugged.cable.terminations.all() if one.pk != plugged.pk]


def _peer_kind(briefs: object, endpoint: Model) -> str | None:
    return next((kind_of(type(one)) for one in _peers(endpoint)), None)


KIND_OR_NULL: Final[Schema] = {"type": "string", "enum": [*KINDS, None], "nullable": True}
BOOLEAN: Final[Schema] = {"type": "boolean"}
END: Final[Schema] = {"type": "string", "enum": [*CableEnd, None], "nullable": True}


class Peers(Kind):
    """What an endpoint's cable leads to; there are no panels in between, so it is also its end."""

    shows = tuple(KINDS.values())

    def __init__(self, *, unset: bool) -> None:
        super().__init__(source="*", read_only=True)
        self.unset = unset

    def to_representation(self, value: Model) -> list[Any] | None:
        return [self.briefs.of(one) for one in _peers(value)] or (None if self.unset else [])

    def schema(self, direction: str) -> Schema:
        items = {"anyOf": [brief_ref(model) for model in KINDS.values()]}
        return {"type": "array", "items": items, **({"nullable": True} if self.unset else {})}


class CableOf(Kind):
    """The cable in an endpoint, or null."""

    shows = (Cable,)

    def __init__(self) -> None:
        super().__init__(source="*", read_only=True)

    def to_representation(self, value: Model) -> Any:
        plugged = _termination(value)
        return self.briefs.of(plugged.cable) if plugged is not None else None

    def schema(self, direction: str) -> Schema:
        return brief_ref(Cable, nullable=True)


def endpoint_fields() -> dict[str, WireField]:
    """What NetBox's clients read of an endpoint's cable."""
    occupied = (lambda briefs, obj: _termination(obj) is not None, BOOLEAN)
    return {
        "cable": CableOf(),
        "cable_end": Shown(lambda briefs, obj: getattr(_termination(obj), "end", None), END),
        "link_peers": Peers(unset=False),
        "link_peers_type": Shown(_peer_kind, KIND_OR_NULL),
        "connected_endpoints": Peers(unset=True),
        "connected_endpoints_type": Shown(_peer_kind, KIND_OR_NULL),
        "connected_endpoints_reachable": Shown(*occupied),
        "_occupied": Shown(*occupied),
    }


class EndpointSerializer(RecordSerializer):
    """Something that takes a cable."""

    def derived_fields(self) -> dict[str, WireField]:
        return super().derived_fields() | endpoint_fields()


class EndpointFilterSet(RecordFilterSet):
    """Endpoints with and without a cable."""

    cabled = HasAny("termination")


class EndpointViewSet(RecordViewSet):
    """List, read and write things that take a cable."""

    def get_queryset(self) -> QuerySet[Any]:
        cable = "termination__cable"
        ends = Prefetch(f"{cable}__terminations", with_endpoints())
        return super().get_queryset().select_related(cable).prefetch_related(ends)

"""Cables with their two sides, and the filters by what they are plugged into."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

from django import forms
from django.db.models import Model, Q
from rest_framework.exceptions import ValidationError

from api.fields.counts import never
from api.fields.wire import Computed, Kind, Schema, brief_ref, column_of
from api.nouns.endpoints import KINDS, briefs_of
from api.queries.filters import RecordFilterSet
from api.queries.lookups import AnyOf, Known, OneOfIds, Values
from api.reading.briefs import Briefs, Make
from api.reading.page import Reader
from api.reading.readers import Values as Stored
from api.records import RecordSerializer, RecordViewSet
from dcim.actions.cables import connect_sides, update_many
from dcim.catalog import kind_of
from dcim.record.equipment.cables import FIELD_OF_ENDPOINT, MODEL_OF_FIELD, CableTermination
from dcim.record.equipment.devices import Device, Interface
from dcim.record.equipment.ports import ConsolePort, ConsoleServerPort, FrontPort, RearPort
from dcim.record.equipment.power import PowerFeed, PowerOutlet, PowerPort
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Location, Site
from dcim.vocabulary.choices import CableEnd
from dcim.vocabulary.ports.connectors import CableType

SIDES: Final = {"a_terminations": CableEnd.A, "b_terminations": CableEnd.B}


def _terminations(end: CableEnd) -> Make:
    """Makes one side of a page of cables: a query, and one per kind of endpoint on it."""

    def make(keys: Sequence[int], briefs: Briefs) -> Mapping[int, list[dict[str, Any]]]:
        rows = CableTermination.objects.filter(cable__in=keys, end=end).order_by("pk")
        shown = briefs_of([one.key for one in rows], briefs)
        sides: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for one in rows:
            field, pk = one.key
            kind = kind_of(MODEL_OF_FIELD[field])
            entry = {"object_type": kind, "object_id": pk, "object": shown.get(one.key)}
            sides[one.cable_id].append(entry)
        return sides

    return make


class Terminations(Computed):
    """One side of a cable: a list of the objects that it is plugged into."""

    default_error_messages: ClassVar = {
        "one": "Write a list of objects that have object_type and object_id.",
        "kind": "“{kind}” takes no cable; these do: {kinds}.",
    }

    def __init__(self, name: str) -> None:
        super().__init__(_terminations(SIDES[name]), {}, shows=tuple(KINDS.values()), missing=[])
        self.source = None  # written under its own name
        self.read_only, self.required = False, True

    def get_attribute(self, instance: Model) -> Model:
        return instance

    def to_internal_value(self, data: Any) -> list[Model]:
        if not isinstance(data, list) or not data:
            self.fail("one")
        return [self._endpoint(one) for one in data]

    def _endpoint(self, data: Any) -> Model:
        given = data if isinstance(data, Mapping) else {}
        kind, pk = given.get("object_type"), given.get("object_id")
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
            briefs = [brief_ref(model) for model in KINDS.values()]
            properties["object"] = {"anyOf": briefs, "nullable": True}
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
        return Stored(column_of(model, self), lambda value: value or None)

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
    a_terminations = Terminations("a_terminations")
    b_terminations = Terminations("b_terminations")
    profile = never(None, {"type": "string", "nullable": True})


class CableViewSet(RecordViewSet):
    """List, plug and unplug cables."""

    def write_new(
        self, rows: Sequence[dict[str, Any]], messages: Sequence[str] = ()
    ) -> Sequence[Any]:
        links = [
            (row.pop("a_terminations"), row.pop("b_terminations"), row) for row in map(dict, rows)
        ]
        return connect_sides(links, by=self.actor, messages=messages)

    def write_changes(self, obj: Any, values: dict[str, Any]) -> Any:
        return self.write_set([(obj, values)], [self.actor.message])[0]

    def write_set(
        self, changes: Sequence[tuple[Any, dict[str, Any]]], messages: Sequence[str]
    ) -> Sequence[Any]:
        moves = [
            (cable, {SIDES[name]: ends for name, ends in values.items() if name in SIDES})
            for cable, values in changes
        ]
        plain = [
            (cable, {name: one for name, one in values.items() if name not in SIDES})
            for cable, values in changes
        ]
        return update_many(plain, moves, by=self.actor, messages=messages)


class PluggedInto(AnyOf):
    """Cables that end in something of the given device, rack, location or site.

    Args:
        model: What is asked for.
        attribute: By what of it.
        of_device: The way from a device to it; empty for the device itself.
        of_feed: The way from a power feed to it, where there is one.
    """

    def __init__(
        self, model: type[Model], attribute: str, of_device: str = "", of_feed: str = ""
    ) -> None:
        super().__init__("terminations", Known(model, attribute))
        way = "__".join(filter(None, (of_device, attribute)))
        self.ways = [f"{field}__device__{way}" for field in MODEL_OF_FIELD if field != "power_feed"]
        if of_feed:
            self.ways.append(f"power_feed__{of_feed}__{attribute}")

    def matches(self, values: list[Any]) -> Q:
        conditions = (Q(**{f"{way}__in": values}) for way in self.ways)
        ends = CableTermination.objects.filter(Q(*conditions, _connector=Q.OR))
        return Q(pk__in=ends.values("cable"))


class EndOfKind(AnyOf):
    """Cables of which one side ends in objects of the given kinds."""

    def __init__(self, end: CableEnd) -> None:
        kinds = forms.ChoiceField(choices=[(kind, kind) for kind in KINDS])
        super().__init__("terminations", Values(kinds))
        self.end = end

    def matches(self, values: list[Any]) -> Q:
        fields = (FIELD_OF_ENDPOINT[KINDS[kind]] for kind in values if kind is not None)
        conditions = (Q(**{f"{field}__isnull": False}) for field in fields)
        ends = CableTermination.objects.filter(Q(*conditions, _connector=Q.OR), end=self.end)
        return Q(pk__in=ends.values("cable"))


class EndWithId(OneOfIds):
    """Cables of which one side ends in objects of the given ids, whatever their kind."""

    def __init__(self, end: CableEnd) -> None:
        super().__init__(MODEL_OF_FIELD)
        self.end = end

    def matches(self, values: list[Any]) -> Q:
        ends = CableTermination.objects.filter(super().matches(values), end=self.end)
        return Q(pk__in=ends.values("cable"))


class OfEndpoint(AnyOf):
    """Cables that end in the given objects of one kind."""

    def __init__(self, model: type[Model]) -> None:
        super().__init__("terminations", Known(model, "pk"))
        self.of_kind = f"{FIELD_OF_ENDPOINT[model]}__in"

    def matches(self, values: list[Any]) -> Q:
        ends = CableTermination.objects.filter(**{self.of_kind: values})
        return Q(pk__in=ends.values("cable"))


class CableFilterSet(RecordFilterSet):
    """Cables by what they are plugged into."""

    device_id = PluggedInto(Device, "pk")
    device = PluggedInto(Device, "name")
    rack_id = PluggedInto(Rack, "pk", "rack", "rack")
    rack = PluggedInto(Rack, "name", "rack", "rack")
    location_id = PluggedInto(Location, "pk", "location", "power_panel__location")
    location = PluggedInto(Location, "slug", "location", "power_panel__location")
    site_id = PluggedInto(Site, "pk", "site", "power_panel__site")
    site = PluggedInto(Site, "slug", "site", "power_panel__site")
    termination_a_type = EndOfKind(CableEnd.A)
    termination_b_type = EndOfKind(CableEnd.B)
    termination_a_id = EndWithId(CableEnd.A)
    termination_b_id = EndWithId(CableEnd.B)
    consoleport_id = OfEndpoint(ConsolePort)
    consoleserverport_id = OfEndpoint(ConsoleServerPort)
    frontport_id = OfEndpoint(FrontPort)
    interface_id = OfEndpoint(Interface)
    powerfeed_id = OfEndpoint(PowerFeed)
    poweroutlet_id = OfEndpoint(PowerOutlet)
    powerport_id = OfEndpoint(PowerPort)
    rearport_id = OfEndpoint(RearPort)

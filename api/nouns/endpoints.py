"""What takes a cable, and what it shows of it: the cable's other end, and where the way ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django import forms
from django.db.models import Model, Q

from api.fields.wire import Computed, Schema, WireField, brief_ref
from api.nouns.components import (
    UNKNOWN_OF_INTERFACES,
    ComponentFilterSet,
    KindOfInterface,
    MacFilters,
    OnVlan,
    copies,
    mac_fields,
)
from api.queries.filters import RecordFilterSet
from api.queries.lookups import AnyOf, HasAny, Known, Truth, Values
from api.reading.briefs import Brief, Briefs, Make
from api.reading.fetching import statement
from api.records import RecordSerializer
from dcim.catalog import kind_of
from dcim.record.equipment.cables import (
    FIELD_OF_ENDPOINT,
    MODEL_OF_FIELD,
    Cable,
    CableTermination,
)
from dcim.record.equipment.devices import Interface
from dcim.record.equipment.paths import Key, Path, trace
from dcim.record.equipment.ports import FrontPort, RearPort
from dcim.record.places.sites import Site
from dcim.vocabulary.choices import CableEnd

KINDS: Final[Mapping[str, type[Model]]] = {kind_of(model): model for model in FIELD_OF_ENDPOINT}
PANEL_PORTS: Final = (FrontPort, RearPort)
KIND_OR_NULL: Final[Schema] = {"type": "string", "enum": [*KINDS, None], "nullable": True}
BOOLEAN: Final[Schema] = {"type": "boolean"}
END: Final[Schema] = {"type": "string", "enum": [*CableEnd, None], "nullable": True}
ENDPOINT_BRIEFS: Final[Schema] = {"anyOf": [brief_ref(model) for model in KINDS.values()]}
PEERS: Final[Schema] = {"type": "array", "items": ENDPOINT_BRIEFS}


@dataclass(frozen=True, slots=True)
class Link:
    """The cable in an endpoint, by the names that NetBox's clients read."""

    cable: Brief | None
    cable_end: str | None
    link_peers: list[Brief]
    link_peers_type: str | None
    connected_endpoints: list[Brief] | None
    connected_endpoints_type: str | None
    connected_endpoints_reachable: bool
    _occupied: bool


UNPLUGGED: Final = Path(hops=(), ends=(), is_active=False, is_split=False)
FREE: Final = Link(
    cable=None,
    cable_end=None,
    link_peers=[],
    link_peers_type=None,
    connected_endpoints=None,
    connected_endpoints_type=None,
    connected_endpoints_reachable=False,
    _occupied=False,
)


@cache
def _links_of(model: type[Model]) -> Make:
    """Makes the links of those of a page that have one: a few queries per hop of the longest path.

    What is said to be connected, without a cable, has one too.
    """
    field = FIELD_OF_ENDPOINT[model]
    column = f"{field}_id"

    def make(keys: Sequence[int], briefs: Briefs) -> Mapping[int, Link]:
        plugged = statement(CableTermination, (column,), key=column).rows(keys)
        paths = trace((field, pk) for (pk,) in plugged)
        marks = statement(model, ("id", "mark_connected")).rows(keys)
        marked = {pk for pk, is_marked in marks if is_marked}
        paths = {(field, pk): UNPLUGGED for pk in marked} | paths
        firsts = [path.hops[0] for path in paths.values() if path.hops]
        cables = briefs.by_id(Cable, {hop.cable for hop in firsts})
        ends = [key for path in paths.values() for key in path.ends]
        shown = briefs_of([*ends, *(key for hop in firsts for key in hop.far)], briefs)
        return {
            pk: _link(path, cables, shown, is_marked=pk in marked)
            for (_field, pk), path in paths.items()
        }

    return make


def _link(
    path: Path, cables: Mapping[int, Brief], shown: Mapping[Key, Brief], *, is_marked: bool
) -> Link:
    hop = path.hops[0] if path.hops else None
    far = [key for key in hop.far if key in shown] if hop is not None else []
    ends = [key for key in path.ends if key in shown]
    cable = cables.get(hop.cable) if hop is not None else None
    return Link(
        cable=cable,
        cable_end=hop.end.value if hop is not None and cable is not None else None,
        link_peers=[shown[key] for key in far],
        link_peers_type=_kind_of_all(far),
        connected_endpoints=[shown[key] for key in ends] or None,
        connected_endpoints_type=_kind_of_all(ends),
        connected_endpoints_reachable=bool(ends) and path.is_active,
        _occupied=hop is not None or is_marked,
    )


def _kind_of_all(keys: Sequence[Key]) -> str | None:
    return kind_of(MODEL_OF_FIELD[keys[0][0]]) if keys else None


def briefs_of(keys: Iterable[Key], briefs: Briefs) -> dict[Key, Brief]:
    """The briefs of those endpoints that the reader may see, with one query per kind."""
    by_field: dict[str, set[int]] = defaultdict(set)
    for field, pk in keys:
        by_field[field].add(pk)
    return {
        (field, pk): brief
        for field, pks in by_field.items()
        for pk, brief in briefs.by_id(MODEL_OF_FIELD[field], pks).items()
    }


def _part(model: type[Model], name: str, shape: Schema, shows: Sequence[type[Model]]) -> Computed:
    whole = _links_of(model)

    def make(keys: Sequence[int], briefs: Briefs) -> Mapping[int, Any]:
        return {pk: getattr(one, name) for pk, one in briefs.shared(whole, whole, keys).items()}

    return Computed(make, shape, shows=shows, missing=getattr(FREE, name))


@cache
def link_fields(model: type[Model]) -> Mapping[str, WireField]:
    """What NetBox's clients read of the cable in an object of `model`."""
    every = tuple(KINDS.values())
    shapes: dict[str, tuple[Schema, Sequence[type[Model]]]] = {
        "cable": (brief_ref(Cable, nullable=True), (Cable,)),
        "cable_end": (END, ()),
        "link_peers": (PEERS, every),
        "link_peers_type": (KIND_OR_NULL, ()),
        "connected_endpoints": ({**PEERS, "nullable": True}, every),
        "connected_endpoints_type": (KIND_OR_NULL, ()),
        "connected_endpoints_reachable": (BOOLEAN, ()),
        "_occupied": (BOOLEAN, ()),
    }
    return {
        name: _part(model, name, shape, shows)
        for name, (shape, shows) in shapes.items()
        if model not in PANEL_PORTS or not name.startswith("connected_")
    }


class EndpointSerializer(RecordSerializer):
    """Something that takes a cable."""

    def derived_fields(self) -> dict[str, WireField]:
        return super().derived_fields() | copies(link_fields(self.resource.model))


class InterfaceSerializer(EndpointSerializer):
    """An interface, with its MAC addresses and the interfaces that it bridges."""

    def derived_fields(self) -> dict[str, WireField]:
        bridged = Computed(_bridged, BRIDGED, shows=(Interface,), missing=[])
        fields = super().derived_fields() | mac_fields(Interface)
        return fields | copies(UNKNOWN_OF_INTERFACES) | {"bridge_interfaces": bridged}


BRIDGED: Final[Schema] = {"type": "array", "items": brief_ref(Interface)}


def _bridged(keys: Sequence[int], briefs: Briefs) -> Mapping[int, list[Brief]]:
    order = tuple(Interface._meta.ordering or ())
    rows = statement(Interface, ("bridge_id", "id"), key="bridge_id", order=order).rows(keys)
    shown = briefs.by_id(Interface, [pk for _, pk in rows])
    found: dict[int, list[Brief]] = defaultdict(list)
    for bridge, pk in rows:
        if bridge is not None and pk in shown:
            found[bridge].append(shown[pk])
    return found


class Occupied(AnyOf):
    """Endpoints in which a cable is, or is said to be; or those that are free."""

    def __init__(self) -> None:
        super().__init__("mark_connected", Values(Truth()))

    def matches(self, values: list[Any]) -> Q:
        taken = Q(termination__isnull=False) | Q(mark_connected=True)
        return taken if values[-1] else ~taken


class CableFilters(RecordFilterSet):
    """Endpoints with and without a cable."""

    cabled = HasAny("termination")
    cable_id = AnyOf("termination__cable", Known(Cable, "pk"))
    cable_end = AnyOf("termination__end", Values(forms.ChoiceField(choices=CableEnd.pairs())))
    connected = HasAny("termination")
    occupied = Occupied()


class EndpointFilterSet(ComponentFilterSet, CableFilters):
    """Components with and without a cable."""


class InterfaceFilterSet(EndpointFilterSet, MacFilters):
    """Interfaces by their kind, VLANs and MAC addresses."""

    kind = KindOfInterface()
    vlan_id = OnVlan("pk")
    vlan = OnVlan("vid")


class FeedFilterSet(CableFilters):
    """Feeds by the place of their panel."""

    site_id = AnyOf("power_panel__site", Known(Site, "pk"))
    site = AnyOf("power_panel__site__slug", Known(Site, "slug"))

"""The emergency book: what must be known when the record itself can't be asked any more.

One frozen structure made from the dependency graph and what is read beside it; how it looks on
paper or on a phone is for those who print it. Pure: no database, no Django.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from dcim.graph.facts import Thing
from dcim.graph.graph import DependencyGraph
from dcim.graph.impact import by_kind_and_name, impact
from dcim.vocabulary.things import ThingKind

EQUIPMENT: Final = frozenset({ThingKind.HOST, ThingKind.SWITCH, ThingKind.PDU})
# What stands between a feed and the equipment that it powers.
POWER: Final = frozenset({ThingKind.PDU, ThingKind.OUTLET, ThingKind.PSU, ThingKind.GROUP})


@dataclass(frozen=True, slots=True)
class Equipment:
    """A host, switch or PDU: where it is, the machines recorded on it, and the apps they carry.

    `place` is the rack and the lowest unit, as far as they are recorded.
    """

    thing: str
    place: str
    machines: tuple[str, ...]
    apps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Carrier:
    """A rack or a feed: the equipment in it or behind it, and the running apps its loss hits."""

    thing: str
    apps_down: tuple[str, ...]
    apps_degraded: tuple[str, ...]
    equipment: tuple[Equipment, ...]

    @property
    def machines(self) -> int:
        """How many machines its hosts hold."""
        return sum(len(one.machines) for one in self.equipment)


@dataclass(frozen=True, slots=True)
class Person:
    """Whom to call, `priority` in the record's words."""

    name: str
    role: str
    priority: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Responsible:
    """An office with the running apps that it owns, or a site; and who is to be called there."""

    name: str
    apps: tuple[tuple[str, str], ...]
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """What the book tells that the graph does not know, by the keys of rows.

    Attributes:
        machines_on: The keys of the machines recorded on each device.
        apps_on: The codes of the apps that each machine carries.
        places: Where each device is: rack and unit.
        owners: Offices that own running apps.
        sites: Every site.
    """

    machines_on: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    apps_on: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    places: Mapping[int, str] = field(default_factory=dict)
    owners: tuple[Responsible, ...] = ()
    sites: tuple[Responsible, ...] = ()


@dataclass(frozen=True, slots=True)
class EmergencyBook:
    """The whole book, in the state `serial` of the record."""

    serial: int
    made_at: datetime
    racks: tuple[Carrier, ...]
    feeds: tuple[Carrier, ...]
    owners: tuple[Responsible, ...]
    sites: tuple[Responsible, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of what the book says, whenever it was made: equal digests, equal content."""
        said = {
            name: one for name, one in asdict(self).items() if name not in {"serial", "made_at"}
        }
        text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return sha256(text.encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """The same keys from the command line and from the API."""
        return {**asdict(self), "made_at": self.made_at.isoformat(), "digest": self.digest}


def make_book(graph: DependencyGraph, beside: Beside, made_at: datetime) -> EmergencyBook:
    """The book of one state of the record.

    Args:
        graph: What rests on what.
        beside: What was read beside it, of the same state.
        made_at: When, with its time zone.

    Notes:
        Racks and feeds that carry nothing and fell nothing are left out. One question of impact for
        each of the others.
    """
    return EmergencyBook(
        graph.serial,
        made_at,
        tuple(_Carriers(graph, beside).of(ThingKind.RACK)),
        tuple(_Carriers(graph, beside).of(ThingKind.FEED)),
        beside.owners,
        beside.sites,
    )


class _Carriers:
    """Racks and feeds, with what stands in and behind them."""

    def __init__(self, graph: DependencyGraph, beside: Beside) -> None:
        self.graph = graph
        self.beside = beside
        self.machines = {one.pk: one.name for one in graph.things(ThingKind.VM)}

    def of(self, kind: ThingKind) -> Iterator[Carrier]:
        """Those of a kind, by name."""
        for thing in sorted(self.graph.things(kind), key=by_kind_and_name):
            found = impact(self.graph, [thing.id])
            carrier = Carrier(
                str(thing.id),
                tuple(hit.thing.name for hit in found.apps_down),
                tuple(hit.thing.name for hit in found.apps_degraded),
                tuple(self._equipment(one) for one in self._on(thing)),
            )
            if carrier.equipment or carrier.apps_down or carrier.apps_degraded:
                yield carrier

    def _on(self, thing: Thing) -> list[Thing]:
        """The equipment in a rack; of a feed all that it powers, also through PDUs and supplies."""
        through = POWER if thing.kind is ThingKind.FEED else frozenset()
        work = [self.graph.find(thing.id)]
        seen, found = set(work), []
        while work:
            for above, _ in self.graph.above(work.pop()):
                if above in seen:
                    continue
                seen.add(above)
                node = self.graph.node(above)
                if isinstance(node, Thing) and node.kind in EQUIPMENT:
                    found.append(node)
                if node.kind in through:
                    work.append(above)
        return sorted(found, key=by_kind_and_name)

    def _equipment(self, device: Thing) -> Equipment:
        keys = self.beside.machines_on.get(device.pk or 0, ())
        named = sorted((self.machines[key], key) for key in keys if key in self.machines)
        apps = {code for _, key in named for code in self.beside.apps_on.get(key, ())}
        return Equipment(
            str(device.id),
            self.beside.places.get(device.pk or 0, ""),
            tuple(name for name, _ in named),
            tuple(sorted(apps)),
        )


def grouped(pairs: Iterator[tuple[int, Any]]) -> dict[int, tuple[Any, ...]]:
    """The second of each pair, gathered by the first."""
    found: dict[int, list[Any]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return {key: tuple(values) for key, values in found.items()}

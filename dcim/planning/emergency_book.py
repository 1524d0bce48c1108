"""The emergency book: what must be known when the record itself can't be asked any more.

One frozen structure made from the dependency graph and what is read beside it; how it looks on
paper or on a phone is for those who print it. Pure: no database, no Django.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from dcim.graph.answers.board import answer_of_row
from dcim.graph.facts import Thing
from dcim.graph.failures.board import BOARD_KINDS, board
from dcim.graph.failures.impact import by_kind_and_name, impact
from dcim.graph.graph import DependencyGraph
from dcim.graph.needs.order import Direction, Scope, Step, order
from dcim.graph.selection import Selection, selected
from dcim.planning.people import Person
from dcim.vocabulary.things import ThingKind

EQUIPMENT: Final = frozenset({ThingKind.HOST, ThingKind.SWITCH, ThingKind.ROUTER, ThingKind.PDU})
# What stands between a feed and the equipment that it powers.
POWER: Final = frozenset({ThingKind.PDU, ThingKind.OUTLET, ThingKind.PSU, ThingKind.GROUP})
# Nobody switches these on by themselves.
NO_STEP: Final = frozenset({ThingKind.PSU, ThingKind.OUTLET, ThingKind.BACKUP})
MOST_FAILURES: Final = 100


@dataclass(frozen=True, slots=True)
class Failure:
    """A thing that fails alone: running apps that it stops and degrades, their users and owners."""

    thing: str
    apps_down: int
    apps_degraded: int
    users_per_month_down: int
    owners_hit: int


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy of a tier: where it lies, how often it is made, and whether it has been tried.

    `last_success` is a moment, `last_restore_test` a day, both in ISO; empty where not recorded.
    """

    tier: str
    kind: str
    place: str
    frequency_hours: int | None
    last_success: str
    last_restore_test: str


@dataclass(frozen=True, slots=True)
class Equipment:
    """A host, switch, router or PDU: where it is, the machines recorded on it, and their apps.

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
        apps_on_devices: The codes of the apps that each device carries without a machine.
        places: Where each device is: rack and unit.
        owners: Offices that own running apps.
        sites: Every site.
        backups: Every copy.
        without_backup: The codes of running apps of which no tier has a copy.
    """

    machines_on: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    apps_on: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    apps_on_devices: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    places: Mapping[int, str] = field(default_factory=dict)
    owners: tuple[Responsible, ...] = ()
    sites: tuple[Responsible, ...] = ()
    backups: tuple[Backup, ...] = ()
    without_backup: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EmergencyBook:
    """The whole book, in the state `serial` of the record.

    `failures` are the worst first. `start_order` are waves, first to last, each of steps that can
    be done at once; a step is one thing, or several that need each other.
    """

    serial: int
    made_at: datetime
    failures: tuple[Failure, ...]
    start_order: tuple[tuple[tuple[str, ...], ...], ...]
    racks: tuple[Carrier, ...]
    feeds: tuple[Carrier, ...]
    owners: tuple[Responsible, ...]
    sites: tuple[Responsible, ...]
    backups: tuple[Backup, ...]
    without_backup: tuple[str, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of what the book says, whenever it was made: equal digests, equal content."""
        said = {
            name: one for name, one in asdict(self).items() if name not in {"serial", "made_at"}
        }
        text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return sha256(text.encode()).hexdigest()

    @property
    def size(self) -> int:
        """How many names it holds, about."""
        started = sum(len(step) for wave in self.start_order for step in wave)
        return started + sum(one.machines for one in (*self.racks, *self.feeds))

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
        Racks and feeds that carry nothing and fell nothing are left out, and so are failures that
        hit no running app. One question of impact for each rack and feed, one board of everything.
    """
    carriers = _Carriers(graph, beside)
    return EmergencyBook(
        graph.serial,
        made_at,
        tuple(_failures(graph)),
        tuple(_start_order(graph)),
        tuple(carriers.of(ThingKind.RACK)),
        tuple(carriers.of(ThingKind.FEED)),
        beside.owners,
        beside.sites,
        beside.backups,
        beside.without_backup,
    )


def _failures(graph: DependencyGraph) -> Iterator[Failure]:
    """The worst rows of the N-1 board."""
    found = board(graph, selected(graph, Selection(), BOARD_KINDS))
    for row in found[:MOST_FAILURES]:
        told = answer_of_row(row)
        if told["apps_down"] or told["apps_degraded"]:
            yield Failure(
                told["thing"],
                told["apps_down"],
                told["apps_degraded"],
                told["users_per_month_down"],
                told["owners_hit"],
            )


def _start_order(graph: DependencyGraph) -> Iterator[tuple[tuple[str, ...], ...]]:
    """How all that stands in sites is started after everything went dark."""
    sites = [one.id for one in graph.things(ThingKind.SITE)]
    if not sites:
        return
    for wave in order(graph, sites, Direction.START, Scope.ABOVE).waves:
        steps = tuple(
            tuple(str(one.id) for one in step.things) for step in wave if _is_done_by_people(step)
        )
        if steps:
            yield steps


def _is_done_by_people(step: Step) -> bool:
    return any(one.kind not in NO_STEP for one in step.things)


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
        apps |= set(self.beside.apps_on_devices.get(device.pk or 0, ()))
        return Equipment(
            str(device.id),
            self.beside.places.get(device.pk or 0, ""),
            tuple(name for name, _ in named),
            tuple(sorted(apps)),
        )


def grouped(pairs: Iterable[tuple[int, Any]]) -> dict[int, tuple[Any, ...]]:
    """The second of each pair, gathered by the first."""
    found: dict[int, list[Any]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return {key: tuple(values) for key, values in found.items()}

"""What work on things means while it lasts: who is hit, whom to tell, what to move first.

Nothing is written. What people are called and where hosts are is handed in; the rest follows from
the graph and the snapshot, which are of the same record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from dcim.graph.facts import Group, Node, Thing
from dcim.graph.failures.impact import Hit, Impact
from dcim.graph.graph import DependencyGraph
from dcim.graph.needs.order import Direction, Order, Scope, Step, order
from dcim.graph.propagation import down_with
from dcim.graph.reach import all_above, all_below
from dcim.planning.estate import Snapshot
from dcim.planning.people import Person
from dcim.planning.questions.moves import Deed, Move, Out, moves
from dcim.vocabulary.errors import InvalidInput
from dcim.vocabulary.things import ThingKind

Waves = tuple[tuple[Step, ...], ...]


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when the things are out.

    Raises: InvalidInput when it ends before it begins.
    """

    start: datetime
    until: datetime

    def __post_init__(self) -> None:
        """Refuse a window that is none."""
        if self.until <= self.start:
            raise InvalidInput(
                "The work would end before it begins.",
                field="until",
                hint="Name a later moment, or an earlier one to begin.",
            )


@dataclass(frozen=True, slots=True)
class Beside:
    """What the graph does not know.

    Attributes:
        hosts: By the key of each host's row the public name of its pool and its name there.
        offices: By slug the name of each office that owns an app that is hit.
        people: Whom to tell, by kind and name of what they are responsible for: apps by code,
            offices by slug, sites by name.
    """

    hosts: Mapping[int, tuple[str, str]]
    offices: Mapping[str, str]
    people: Mapping[tuple[str, str], tuple[Person, ...]]


@dataclass(frozen=True, slots=True)
class Told:
    """An office that is told, its apps that are hit, and who is told.

    `stopped` can't be used, `moved` stop for a moment while they are moved, `weakened` go on with
    less to spare.
    """

    slug: str
    name: str
    stopped: tuple[Thing, ...]
    moved: tuple[Thing, ...]
    weakened: tuple[Thing, ...]
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Weakened:
    """A group that loses members and holds: of `size` members `left`, of which it needs some."""

    owner: Node
    group: Group
    left: int


@dataclass(frozen=True)
class Maintenance:
    """All that is to be known before work begins."""

    window: Window
    found: Impact
    moves: tuple[Move, ...]
    still_down: frozenset[int]
    beside: Beside
    sites: tuple[Thing, ...]
    _order: Order = field(repr=False)

    @property
    def stopped(self) -> tuple[Hit, ...]:
        """Running apps that stop however machines are moved."""
        return tuple(hit for hit in self.found.apps_down if not self.is_saved(hit.thing))

    @property
    def saved(self) -> tuple[Hit, ...]:
        """Running apps that go on, once their machines have been moved."""
        return tuple(hit for hit in self.found.apps_down if self.is_saved(hit.thing))

    def is_saved(self, thing: Thing) -> bool:
        """Whether what would fall goes on once machines have been moved."""
        return self.found.graph.find(thing.id) not in self.still_down

    @cached_property
    def told(self) -> tuple[Told, ...]:
        """The offices whose apps are hit, by name."""
        lists: dict[str, tuple[list[Thing], ...]] = defaultdict(lambda: ([], [], []))
        for place, hits in enumerate((self.stopped, self.saved, self.found.apps_degraded)):
            for hit in hits:
                lists[hit.thing.owner][place].append(hit.thing)
        found = [self._told(slug, *map(tuple, apps)) for slug, apps in lists.items()]
        return tuple(sorted(found, key=lambda one: (one.name, one.slug)))

    @property
    def gaps(self) -> tuple[Thing, ...]:
        """Apps that are hit though nobody is named who could be told."""
        return tuple(
            app
            for one in self.told
            for app in (*one.stopped, *one.moved, *one.weakened)
            if not self._people_of(app)
        )

    @cached_property
    def weakened(self) -> tuple[Weakened, ...]:
        """The groups that have lost members and still hold, by who needs them."""
        return tuple(sorted(self._weakened(), key=lambda one: (str(one.owner.id), one.group.name)))

    @property
    def stop(self) -> Waves:
        """What is stopped before, once machines have been moved; the things themselves last."""
        waves = (tuple(filter(self._falls, wave)) for wave in self._order.waves)
        return tuple(wave for wave in waves if wave)

    @property
    def start(self) -> Waves:
        """What is started after, the things themselves first."""
        return self.stop[::-1]

    def _falls(self, step: Step) -> bool:
        return any(not self.is_saved(thing) for thing in step.things)

    def _people_of(self, app: Thing) -> tuple[Person, ...]:
        people = self.beside.people
        return (*people.get(("app", app.name), ()), *people.get(("office", app.owner), ()))

    def _told(
        self,
        slug: str,
        stopped: tuple[Thing, ...],
        moved: tuple[Thing, ...],
        weakened: tuple[Thing, ...],
    ) -> Told:
        apps = (*stopped, *moved, *weakened)
        own = self.beside.people.get(("office", slug), ())
        people = dict.fromkeys((*own, *(one for app in apps for one in self._people_of(app))))
        name = self.beside.offices.get(slug, slug)
        return Told(slug, name, stopped, moved, weakened, tuple(people))

    def _weakened(self) -> Iterator[Weakened]:
        graph, hit = self.found.graph, self.found.hit
        for number in hit.shaken:
            node = graph.node(number)
            if isinstance(node, Group):
                lost = sum(one in hit.down for one in graph.wiring.hard_below[number])
                for owner, _ in graph.above(number):
                    yield Weakened(graph.node(owner), node, node.size - lost)


def check(found: Impact, snapshot: Snapshot, window: Window, beside: Beside) -> Maintenance:
    """What work on the things that `found` fails means, and what to do about it.

    Notes:
        An app goes on when what it rests on goes on once the machines that have a place are there;
        so a machine that is moved does not fall. O(what rests on the things), and packing.
    """
    graph = found.graph
    named = [graph.find(node.id) for node in found.failed]
    moved = moves(snapshot, _out(found, named, beside.hosts))
    refs = [node.id for node in found.failed]
    return Maintenance(
        window=window,
        found=found,
        moves=moved,
        still_down=_still_down(graph, named, moved),
        beside=beside,
        sites=_sites(graph, named),
        _order=order(graph, refs, Direction.STOP, Scope.ABOVE),
    )


def _out(found: Impact, named: Collection[int], hosts: Mapping[int, tuple[str, str]]) -> Out:
    """What is down in the snapshot's terms; a machine that is worked on itself is left alone."""
    graph, down = found.graph, found.hit.down
    kinds = {ThingKind.HOST, ThingKind.CLUSTER, ThingKind.ALLOCATION, ThingKind.VM}
    by_kind: dict[ThingKind, list[tuple[int, Thing]]] = defaultdict(list)
    for number in graph.roster.things_among(down, kinds):
        if isinstance(node := graph.node(number), Thing):
            by_kind[node.kind].append((number, node))
    machines = {number: str(vm.pk) for number, vm in by_kind[ThingKind.VM] if number not in named}
    pools = by_kind[ThingKind.CLUSTER] + by_kind[ThingKind.ALLOCATION]
    return Out(
        hosts=frozenset(
            hosts[pk] for _, host in by_kind[ThingKind.HOST] if (pk := host.pk) in hosts and pk
        ),
        pools=frozenset(str(pool.id) for _, pool in pools),
        machines=frozenset(machines.values()),
        needed=frozenset(pk for number, pk in machines.items() if _is_needed(found, number)),
    )


def _is_needed(found: Impact, machine: int) -> bool:
    """Whether a running app falls because the machine does."""
    graph, seen, work = found.graph, {machine}, [machine]
    while work:
        for above in graph.wiring.hard_above[work.pop()]:
            if above in found.hit.down and above not in seen:
                node = graph.node(above)
                if isinstance(node, Thing) and node.is_running_app:
                    return True
                seen.add(above)
                work.append(above)
    return False


def _still_down(
    graph: DependencyGraph, named: Collection[int], moved: Collection[Move]
) -> frozenset[int]:
    """What is down although the machines that have a place are there."""
    placed = [int(one.machine.id) for one in moved if one.deed in {Deed.MIGRATE, Deed.MOVE}]
    machines = (graph.thing_of_row(ThingKind.VM, pk) for pk in placed)
    away = {graph.find(machine.id) for machine in machines if machine is not None}
    return frozenset(down_with(graph.wiring, named, all_above(graph.wiring, named) - away))


def _sites(graph: DependencyGraph, named: Collection[int]) -> tuple[Thing, ...]:
    """The sites that the things are at."""
    numbers = graph.roster.things_among(all_below(graph.wiring, named), {ThingKind.SITE})
    found = (graph.node(number) for number in sorted(numbers))
    return tuple(node for node in found if isinstance(node, Thing))

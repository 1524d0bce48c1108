"""What falls when things fail: the answer to "who is hit, and why".

Takes a graph and names, gives frozen data; drawing, translating and looking up owners is for those
who ask.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

import numpy as np

from dcim.graph.facts import Node, Thing
from dcim.graph.failures.tally import told_apps
from dcim.graph.propagation import Spread, State, cause_of, spread
from dcim.graph.wiring import Flags, Keys
from dcim.vocabulary.errors import InvalidInput
from dcim.vocabulary.things import Ref, ThingKind

if TYPE_CHECKING:
    from dcim.graph.graph import DependencyGraph

ALL: Final = slice(None)


@dataclass(frozen=True)
class Hit:
    """A thing that is down or degraded.

    `chain` is a shortest chain of causes, groups included: it starts at the thing and ends at what
    failed, and each link is a reason for the one before it. It is looked for when it is asked for.
    """

    thing: Thing
    state: State
    _looked_for: Callable[[], tuple[Node, ...]] = field(repr=False, compare=False)

    @cached_property
    def chain(self) -> tuple[Node, ...]:
        """The chain of causes."""
        return self._looked_for()

    @property
    def cause(self) -> Node:
        """What failed, at the end of the chain."""
        return self.chain[-1]


@dataclass(frozen=True)
class Impact:
    """What falls when `failed` fail at once, in the state `serial` of the record.

    `down` and `degraded` hold every thing that is hit, also apps that do not run now (planned,
    inactive, retired). These lose nothing that anyone uses, so `apps_down` and `apps_degraded`
    hold running apps only, and `idle_apps` the others. `apps` are the codes of the apps that may
    be told of, in lists and in counts; None for all.
    """

    graph: DependencyGraph
    numbers: tuple[int, ...]
    hit: Spread
    apps: Collection[str] | None = None

    @property
    def serial(self) -> int:
        """The state of the record that the answer belongs to."""
        return self.graph.serial

    @cached_property
    def failed(self) -> tuple[Node, ...]:
        """What failed by itself."""
        nodes = (self.graph.node(number) for number in self.numbers)
        return tuple(sorted(nodes, key=lambda node: node.id))

    @cached_property
    def down(self) -> tuple[Hit, ...]:
        """Every thing that is down."""
        return self._hits(State.DOWN, frozenset(ThingKind))

    @cached_property
    def degraded(self) -> tuple[Hit, ...]:
        """Every thing that is degraded."""
        return self._hits(State.DEGRADED, frozenset(ThingKind))

    @cached_property
    def apps_down(self) -> tuple[Hit, ...]:
        """Running apps that stop."""
        return self.app_hits(State.DOWN)

    @cached_property
    def apps_degraded(self) -> tuple[Hit, ...]:
        """Running apps that go on, but with less to spare or without a soft dependency."""
        return self.app_hits(State.DEGRADED)

    @cached_property
    def idle_apps(self) -> tuple[Hit, ...]:
        """Apps that do not run now and rest on what fell: hit on paper only."""
        return self.idle_hits()

    def app_hits(self, state: State, part: slice = ALL) -> tuple[Hit, ...]:
        """Some of the running apps that are in `state`, by name."""
        return self._named(state, self.running_apps(state), part)

    def idle_hits(self, part: slice = ALL) -> tuple[Hit, ...]:
        """Some of the idle apps that are hit: those that are down, then others, each by name."""
        idle = self._told & ~self.graph.roster.stakes.is_running
        both = (State.DOWN, State.DEGRADED)
        return tuple(h for s in both for h in self._named(s, self._app_numbers(s, idle), ALL))[part]

    def running_apps(self, state: State) -> Keys:
        """The numbers of the running apps that are in `state` and may be told of."""
        return self._app_numbers(state, self._told & self.graph.roster.stakes.is_running)

    @cached_property
    def idle_count(self) -> int:
        """How many idle apps are hit."""
        idle = self._told & ~self.graph.roster.stakes.is_running
        return sum(len(self._app_numbers(state, idle)) for state in (State.DOWN, State.DEGRADED))

    def state_of(self, ref: Ref) -> State:
        """The state of a thing or group; what is not hit is up."""
        number = self.graph.roster.number(ref)
        return State.UP if number is None else self.hit.state_of(number)

    def counts(self, state: State) -> Counter[ThingKind]:
        """How many things of each kind are in `state`, which is not up; apps that may be told of.

        Notes: without naming any of them, unless some apps may not be told of.
        """
        found = self.graph.roster.count_by_kind(self._numbers(state))
        if self.apps is not None:
            for kind in (ThingKind.APP, ThingKind.BACKUP):
                found[kind] = len(self._hits(state, frozenset({kind})))
        return found

    @cached_property
    def _told(self) -> Flags:
        return told_apps(self.graph.roster, self.apps)

    def _app_numbers(self, state: State, kept: Flags) -> Keys:
        """The apps in a state, of those that are kept."""
        numbers = self._apps_hit[state]
        found: Keys = numbers[kept[numbers - self.graph.roster.apps.start]]
        return found

    @cached_property
    def _apps_hit(self) -> dict[State, Keys]:
        """The apps in each state that is not up, ascending."""
        apps = self.graph.roster.apps
        found = {}
        for state in (State.DOWN, State.DEGRADED):
            hit = self._numbers(state)
            numbers = np.fromiter(hit, np.int64, len(hit))
            found[state] = np.sort(numbers[(numbers >= apps.start) & (numbers < apps.stop)])
        return found

    def _named(self, state: State, numbers: Keys, part: slice) -> tuple[Hit, ...]:
        """Some of the things of these numbers, by name."""
        roster = self.graph.roster
        in_order = sorted(numbers.tolist(), key=roster.name)[part]
        return tuple(Hit(roster.thing(n), state, partial(self._chain, n)) for n in in_order)

    def _numbers(self, state: State) -> Collection[int]:
        return self.hit.down if state is State.DOWN else self.hit.degraded

    def _hits(self, state: State, kinds: Collection[ThingKind]) -> tuple[Hit, ...]:
        roster = self.graph.roster
        hits = [
            Hit(thing, state, partial(self._chain, number))
            for number in roster.things_among(self._numbers(state), kinds)
            if isinstance(thing := roster.node(number), Thing) and self._may_tell_of(thing)
        ]
        return tuple(sorted(hits, key=lambda hit: by_kind_and_name(hit.thing)))

    def _may_tell_of(self, thing: Thing) -> bool:
        """Whether an app, or the copy of an app's tier (`APP/TIER@PLACE`), may be told of."""
        if self.apps is None or thing.kind not in (ThingKind.APP, ThingKind.BACKUP):
            return True
        return thing.name.partition("/")[0] in self.apps

    def _chain(self, number: int) -> tuple[Node, ...]:
        chain = cause_of(self.graph.wiring, self._failed_numbers, self.hit, number)
        return tuple(self.graph.node(one) for one in chain)

    @cached_property
    def _failed_numbers(self) -> frozenset[int]:
        return frozenset(self.numbers)


def impact(graph: DependencyGraph, failed: Collection[Ref]) -> Impact:
    """What is down and degraded when everything in `failed` fails at once.

    Args:
        graph: The graph of one serial.
        failed: One thing or several, of any kind, groups included.

    Raises:
        InvalidInput: `failed` is empty.
        UnknownThing: A name is not in the graph; the hint suggests close ones.

    Notes:
        The rules are in `propagation`. The cost grows with what is hit, not with the graph; names
        and chains of causes are looked up when they are asked for.

    >>> from dcim.graph.facts import Facts, Need
    >>> app, vm, host = (Ref.parse(name) for name in ("app:SIMPEG", "vm:simpeg-1", "host:pdr-h01"))
    >>> things = (Thing(app, status="active"), Thing(vm), Thing(host))
    >>> from dcim.graph.graph import DependencyGraph
    >>> graph = DependencyGraph.of(Facts(1, things, (), (Need(app, vm), Need(vm, host))))
    >>> [" because of ".join(str(node.id) for node in hit.chain)
    ...  for hit in impact(graph, [host]).apps_down]
    ['app:SIMPEG because of vm:simpeg-1 because of host:pdr-h01']
    """
    return impact_of(graph, [graph.find(ref) for ref in sorted(set(failed))])


def impact_of(graph: DependencyGraph, numbers: Sequence[int]) -> Impact:
    """What is down and degraded when the nodes of these numbers fail at once; see `impact`.

    Raises: InvalidInput when there are none.
    """
    if not numbers:
        raise InvalidInput(
            "Nothing was named.",
            field="failed",
            hint="Name what fails as KIND:NAME, for example rack:PDR-R01, or by filters.",
        )
    return Impact(graph, tuple(numbers), spread(graph.wiring, numbers))


KIND_ORDER = {kind: rank for rank, kind in enumerate(ThingKind)}


def by_kind_and_name(node: Node) -> tuple[int, str]:
    """The order in which answers list things: apps first, power last, then by name."""
    return KIND_ORDER[node.kind], node.name

"""In which order things are started and stopped: waves, each of what can be done at once.

Starting goes from the bottom up, so that everything comes after all that it rests on; stopping is
the same backwards. Members of a group all come before what needs some of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from dcim.graph.facts import Node, Thing
from dcim.graph.failures.impact import by_kind_and_name
from dcim.graph.needs.knots import Needs, knots, needs_among, rounds
from dcim.graph.propagation import down_with
from dcim.graph.reach import all_above, all_below
from dcim.graph.wiring import Flags, Numbers
from dcim.vocabulary.errors import InvalidInput
from dcim.vocabulary.things import Ref, ThingKind

if TYPE_CHECKING:
    from dcim.graph.graph import DependencyGraph


class Direction(StrEnum):
    """What is done with the things."""

    START = "start"
    STOP = "stop"


class Scope(StrEnum):
    """Which things are ordered: what rests on those that are named, or what these rest on."""

    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing; or several that need each other, and can only be started or stopped together.

    `stands` says that it goes on, perhaps with less to spare, when all that was named is out: it
    need not be stopped.
    """

    things: tuple[Thing, ...]
    stands: bool = False

    @property
    def is_knot(self) -> bool:
        """Whether it is several things that need each other."""
        return len(self.things) > 1


@dataclass(frozen=True, slots=True)
class Order:
    """The waves, first to last; the steps of a wave can be done at once.

    `unordered` are soft needs that decide nothing, since they are part of a cycle: what needs, and
    what is needed. `idle` are things that do not run now (planned, offline, apps that are not
    active) and so are in no wave.
    """

    serial: int
    named: tuple[Node, ...]
    direction: Direction
    scope: Scope
    waves: tuple[tuple[Step, ...], ...]
    unordered: tuple[tuple[Node, Node], ...]
    idle: tuple[Thing, ...]


def order(
    graph: DependencyGraph,
    named: Collection[Ref],
    direction: Direction,
    scope: Scope | None = None,
    among: Collection[int] | None = None,
) -> Order:
    """The order in which what hangs together with `named`, itself included, is started or stopped.

    Args:
        graph: The graph of one serial.
        named: One thing or several, of any kind.
        direction: Whether they are started or stopped.
        scope: What rests on them, or what they rest on; unless given the latter for apps alone,
            else the former.
        among: The nodes that may be told of; all unless given.

    Raises:
        InvalidInput: `named` is empty.
        UnknownThing: A name is not in the graph.

    Notes:
        A soft need orders like a hard one, unless it is part of a cycle; then it orders nothing and
        is named. What needs each other by hard needs is one step. The level of a thing is the
        longest way below it; groups and idle things add nothing to it. O(V + E) of the scope.
    """
    if not named:
        raise InvalidInput(
            "Nothing was named.", field="thing", hint="Name a thing, for example rack:PDR-R01."
        )
    start = [graph.find(ref) for ref in sorted(set(named))]
    scope = scope or _usual_scope(named)
    reached = (all_above if scope is Scope.ABOVE else all_below)(graph.wiring, start)
    if among is not None:
        reached &= {*among, *start}
    falls = down_with(graph.wiring, start) if scope is Scope.ABOVE else None
    part = _Part(graph, np.array(sorted(reached), np.int32), frozenset(start))
    waves = tuple(part.waves(falls))
    return Order(
        graph.serial,
        tuple(graph.node(number) for number in start),
        direction,
        scope,
        waves if direction is Direction.START else waves[::-1],
        part.unordered,
        part.idle,
    )


def _usual_scope(named: Collection[Ref]) -> Scope:
    return Scope.BELOW if all(ref.kind is ThingKind.APP for ref in named) else Scope.ABOVE


class _Part:
    """The nodes to order, numbered anew from 0; `keys` are their numbers in the graph."""

    def __init__(self, graph: DependencyGraph, keys: Numbers, named: Collection[int]) -> None:
        self.keys = keys.tolist()
        self.nodes = [graph.node(key) for key in self.keys]
        wiring = graph.wiring
        hard, soft = (needs_among(below, keys) for below in (wiring.hard_below, wiring.soft_below))
        knot = knots(hard)
        wider = knots(hard.joined(soft))
        circular = wider[soft.sources] == wider[soft.targets]
        self.unordered = tuple(self._named(soft.only(circular), knot))
        self.needs = _condensed(hard.joined(soft.only(~circular)), knot)
        self.knot = knot
        shown = self._shown(hard, named)
        self.levels = _levels(self.needs, np.isin(np.arange(len(knot)), knot[shown]))
        self.idle = tuple(
            node for at, node in enumerate(self.nodes) if isinstance(node, Thing) and not shown[at]
        )
        self.shown = shown

    def _shown(self, hard: Needs, named: Collection[int]) -> Flags:
        """Which nodes have a place in a wave: things that run, and what was named.

        A tier runs with its app.
        """
        idle = np.array([isinstance(one, Thing) and one.is_idle for one in self.nodes], np.bool_)
        tiers = np.array([one.kind is ThingKind.WORKLOAD for one in self.nodes], np.bool_)
        apps = np.zeros(len(idle), np.bool_)
        apps[hard.targets] = True
        serving = np.zeros(len(idle), np.bool_)
        serving[hard.targets[~idle[hard.sources]]] = True
        things = np.array([isinstance(one, Thing) for one in self.nodes], np.bool_)
        runs = ~idle & ~(tiers & apps & ~serving)
        shown: Flags = things & (runs | np.isin(self.keys, list(named)))
        return shown

    def _named(self, soft: Needs, knot: Numbers) -> Iterator[tuple[Node, Node]]:
        for source, target in zip(soft.sources.tolist(), soft.targets.tolist(), strict=True):
            if knot[source] != knot[target]:
                yield self.nodes[source], self.nodes[target]

    def waves(self, falls: Collection[int] | None) -> Iterator[tuple[Step, ...]]:
        """The steps by level, lowest first; `falls` are the numbers that go down."""
        members: dict[int, list[int]] = defaultdict(list)
        for at in np.flatnonzero(self.shown).tolist():
            members[int(self.knot[at])].append(at)
        waves: dict[int, list[Step]] = defaultdict(list)
        for knot, places in members.items():
            stands = falls is not None and not any(self.keys[at] in falls for at in places)
            waves[int(self.levels[knot])].append(self._step(places, stands))
        for level in sorted(waves):
            yield tuple(sorted(waves[level], key=lambda step: by_kind_and_name(step.things[0])))

    def _step(self, places: list[int], stands: bool) -> Step:
        things = [node for at in places if isinstance(node := self.nodes[at], Thing)]
        return Step(tuple(sorted(things, key=by_kind_and_name)), stands)


def _condensed(needs: Needs, knot: Numbers) -> Needs:
    """The needs between knots, each told by its lowest number."""
    between = Needs(needs.size, knot[needs.sources], knot[needs.targets])
    return between.only(between.sources != between.targets)


def _levels(needs: Needs, counts: Flags) -> Numbers:
    """For each node the most nodes that count on a way below it."""
    levels = np.zeros(needs.size, np.int32)
    for _, sources, targets in rounds(needs):
        np.maximum.at(levels, sources, levels[targets] + counts[targets])
    return levels

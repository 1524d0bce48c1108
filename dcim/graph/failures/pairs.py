"""Pairs of failures that are worse than both alone: what redundancy against one does not cover.

Only a group that loses members to both, and stands with either, can make the difference. So the
failures are spread alone first, and joined only where they wear the same group.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from dcim.graph.facts import Thing
from dcim.graph.failures.alone import Pairs, outcomes
from dcim.graph.failures.board import BOARD_KINDS, WORST, in_order
from dcim.graph.failures.tally import Cost, Costs, costs_of, counted_apps
from dcim.graph.selection import Selection, selected
from dcim.graph.wiring import Flags, Keys, Numbers, Ways, are_in, distinct
from dcim.vocabulary.errors import InvalidInput
from dcim.vocabulary.things import ThingKind

if TYPE_CHECKING:
    from dcim.graph.graph import DependencyGraph

MOST_PAIRS: Final = 20_000
MOST_MEETINGS: Final = 20_000_000  # of two failures in a group; they are made before pairs are


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two things, what their loss at once costs beyond that of each, and the apps that stop."""

    first: Thing
    second: Thing
    cost: Cost
    apps: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class FailurePairs:
    """Pairs that are worse than both alone, the worst first; `asked` is how many were tried.

    `firsts` and `seconds` are the things of each pair, `stopped` the apps that only both stop.
    """

    graph: DependencyGraph
    firsts: Numbers
    seconds: Numbers
    costs: Costs
    stopped: Pairs
    order: Keys
    asked: int

    def __len__(self) -> int:
        return len(self.order)

    def rows(self, part: slice, apps: slice) -> list[PairRow]:
        """Some of the pairs, and of each some of the apps."""
        return [self._row(place, apps) for place in self.order[part].tolist()]

    def _row(self, place: int, part: slice) -> PairRow:
        roster = self.graph.roster
        begin, end = np.searchsorted(self.stopped.failures, (place, place + 1))
        apps = self.stopped.nodes[begin:end].tolist()[part]
        return PairRow(
            roster.thing(int(self.firsts[place])),
            roster.thing(int(self.seconds[place])),
            self.costs.of(place),
            tuple(roster.thing(number) for number in apps),
        )


def failure_pairs(
    graph: DependencyGraph,
    firsts: Numbers,
    seconds: Numbers,
    *,
    apps: Collection[str] | None = None,
) -> FailurePairs:
    """The pairs of one of `firsts` and one of `seconds` that stop more apps than both alone.

    Args:
        graph: The graph of one serial.
        firsts: The numbers of things, see `selection`.
        seconds: The numbers of things; the same for all pairs among some.
        apps: The codes of the apps that may be told of; None for all.

    Raises:
        InvalidInput: There are more than `MOST_PAIRS` pairs that may be worse.

    Notes:
        What a pair costs is what it stops beyond the two. The cost is that of failing each thing
        alone and each pair that wears a group together.
    """
    things = distinct(np.concatenate((firsts, seconds)).astype(np.int64))
    told = counted_apps(graph.roster, apps)
    alone = outcomes(graph.wiring, things[:, np.newaxis], among=graph.roster.apps, worn=True)
    one, other = _meeting(alone.worn, len(things), len(graph), things, firsts, seconds)
    pairs = np.stack((things[one], things[other]), axis=1)
    both = outcomes(graph.wiring, pairs, among=graph.roster.apps).down
    size = len(graph)
    known = np.concatenate([_of_each(alone.down, at, len(things), size) for at in (one, other)])
    fresh = both.only(~are_in(distinct(known), both.failures * size + both.nodes))
    stopped = fresh.only(told[fresh.nodes - graph.roster.apps.start])
    costs = costs_of(graph.roster, len(pairs), stopped, Pairs.joined([]), told)
    order = in_order(costs, WORST)
    is_worse = np.zeros(len(pairs), np.bool_)
    is_worse[stopped.failures] = True
    numbers = pairs.astype(np.int32)
    return FailurePairs(
        graph, numbers[:, 0], numbers[:, 1], costs, stopped, order[is_worse[order]], len(pairs)
    )


def _meeting(
    worn: Pairs, failures: int, size: int, things: Keys, firsts: Numbers, seconds: Numbers
) -> tuple[Keys, Keys]:
    """The places of each two things that wear a group both, once.

    Raises: InvalidInput when there are too many.
    """
    is_first, is_second = np.isin(things, firsts), np.isin(things, seconds)
    wearing = distinct(worn.nodes * failures + worn.failures) if failures else worn.nodes
    groups, places = np.divmod(wearing, max(failures, 1))
    members = Ways.of(size, groups.astype(np.int32), places.astype(np.int32))
    counts = np.diff(members.starts)
    meetings = int((counts[groups]).sum())
    if meetings > MOST_MEETINGS:
        raise _too_many(f"more than {MOST_PAIRS}")
    other, _ = members.runs(groups.astype(np.int32))
    one = np.repeat(places, counts[groups])
    kept = _are_asked(one, other, is_first, is_second)
    low, high = np.minimum(one[kept], other[kept]), np.maximum(one[kept], other[kept])
    keys = distinct(low * failures + high)
    if len(keys) > MOST_PAIRS:
        raise _too_many(str(len(keys)))
    pair_low, pair_high = np.divmod(keys, max(failures, 1))
    # The first of a pair is one of the firsts.
    turned = ~(is_first[pair_low] & is_second[pair_high])
    return np.where(turned, pair_high, pair_low), np.where(turned, pair_low, pair_high)


def _are_asked(one: Keys, other: Numbers, is_first: Flags, is_second: Flags) -> Flags:
    asked: Flags = (one != other) & (
        (is_first[one] & is_second[other]) | (is_second[one] & is_first[other])
    )
    return asked


def _of_each(down: Pairs, places: Keys, failures: int, size: int) -> Keys:
    """The apps that each pair's thing at a place stops alone, as numbers of pair and app."""
    ways = Ways.of(failures, down.failures.astype(np.int32), down.nodes.astype(np.int32))
    apps, _ = ways.runs(places.astype(np.int32))
    counts = ways.starts[places + 1] - ways.starts[places]
    found: Keys = np.repeat(np.arange(len(places), dtype=np.int64), counts) * size + apps
    return found


def _too_many(count: str) -> InvalidInput:
    return InvalidInput(
        f"{count} pairs may be worse together; at most {MOST_PAIRS} are tried.",
        field="within",
        hint="Name kinds or a place, for example kind=host&with_kind=switch&site=NAME.",
    )


@dataclass(frozen=True, slots=True)
class PairsAsked:
    """Which pairs are asked for: things by filter, the second of a pair of other kinds."""

    chosen: Selection
    with_kinds: frozenset[ThingKind] = frozenset()


def pairs_asked(
    graph: DependencyGraph,
    asked: PairsAsked,
    *,
    among: Collection[int] | None = None,
    apps: Collection[str] | None = None,
) -> FailurePairs:
    """The pairs that are asked for; see `failure_pairs`.

    Raises:
        UnknownThing: A place or owner is not in the graph.
        InvalidInput: Nothing is chosen, or too much.
    """
    if not asked.chosen:
        raise InvalidInput(
            "Which things are to fail in pairs is not said.",
            field="kind",
            hint="Name kinds or a place, for example kind=host&with_kind=switch, or rack=NAME.",
        )
    firsts = selected(graph, asked.chosen, BOARD_KINDS, among)
    others = replace(asked.chosen, kinds=asked.with_kinds or asked.chosen.kinds)
    seconds = selected(graph, others, BOARD_KINDS, among)
    return failure_pairs(graph, firsts, seconds, apps=apps)

"""How failure spreads: from what failed to everything that is down or degraded, and why.

    down      it failed itself, or more of its hard successors are down than it tolerates
    degraded  not down, and something it points at is down (a group has lost a member, a soft
              dependency is away), or more of its hard successors are down or degraded than it
              tolerates
    up        neither

A thing tolerates 0, a group of which k of n are needed n - k. Both are least fixpoints of monotone
rules, so the answer does not depend on the order of work, more failures never make anything better,
and a cycle is down only when something outside its own circle brings it down. A soft dependency
that is itself only degraded hurts nobody, and neither does a degraded member of a group while
enough others are fully up.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from dcim.graph.graph import DependencyGraph, NodeId


class State(StrEnum):
    """How a thing fares, best first."""

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Spread:
    """Nodes that are down and degraded, each in the order of discovery.

    `weakened` are the degraded groups that lost no member, but have too few that are fully up.
    """

    down: dict[NodeId, None]
    degraded: dict[NodeId, None]
    weakened: frozenset[NodeId]

    def state_of(self, key: NodeId) -> State:
        """The state of one node."""
        if key in self.down:
            return State.DOWN
        return State.DEGRADED if key in self.degraded else State.UP


def spread(
    graph: DependencyGraph, failed: Iterable[NodeId], within: Collection[NodeId] | None = None
) -> Spread:
    """What is down and degraded when `failed` fail at once.

    Args:
        graph: The graph; its nodes' tolerances say how much each can lose.
        failed: Nodes that fail by themselves.
        within: Look only at these nodes. Exact for a node all of whose requirements are among them.

    Notes:
        Work lists with counters: the cost is the number of edges into the nodes that are hit,
        however large the graph is.
    """
    down = _spread_down(graph, failed, within)
    shaken = _next_to(graph, down, within)
    degraded = _spread_degraded(graph, down, shaken, within)
    weakened = frozenset(key for key in degraded if key not in shaken and graph.tolerance(key))
    return Spread(down, degraded, weakened)


def _spread_down(
    graph: DependencyGraph, failed: Iterable[NodeId], within: Collection[NodeId] | None
) -> dict[NodeId, None]:
    down = dict.fromkeys(failed)
    lost: Counter[NodeId] = Counter()
    work = deque(down)
    while work:
        for above, need in graph.digraph.pred[work.popleft()].items():
            if above in down or not need["hard"] or (within is not None and above not in within):
                continue
            lost[above] += 1
            if lost[above] > graph.tolerance(above):
                down[above] = None
                work.append(above)
    return down


def _next_to(
    graph: DependencyGraph, down: dict[NodeId, None], within: Collection[NodeId] | None
) -> dict[NodeId, None]:
    """Nodes that point at something down and still stand: groups that hold, soft dependents."""
    return {
        above: None
        for key in down
        for above in graph.digraph.pred[key]
        if above not in down and (within is None or above in within)
    }


def _spread_degraded(
    graph: DependencyGraph,
    down: dict[NodeId, None],
    shaken: dict[NodeId, None],
    within: Collection[NodeId] | None,
) -> dict[NodeId, None]:
    degraded = dict(shaken)
    weak: Counter[NodeId] = Counter()
    work = deque(degraded)
    while work:
        for above, need in graph.digraph.pred[work.popleft()].items():
            if above in down or above in degraded or not need["hard"]:
                continue
            if within is not None and above not in within:
                continue
            weak[above] += 1
            if weak[above] > graph.tolerance(above):
                degraded[above] = None
                work.append(above)
    return degraded


def causes(graph: DependencyGraph, failed: Iterable[NodeId], hit: Spread) -> dict[NodeId, NodeId]:
    """For each node that is hit, the next one on a shortest chain to something that failed.

    Notes:
        One breadth-first search from all of `failed` over the edges that carry failure: O(edges
        into the nodes that are hit). For a group the chain follows one of its lost members.
    """
    starts = dict.fromkeys(failed)
    nearest: dict[NodeId, NodeId] = {}
    work = deque(starts)
    while work:
        key = work.popleft()
        for above, need in graph.digraph.pred[key].items():
            if above in starts or above in nearest:
                continue
            if _carries(graph, hit, above, key, hard=need["hard"]):
                nearest[above] = key
                work.append(above)
    return nearest


def _carries(
    graph: DependencyGraph, hit: Spread, above: NodeId, key: NodeId, *, hard: bool
) -> bool:
    """Whether the state of `key`, which is hit, is a reason for the state of `above`."""
    if above in hit.down:
        return hard and key in hit.down
    if above not in hit.degraded:
        return False
    counts_degraded = not graph.tolerance(above) or above in hit.weakened
    return key in hit.down or (hard and counts_degraded)

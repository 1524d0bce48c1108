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
from typing import TYPE_CHECKING, Final

from dcim.graph.waves import wave_down, wave_of_weakness
from dcim.graph.wiring import Wiring, quick

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


# From so many nodes on, arrays are quicker than following one node after the other.
WIDE: Final = 1_000


class State(StrEnum):
    """How a thing fares, best first."""

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Spread:
    """Nodes that are down and degraded.

    `shaken` are those of the degraded that point at something down themselves.
    """

    down: dict[int, None]
    degraded: dict[int, None]
    shaken: dict[int, None]

    def state_of(self, number: int) -> State:
        """The state of one node."""
        if number in self.down:
            return State.DOWN
        return State.DEGRADED if number in self.degraded else State.UP


def spread(wiring: Wiring, failed: Iterable[int], within: Collection[int] | None = None) -> Spread:
    """What is down and degraded when `failed` fail at once.

    Args:
        wiring: What each node needs, and how many it can spare.
        failed: Nodes that fail by themselves.
        within: Look only at these nodes. Exact for a node all of whose requirements are among them.

    Notes:
        The cost is the number of edges into the nodes that are hit, however large the graph is.
    """
    down = down_with(wiring, failed, within)
    shaken = _next_to(wiring, down, within)
    degraded = _degraded(wiring, down, shaken, within)
    return Spread(down, degraded, shaken)


def down_with(
    wiring: Wiring, failed: Iterable[int], within: Collection[int] | None = None
) -> dict[int, None]:
    """What is down when `failed` fail at once, these included; see `spread`."""
    down = dict.fromkeys(failed)
    spare = quick(wiring.spare)
    lost: Counter[int] = Counter()
    work = deque(down)
    while work:
        for above in wiring.hard_above[work.popleft()]:
            if above in down or (within is not None and above not in within):
                continue
            lost[above] += 1
            if lost[above] > spare[above]:
                down[above] = None
                work.append(above)
        if within is None and len(down) > WIDE:
            return wave_down(wiring, down)
    return down


def _next_to(
    wiring: Wiring, down: dict[int, None], within: Collection[int] | None
) -> dict[int, None]:
    """Nodes that point at something down and still stand: groups that hold, soft dependents."""
    return {
        above: None
        for number in down
        for ways in (wiring.hard_above, wiring.soft_above)
        for above in ways[number]
        if above not in down and (within is None or above in within)
    }


def _degraded(
    wiring: Wiring,
    down: dict[int, None],
    shaken: dict[int, None],
    within: Collection[int] | None,
) -> dict[int, None]:
    degraded = dict(shaken)
    spare = quick(wiring.spare)
    weak: Counter[int] = Counter()
    work = deque(degraded)
    while work:
        for above in wiring.hard_above[work.popleft()]:
            if above in down or above in degraded:
                continue
            if within is not None and above not in within:
                continue
            weak[above] += 1
            if weak[above] > spare[above]:
                degraded[above] = None
                work.append(above)
        if within is None and len(degraded) > WIDE:
            return wave_of_weakness(wiring, down, shaken)
    return degraded


def cause_of(wiring: Wiring, failed: Collection[int], hit: Spread, number: int) -> tuple[int, ...]:
    """A shortest chain of causes, from a node that is hit down to something that failed.

    Notes:
        One breadth-first search downwards over the edges that carry failure: O(edges below the node
        between nodes that are hit). For a group the chain follows one of its lost members.
    """
    came_from: dict[int, int | None] = {number: None}
    work = deque([number])
    while work:
        at = work.popleft()
        if at in failed:
            return _walked(came_from, at)
        for below in _reasons(wiring, hit, at):
            if below not in came_from:
                came_from[below] = at
                work.append(below)
    return (number,)


def _walked(came_from: dict[int, int | None], end: int) -> tuple[int, ...]:
    chain: list[int] = []
    step: int | None = end
    while step is not None:
        chain.append(step)
        step = came_from[step]
    return tuple(reversed(chain))


def _reasons(wiring: Wiring, hit: Spread, number: int) -> Iterable[int]:
    """What a node that is hit points at, and is hit because of."""
    hard = wiring.hard_below[number]
    if number in hit.down:
        return (below for below in hard if below in hit.down)
    if wiring.spare[number]:  # a group: its lost members; without any those that are not fully up
        among = hit.down if number in hit.shaken else hit.degraded
        return (below for below in hard if below in among)
    soft = wiring.soft_below[number]
    return (
        *(below for below in hard if below in hit.degraded or below in hit.down),
        *(below for below in soft if below in hit.down),
    )

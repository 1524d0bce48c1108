"""What belongs to a thing in the graph: what it rests on, what rests on it, or both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dcim.vocabulary.things import ThingKind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from dcim.graph.wiring import Wiring

# What people ask of an app is what it rests on; of a machine or a pool both; of all else what it
# carries.
SEEN_FROM_ABOVE: Final = frozenset({ThingKind.APP, ThingKind.WORKLOAD})
SEEN_BOTH_WAYS: Final = frozenset({ThingKind.VM, ThingKind.CLUSTER})


def part_of(wiring: Wiring, number: int, kind: ThingKind) -> set[int]:
    """The node of a kind and what belongs to it.

    Notes: O(V + E) of what belongs to it.
    """
    found = {number}
    if kind in SEEN_FROM_ABOVE | SEEN_BOTH_WAYS:
        found |= all_below(wiring, [number])
    if kind not in SEEN_FROM_ABOVE:
        found |= all_above(wiring, [number])
    return found


def all_below(wiring: Wiring, starts: Iterable[int]) -> set[int]:
    """The nodes `starts`, and all that they rest on, hard or soft."""
    return _reached(starts, lambda number: below(wiring, number))


def all_above(wiring: Wiring, starts: Iterable[int]) -> set[int]:
    """The nodes `starts`, and all that rests on them, hard or soft."""
    return _reached(starts, lambda number: above(wiring, number))


def around(
    wiring: Wiring, start: int, hops: int, is_passed: Callable[[int], bool], among: Collection[int]
) -> set[int]:
    """What `start` rests on, and what rests on it, within so many steps, all of it `among` these.

    Args:
        wiring: Who needs whom.
        start: The node in the middle; it belongs to the answer.
        hops: How many steps each way.
        is_passed: Which nodes are no step of their own: groups stand between a thing and others.
        among: Where to look.
    """
    found = {start}
    for step in (below, above):
        reached = {start}
        for _ in range(hops):
            work = list(reached)
            while work:
                for other in step(wiring, work.pop()):
                    if other in among and other not in reached:
                        reached.add(other)
                        if is_passed(other):
                            work.append(other)
        found |= reached
    return found


def below(wiring: Wiring, number: int) -> Iterator[int]:
    """What a node needs directly."""
    yield from wiring.hard_below[number]
    yield from wiring.soft_below[number]


def above(wiring: Wiring, number: int) -> Iterator[int]:
    """What needs a node directly."""
    yield from wiring.hard_above[number]
    yield from wiring.soft_above[number]


def _reached(starts: Iterable[int], step: Callable[[int], Iterable[int]]) -> set[int]:
    seen = set(starts)
    work = list(seen)
    while work:
        for other in step(work.pop()):
            if other not in seen:
                seen.add(other)
                work.append(other)
    return seen

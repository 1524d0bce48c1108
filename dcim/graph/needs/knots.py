"""Which nodes all rest on each other, and what comes after what, over arrays.

The same steps serve an app of thirty nodes and a nation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dcim.graph.wiring import Flags, Numbers, Ways


@dataclass(frozen=True, slots=True)
class Needs:
    """Needs between `size` nodes numbered from 0: each of `sources` needs the target beside it."""

    size: int
    sources: Numbers
    targets: Numbers

    def only(self, kept: Flags) -> Needs:
        """Some of the needs between the same nodes."""
        return Needs(self.size, self.sources[kept], self.targets[kept])

    def reversed(self) -> Needs:
        """The same needs seen from what is needed."""
        return Needs(self.size, self.targets, self.sources)

    def joined(self, other: Needs) -> Needs:
        """These and other needs between the same nodes."""
        return Needs(
            self.size,
            np.concatenate((self.sources, other.sources)),
            np.concatenate((self.targets, other.targets)),
        )


def needs_among(below: Ways, keys: Numbers) -> Needs:
    """The needs between the nodes `keys`, which are ascending, by their places among them."""
    targets, sources = below.runs(keys)
    places = np.minimum(np.searchsorted(keys, targets), len(keys) - 1).astype(np.int32)
    inside = keys[places] == targets
    sources = np.searchsorted(keys, sources[inside]).astype(np.int32)
    return Needs(len(keys), sources, places[inside])


def rounds(needs: Needs) -> Iterator[tuple[Numbers, Numbers, Numbers]]:
    """The nodes in rounds, each after all that it needs.

    Beside the nodes of a round stand the needs that lead to them, as sources and targets. What is
    on a cycle, or needs something that is, comes in no round.

    Notes: O(V + E), each round over arrays.
    """
    order = np.argsort(needs.targets, kind="stable")
    above = Ways.of(needs.size, needs.targets[order], needs.sources[order])
    waiting = np.bincount(needs.sources, minlength=needs.size)
    fresh = np.flatnonzero(waiting == 0).astype(np.int32)
    while len(fresh):
        sources, targets = above.runs(fresh)
        yield fresh, sources, targets
        np.subtract.at(waiting, sources, 1)
        reached = np.unique(sources)
        fresh = reached[waiting[reached] == 0]


def knots(needs: Needs) -> Numbers:
    """For each node the lowest number in its knot: of those that all rest on each other.

    A node in no knot is given its own number.

    Notes:
        What is on no cycle is peeled off over arrays, from below and from above; only the rest,
        which is small as a rule, is looked at node by node.
    """
    knot = np.arange(needs.size, dtype=np.int32)
    left = np.ones(needs.size, np.bool_)
    for way in (needs, needs.reversed()):
        inside = way.only(left[way.sources] & left[way.targets])
        for peeled, _, _ in rounds(inside):
            left[peeled] = False
    core = needs.only(left[needs.sources] & left[needs.targets])
    for members in _components(core):
        knot[members] = min(members)
    return knot


def _components(core: Needs) -> Iterator[list[int]]:
    if not len(core.sources):
        return
    # Here: networkx takes a quarter of a second to import, and few graphs have a cycle.
    import networkx as nx

    digraph: nx.DiGraph[int] = nx.DiGraph()
    digraph.add_edges_from(zip(core.sources.tolist(), core.targets.tolist(), strict=True))
    yield from map(list, nx.strongly_connected_components(digraph))

"""Which layer a node stands in: apps on top, then machines, then power, and last the place.

A layer holds one kind. Where things of a kind rest on each other (apps on apps, a room in a site),
the kind takes as many layers as the longest such chain; a group stands just above its members.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from dcim.vocabulary.things import ThingKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


NodeT = TypeVar("NodeT")  # numbers in a graph, names in a drawing

# Top to bottom, so that as good as every edge points downwards.
BANDS: Final = (
    (ThingKind.APP,),
    (ThingKind.WORKLOAD,),
    (ThingKind.VM,),
    (ThingKind.BACKUP,),
    (ThingKind.CLUSTER, ThingKind.ALLOCATION),
    (ThingKind.HOST,),
    (ThingKind.SWITCH, ThingKind.ROUTER),
    (ThingKind.PSU, ThingKind.OUTLET, ThingKind.PDU),
    (ThingKind.RACK,),
    (ThingKind.FEED,),
    (ThingKind.PANEL,),
    (ThingKind.LOCATION, ThingKind.SITE, ThingKind.PROVIDER),
)
BAND_OF: Final = {kind: band for band, kinds in enumerate(BANDS) for kind in kinds}


def layers_of(
    kinds: Mapping[NodeT, ThingKind], below: Mapping[NodeT, Iterable[NodeT]]
) -> dict[NodeT, int]:
    """The layer of each node, 0 on top, without empty layers.

    Args:
        kinds: The nodes to place, each with its kind.
        below: For each node what it needs, all of it among them.

    Notes:
        Members of a cycle share a layer. O(V + E).
    """
    bands = {key: _band(key, kinds, below, frozenset()) for key in kinds}
    heights = _heights({key: [b for b in below[key] if bands[b] == bands[key]] for key in kinds})
    places = {key: (bands[key], -heights[key]) for key in kinds}
    order = {place: layer for layer, place in enumerate(sorted(set(places.values())))}
    return {key: order[place] for key, place in places.items()}


def _band(
    key: NodeT,
    kinds: Mapping[NodeT, ThingKind],
    below: Mapping[NodeT, Iterable[NodeT]],
    above: frozenset[NodeT],
) -> int:
    """The band of a node's kind; a group stands in the band of its highest member."""
    kind = kinds[key]
    if kind is not ThingKind.GROUP:
        return BAND_OF[kind]
    members = [member for member in below[key] if member not in above]
    return min((_band(m, kinds, below, above | {key}) for m in members), default=0)


def _heights(below: Mapping[NodeT, list[NodeT]]) -> dict[NodeT, int]:
    """For each node the most steps down to one that needs nothing; a cycle counts as one node."""
    import networkx as nx

    digraph: nx.DiGraph[NodeT] = nx.DiGraph()
    digraph.add_nodes_from(below)
    digraph.add_edges_from((key, other) for key, others in below.items() for other in others)
    circles = nx.condensation(digraph)
    height: dict[int, int] = {}
    for circle in reversed(list(nx.topological_sort(circles))):
        height[circle] = max((height[under] + 1 for under in circles.succ[circle]), default=0)
    return {key: height[circle] for key, circle in circles.graph["mapping"].items()}

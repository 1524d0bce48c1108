"""What an app rests on, and why: the chain below it, as layers, as a tree, and step by step.

`impact` asks upwards (who is hit); this asks downwards. Where boxes and lines of a drawing go is
for `layout`.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np

from dcim.graph.facts import Need, Node, Thing
from dcim.graph.failures.impact import by_kind_and_name
from dcim.graph.layers import layers_of
from dcim.graph.needs.knots import knots, needs_among
from dcim.graph.needs.shortfalls import Shortfall, shortfalls
from dcim.graph.propagation import State, down_with, spread

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from dcim.graph.graph import DependencyGraph
    from dcim.vocabulary.things import Ref

MOST_CHAINS: Final = 5


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A line of the tree: the node, how deep, how it is needed by the line above it.

    A node that several others need stands in full once; elsewhere `is_repeat` says that it has been
    shown already and its needs are left out.
    """

    node: Node
    depth: int
    hard: bool
    is_repeat: bool


@dataclass(frozen=True, slots=True)
class Requirements:
    """What `top` rests on, itself included.

    `layers` go from the app down to power and place; `needs` are the edges between their nodes;
    `rows` are the same as a tree, in preorder; `cycles` are the circles among them, see `cycles`;
    `shortfalls` are the tiers among them that have fewer instances than they need.
    """

    serial: int
    top: Node
    layers: tuple[tuple[Node, ...], ...]
    needs: tuple[Need, ...]
    rows: tuple[TreeRow, ...]
    cycles: tuple[tuple[Node, ...], ...]
    shortfalls: tuple[Shortfall, ...]

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Every node, top layer first."""
        return tuple(node for layer in self.layers for node in layer)


def requirements(graph: DependencyGraph, app: Ref) -> Requirements:
    """All that `app` rests on, directly or not, hard or soft.

    Args:
        graph: The graph of one serial.
        app: The app; any other thing or group does as well.

    Raises:
        UnknownThing: `app` is not in the graph.

    Notes: O(V + E) of what is below.
    """
    top = graph.find(app)
    keys = graph.requirements_of(top) | {top}
    nodes = {key: graph.node(key) for key in sorted(keys)}
    return Requirements(
        serial=graph.serial,
        top=graph.node(top),
        layers=_layers(graph, nodes),
        needs=tuple(
            Need(node.id, graph.node(below).id, hard=hard)
            for key, node in nodes.items()
            for below, hard in _below(graph, key)
        ),
        rows=tuple(_rows(graph, top)),
        cycles=cycles(graph, keys),
        shortfalls=shortfalls(graph, keys),
    )


def _layers(graph: DependencyGraph, nodes: dict[int, Node]) -> tuple[tuple[Node, ...], ...]:
    kinds = {key: node.kind for key, node in nodes.items()}
    places = layers_of(kinds, {key: [below for below, _ in graph.below(key)] for key in nodes})
    layers: list[list[Node]] = [[] for _ in range(max(places.values()) + 1)]
    for key, layer in places.items():
        layers[layer].append(nodes[key])
    return tuple(tuple(sorted(layer, key=by_kind_and_name)) for layer in layers)


def _below(graph: DependencyGraph, key: int) -> list[tuple[int, bool]]:
    """What a node needs, in the order of answers, each with whether it needs it hard."""
    return sorted(graph.below(key), key=lambda item: by_kind_and_name(graph.node(item[0])))


def _rows(graph: DependencyGraph, top: int) -> Iterator[TreeRow]:
    shown: set[int] = set()
    work = [(top, 0, True)]
    while work:
        key, depth, hard = work.pop()
        yield TreeRow(graph.node(key), depth, hard, is_repeat=key in shown)
        if key not in shown:
            shown.add(key)
            below = [(other, depth + 1, is_hard) for other, is_hard in _below(graph, key)]
            work.extend(reversed(below))


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why `app` rests on `thing`.

    `chains` are shortest chains from the app to the thing, none when it does not rest on it; at
    most five, since redundancy multiplies them. `is_hard` says whether they run over hard needs
    only (a hard chain is preferred to a shorter soft one). `effect` is what the loss of the thing
    alone does to the app: down, degraded or nothing (up).
    """

    serial: int
    app: Node
    thing: Node
    chains: tuple[tuple[Node, ...], ...]
    is_hard: bool
    effect: State

    @property
    def rests(self) -> bool:
        """Whether the app rests on the thing at all."""
        return bool(self.chains)


def explain(graph: DependencyGraph, app: Ref, thing: Ref) -> Explanation:
    """Why `app` rests on `thing`, and what the loss of `thing` alone does to it.

    Raises:
        UnknownThing: One of the two is not in the graph.

    Notes: O(V + E) of what is below the app, and of what the loss hits.

    >>> from dcim.graph.facts import Facts
    >>> from dcim.graph.graph import DependencyGraph
    >>> from dcim.vocabulary.things import Ref
    >>> app, vm, host = (Ref.parse(name) for name in ("app:SIMPEG", "vm:simpeg-1", "host:pdr-h01"))
    >>> graph = DependencyGraph.of(
    ...     Facts(1, (Thing(app), Thing(vm), Thing(host)), (), (Need(app, vm), Need(vm, host))))
    >>> why = explain(graph, app, host)
    >>> [str(node.id) for node in why.chains[0]], why.effect.value
    (['app:SIMPEG', 'vm:simpeg-1', 'host:pdr-h01'], 'down')
    """
    start, end = graph.find(app), graph.find(thing)
    hard = _shortest_chains(graph, start, end, soft=False)
    chains = hard or _shortest_chains(graph, start, end, soft=True)
    return Explanation(
        serial=graph.serial,
        app=graph.node(start),
        thing=graph.node(end),
        chains=tuple(tuple(graph.node(key) for key in chain) for chain in chains),
        is_hard=bool(hard),
        effect=spread(graph.wiring, [end]).state_of(start),
    )


def _shortest_chains(
    graph: DependencyGraph, start: int, end: int, *, soft: bool
) -> list[tuple[int, ...]]:
    """Up to MOST_CHAINS shortest paths, over hard edges alone or over all."""
    steps = {start: 0}
    work = deque([start])
    while work and end not in steps:
        key = work.popleft()
        for below, hard in _below(graph, key):
            if below not in steps and (soft or hard):
                steps[below] = steps[key] + 1
                work.append(below)
    if end not in steps:
        return []
    return sorted(islice(_back(graph, end, steps, soft=soft), MOST_CHAINS))


def _back(
    graph: DependencyGraph, end: int, steps: dict[int, int], *, soft: bool
) -> Iterator[tuple[int, ...]]:
    """Each shortest path to `end`, walked back along falling step counts."""
    work: list[tuple[int, ...]] = [(end,)]
    while work:
        path = work.pop()
        if steps[path[0]] == 0:
            yield path
            continue
        for above, hard in sorted(graph.above(path[0]), reverse=True):
            if steps.get(above) == steps[path[0]] - 1 and (soft or hard):
                work.append((above, *path))


def single_points_of_failure(graph: DependencyGraph, app: Ref) -> tuple[Thing, ...]:
    """The things whose loss alone stops `app`, the app itself left out.

    Raises:
        UnknownThing: `app` is not in the graph.

    Notes:
        Each requirement is failed alone: neither dominators nor articulation points know k of n.
        Only the subgraph below the app is touched: O(n x edges hit) for n requirements.
    """
    top = graph.find(app)
    below = graph.requirements_of(top)
    within = below | {top}
    found = [
        node
        for key in below
        if isinstance(node := graph.node(key), Thing)
        and key != top
        and top in down_with(graph.wiring, [key], within)
    ]
    return tuple(sorted(found, key=by_kind_and_name))


def cycles(
    graph: DependencyGraph, among: Collection[int] | None = None
) -> tuple[tuple[Node, ...], ...]:
    """One shortest cycle of each knot of nodes that all rest on each other.

    Each starts at its first node in the order of answers, and its last node needs its first.

    Args:
        graph: The graph of one serial.
        among: The nodes to look at, all unless given.

    Notes: O(V + E), over arrays but for what is on a cycle.
    """
    keys = np.array(range(len(graph)) if among is None else sorted(among), np.int32)
    wiring = graph.wiring
    needs = needs_among(wiring.hard_below, keys).joined(needs_among(wiring.soft_below, keys))
    knot = knots(needs)
    circular = needs.only(knot[needs.sources] == knot[needs.targets])
    members: dict[int, set[int]] = defaultdict(set)
    for key, of in zip(keys[circular.sources].tolist(), knot[circular.sources], strict=True):
        members[int(of)].add(key)
    found = []
    for one in members.values():
        first = min(one, key=lambda key: by_kind_and_name(graph.node(key)))
        found.append(tuple(graph.node(key) for key in _round_trip(graph, first, one)))
    return tuple(sorted(found, key=lambda cycle: by_kind_and_name(cycle[0])))


def _round_trip(graph: DependencyGraph, first: int, knot: set[int]) -> list[int]:
    """A shortest way from `first` back to itself inside its knot."""
    came_from: dict[int, int] = {}
    work = deque([first])
    while first not in came_from:
        key = work.popleft()
        for below, _ in _below(graph, key):
            if below in knot and below not in came_from:
                came_from[below] = key
                work.append(below)
    trip = [came_from[first]]
    while trip[-1] != first:
        trip.append(came_from[trip[-1]])
    return trip[::-1]

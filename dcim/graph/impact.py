"""What falls when things fail: the answer to "who is hit, and why".

Takes a graph and names, gives frozen data; drawing, translating and looking up owners is for those
who ask.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dcim.graph.facts import Node, Thing
from dcim.graph.propagation import Spread, State, causes, spread
from dcim.vocabulary.errors import InvalidInput
from dcim.vocabulary.things import Ref, ThingKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from dcim.graph.graph import DependencyGraph, NodeId


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that is down or degraded.

    `chain` is a shortest chain of causes, groups included: it starts at the thing and ends at what
    failed, and each link is a reason for the one before it.
    """

    thing: Thing
    state: State
    chain: tuple[Node, ...]

    @property
    def cause(self) -> Node:
        """What failed, at the end of the chain."""
        return self.chain[-1]


@dataclass(frozen=True, slots=True)
class Impact:
    """What falls when `failed` fail at once, in the state `serial` of the record.

    `down` and `degraded` hold every thing that is hit, also apps that do not run now (planned,
    inactive, retired). These lose nothing that anyone uses, so `apps_down` and `apps_degraded`
    hold running apps only, and `idle_apps` the others.
    """

    serial: int
    failed: tuple[Node, ...]
    down: tuple[Hit, ...]
    degraded: tuple[Hit, ...]
    _states: dict[Ref, State] = field(repr=False)

    @property
    def apps_down(self) -> tuple[Hit, ...]:
        """Running apps that stop."""
        return tuple(hit for hit in self.down if hit.thing.is_running_app)

    @property
    def apps_degraded(self) -> tuple[Hit, ...]:
        """Running apps that go on, but with less to spare or without a soft dependency."""
        return tuple(hit for hit in self.degraded if hit.thing.is_running_app)

    @property
    def idle_apps(self) -> tuple[Hit, ...]:
        """Apps that do not run now and rest on what fell: hit on paper only."""
        return tuple(
            hit
            for hit in self.down + self.degraded
            if hit.thing.kind is ThingKind.APP and not hit.thing.is_running_app
        )

    def state_of(self, ref: Ref) -> State:
        """The state of a thing or group; what is not hit is up."""
        return self._states.get(ref, State.UP)


def impact(graph: DependencyGraph, failed: Collection[Ref]) -> Impact:
    """What is down and degraded when everything in `failed` fails at once.

    Args:
        graph: The graph of one serial.
        failed: One thing or several, of any kind, groups included.

    Raises:
        InvalidInput: `failed` is empty.
        UnknownThing: A name is not in the graph; the hint suggests close ones.

    Notes:
        The rules are in `propagation`. The cost grows with what is hit, not with the graph.

    >>> from dcim.graph.facts import Facts, Need
    >>> app, vm, host = (Ref.parse(name) for name in ("app:SIMPEG", "vm:simpeg-1", "host:pdr-h01"))
    >>> things = (Thing(app, status="active"), Thing(vm), Thing(host))
    >>> from dcim.graph.graph import DependencyGraph
    >>> graph = DependencyGraph(Facts(1, things, (), (Need(app, vm), Need(vm, host))))
    >>> [" because of ".join(str(node.id) for node in hit.chain)
    ...  for hit in impact(graph, [host]).apps_down]
    ['app:SIMPEG because of vm:simpeg-1 because of host:pdr-h01']
    """
    if not failed:
        raise InvalidInput(
            "Nothing was named.", field="failed", hint="Name what fails, for example rack:PDR-R01."
        )
    keys = [graph.find(ref) for ref in sorted(set(failed))]
    found = spread(graph, keys)
    nearest = causes(graph, keys, found)
    return Impact(
        serial=graph.serial,
        failed=tuple(graph.node(key) for key in keys),
        down=_hits(graph, found.down, State.DOWN, nearest),
        degraded=_hits(graph, found.degraded, State.DEGRADED, nearest),
        _states=_states(graph, found),
    )


def _hits(
    graph: DependencyGraph, keys: Iterable[NodeId], state: State, nearest: dict[NodeId, NodeId]
) -> tuple[Hit, ...]:
    hits = [
        Hit(node, state, _chain(graph, key, nearest))
        for key in keys
        if isinstance(node := graph.node(key), Thing)
    ]
    return tuple(sorted(hits, key=lambda hit: by_kind_and_name(hit.thing)))


def _chain(graph: DependencyGraph, key: NodeId, nearest: dict[NodeId, NodeId]) -> tuple[Node, ...]:
    chain = [graph.node(key)]
    while key in nearest:
        key = nearest[key]
        chain.append(graph.node(key))
    return tuple(chain)


def _states(graph: DependencyGraph, found: Spread) -> dict[Ref, State]:
    states = {graph.node(key).id: State.DEGRADED for key in found.degraded}
    return states | {graph.node(key).id: State.DOWN for key in found.down}


KIND_ORDER = {kind: rank for rank, kind in enumerate(ThingKind)}


def by_kind_and_name(node: Node) -> tuple[int, str]:
    """The order in which answers list things: apps first, power last, then by name."""
    return KIND_ORDER[node.kind], node.name

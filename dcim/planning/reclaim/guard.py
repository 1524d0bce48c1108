"""Who still needs machines that a plan takes away: the question before anything is deleted.

All machines of all targets fail at once, in the graph of the record; what the plan brings up counts
as members of its tiers. Only the neighbourhood of what is hit is looked at, so that the cost grows
with it and not with the record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from dcim.graph.facts import Facts, Group, Need, Node, Thing
from dcim.graph.failures.impact import Hit, impact
from dcim.graph.graph import DependencyGraph
from dcim.graph.propagation import spread
from dcim.vocabulary.choices import AppStatus
from dcim.vocabulary.things import Ref, ThingKind

if TYPE_CHECKING:
    from dcim.graph.holdings import Demands

INSTANCES: Final = "instances"


@dataclass(frozen=True, slots=True)
class Endangered:
    """Apps that run, or that the plan brings back, and what becomes of them.

    Attributes:
        down: Those that stop, by code; each with a shortest chain of causes.
        degraded: Those that go on with less to spare, or without a soft need.
    """

    down: tuple[Hit, ...] = ()
    degraded: tuple[Hit, ...] = ()


NOBODY_HIT: Final = Endangered()


def endangered(
    graph: DependencyGraph,
    going: Collection[Ref],
    coming: Mapping[Ref, Collection[Ref]],
    revived: Collection[str] = (),
) -> Endangered:
    """Which apps stop or suffer when everything in `going` goes at once.

    Args:
        graph: The graph of the record.
        going: What goes, in the graph; nothing goes: nobody is hit.
        coming: By tier the machines that come up for it, in the graph already (planned, switched
            off) or new.
        revived: Codes of apps that do not run now and shall.

    Raises: UnknownThing: something of `going` is not in the graph.

    Notes:
        What comes can only spare nodes that the loss alone would hit, so those are the
        whole question: O(nodes hit, and the edges at them).
    """
    if not going:
        return NOBODY_HIT
    numbers = [graph.find(ref) for ref in sorted(set(going))]
    hit = spread(graph.wiring, numbers)
    part = _Part(graph, [*hit.down, *hit.degraded])
    for tier, machines in coming.items():
        part.bring_up(tier, machines)
    part.revive(revived)
    found = impact(part.graph(), going)
    return Endangered(found.apps_down, found.apps_degraded)


class _Part:
    """The nodes that may be hit, as facts; what else a group counts is a member that stands."""

    def __init__(self, graph: DependencyGraph, numbers: Iterable[int]) -> None:
        self.whole = graph
        self.nodes = {node.id: node for node in map(graph.node, numbers)}
        self.below: dict[Ref, dict[Ref, bool]] = {
            ref: self._below(ref, counts=isinstance(node, Group))
            for ref, node in [*self.nodes.items()]
        }

    def bring_up(self, tier: Ref, machines: Collection[Ref]) -> None:
        """The tier has `machines` beside those of its own that run; by the rules of the record.

        What does not run is a member only where nothing else is.
        """
        if tier not in self.below:
            return
        group = Ref(ThingKind.GROUP, f"{INSTANCES}/{tier}")
        own = self._members(group if group in self.whole else tier)
        members = {node.id for node in own if not _is_idle(node)} | {*machines}
        needed = _needed(self.whole.holdings.demands, self.whole.find(tier))
        for ref in (group, *(node.id for node in own)):
            self.below[tier].pop(ref, None)
        self.below.pop(group, None)
        self.nodes.pop(group, None)
        source = tier
        if len(members) > needed:
            source = group
            self.nodes[group] = Group(group, INSTANCES, needed)
            self.below[tier][group] = True
            self.below[group] = {}
        self.below[source] |= {self._hit_or_standing(ref): True for ref in members}

    def revive(self, codes: Collection[str]) -> None:
        """The apps run."""
        for code in codes:
            ref = Ref(ThingKind.APP, code)
            if isinstance(app := self.nodes.get(ref), Thing):
                self.nodes[ref] = replace(app, status=AppStatus.ACTIVE.value)

    def graph(self) -> DependencyGraph:
        """The part as a graph of its own."""
        return DependencyGraph.of(
            Facts(
                self.whole.serial,
                tuple(one for one in self.nodes.values() if isinstance(one, Thing)),
                tuple(one for one in self.nodes.values() if isinstance(one, Group)),
                tuple(
                    Need(source, target, hard)
                    for source, targets in self.below.items()
                    for target, hard in targets.items()
                ),
            )
        )

    def _below(self, ref: Ref, *, counts: bool) -> dict[Ref, bool]:
        """What is hit of what the node needs; of a group, which counts, all."""
        found = {}
        for number, hard in self.whole.below(self.whole.find(ref)):
            needed = self.whole.node(number).id
            if counts or needed in self.nodes:
                found[self._hit_or_standing(needed)] = hard
        return found

    def _members(self, owner: Ref) -> list[Node]:
        below = self.whole.below(self.whole.find(owner))
        return [self.whole.node(number) for number, hard in below if hard]

    def _hit_or_standing(self, ref: Ref) -> Ref:
        if ref in self.nodes:
            return ref
        stands = Ref(ThingKind.VM, f"{ref} stands")
        self.nodes[stands] = Thing(stands)
        return stands


def _is_idle(node: Node) -> bool:
    return isinstance(node, Thing) and node.is_idle


def _needed(demands: Demands, tier: int) -> int:
    """How many instances the tier needs; one where nothing is recorded of it."""
    at = tier - demands.start
    return int(demands.needed[at]) if 0 <= at < len(demands.needed) else 1

"""What can't be right in the graph: circles, orphans, and apps that run on what does not run.

Each finding says what it is about, why, and the way out. The record is taken at its word: nothing
here knows whether a machine really runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from dcim.graph.facts import IDLE, Node
from dcim.graph.needs.requirements import cycles
from dcim.graph.needs.shortfalls import shortfalls
from dcim.graph.propagation import cause_of, spread
from dcim.graph.wiring import NOBODY, Flags, Numbers, Ways
from dcim.vocabulary.choices import AppStatus, VirtualMachineStatus
from dcim.vocabulary.things import ThingKind

if TYPE_CHECKING:
    from dcim.graph.graph import DependencyGraph

# What bears such a status does not serve, or is on its way out: no running app should rest on it.
NOT_SERVING: Final = IDLE | {
    "staging",
    "paused",
    "decommissioning",
    "deprecated",
    "inactive",
    "retired",
    "returned",
}
NOT_MADE: Final = frozenset({VirtualMachineStatus.PLANNED.value, VirtualMachineStatus.STAGED.value})


class FindingKind(StrEnum):
    """What is wrong, the gravest first."""

    RESTS_ON_IDLE = "rests_on_idle"
    CIRCLE = "circle"
    APP_ON_NOTHING = "app_on_nothing"
    TIER_ON_NOTHING = "tier_on_nothing"
    TIER_SHORT = "tier_short"
    LEANS_ON_IDLE = "leans_on_idle"
    MACHINE_WITHOUT_APP = "machine_without_app"


# Of each kind what it means, and the way out.
MEANINGS: Final = {
    FindingKind.RESTS_ON_IDLE: (
        "A running app can't do without something that does not run, or is on its way out."
    ),
    FindingKind.CIRCLE: (
        "Each rests on the next and the last on the first: none can be started before the others."
    ),
    FindingKind.APP_ON_NOTHING: "A running app rests on no machine, app or provider.",
    FindingKind.TIER_ON_NOTHING: "A tier of a running app has no machine.",
    FindingKind.TIER_SHORT: "A tier of a running app needs more instances than work.",
    FindingKind.LEANS_ON_IDLE: (
        "A running app has something to spare, or a soft need, that does not run or is on its way "
        "out."
    ),
    FindingKind.MACHINE_WITHOUT_APP: "A machine carries no app.",
}
WAYS_OUT: Final = {
    FindingKind.RESTS_ON_IDLE: (
        "Start what stands at the end of the chain or correct its status; else move the app to "
        "something that runs, or take the need out."
    ),
    FindingKind.CIRCLE: "Take one of the needs out, or record it as soft.",
    FindingKind.APP_ON_NOTHING: (
        "Record its tiers with their machines, or its provider; else make it inactive."
    ),
    FindingKind.TIER_ON_NOTHING: "Name the machines that carry the tier, or delete the tier.",
    FindingKind.TIER_SHORT: "Start or record the instances that it lacks, or need fewer.",
    FindingKind.LEANS_ON_IDLE: (
        "Put another in the place of what stands at the end of the chain, or correct its status."
    ),
    FindingKind.MACHINE_WITHOUT_APP: (
        "Name it in a tier of the app that it carries; else give it back."
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that can't be right.

    `chain` starts at what it is about. Of a circle it holds every member, and the last needs the
    first; of an app that rests on something idle it ends there; else it is what it is about alone.
    """

    kind: FindingKind
    chain: tuple[Node, ...]

    @property
    def subject(self) -> Node:
        """What it is about."""
        return self.chain[0]

    @property
    def culprit(self) -> Node:
        """What is to be put right, at the end of the chain."""
        return self.chain[-1]


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was found in the state `serial` of the record, by kind, then by name."""

    serial: int
    found: tuple[Finding, ...]
    counts: Counter[FindingKind] = field(init=False)

    def __post_init__(self) -> None:
        """Count them by kind."""
        object.__setattr__(self, "counts", Counter(one.kind for one in self.found))

    def of_kind(self, kind: FindingKind | None) -> tuple[Finding, ...]:
        """Those of one kind; all unless one is named."""
        return tuple(one for one in self.found if kind in (None, one.kind))


def findings(graph: DependencyGraph, among: Collection[int] | None = None) -> Findings:
    """Everything that can't be right in the graph.

    Args:
        graph: The graph of one serial.
        among: The nodes to look at, all unless given; with each all that it rests on.

    Notes:
        An idle member of a group, while others work, is no part of the group and not found here.
        O(V + E), over arrays but for what is found.
    """
    search = _Search(graph, among)
    found = [*search.circles(), *search.orphans(), *search.short_tiers()]
    found += search.apps_on_idle()
    rank = {kind: place for place, kind in enumerate(FindingKind)}
    found.sort(key=lambda one: (rank[one.kind], one.subject.id))
    return Findings(graph.serial, tuple(found))


class _Search:
    def __init__(self, graph: DependencyGraph, among: Collection[int] | None) -> None:
        self.graph = graph
        self.among = among
        self.looked_at: Flags = np.full(len(graph), among is None, np.bool_)
        self.looked_at[list(among or ())] = True
        self.codes: dict[str, int] = {}
        self.coded = self._coded()
        wiring = graph.wiring
        self.needs_nothing = ~(_has(wiring.hard_below) | _has(wiring.soft_below))
        self.serves_nothing = ~(_has(wiring.hard_above) | _has(wiring.soft_above))

    def circles(self) -> Iterator[Finding]:
        for cycle in cycles(self.graph, self.among):
            yield Finding(FindingKind.CIRCLE, cycle)

    def orphans(self) -> Iterator[Finding]:
        bare = set(self._numbers(ThingKind.WORKLOAD, self.needs_nothing))
        for app in self._numbers(ThingKind.APP, self._with_status({AppStatus.ACTIVE.value})):
            below = [other for other, _ in self.graph.below(app)]
            if bare.issuperset(below):
                yield self._alone(FindingKind.APP_ON_NOTHING, app)
                continue
            for tier in bare.intersection(below):
                yield self._alone(FindingKind.TIER_ON_NOTHING, tier)
        made = ~self._with_status(NOT_MADE)
        for machine in self._numbers(ThingKind.VM, self.serves_nothing & made):
            yield self._alone(FindingKind.MACHINE_WITHOUT_APP, machine)

    def short_tiers(self) -> Iterator[Finding]:
        for one in shortfalls(self.graph, self.among):
            if one.working:  # without any, the others say so
                yield Finding(FindingKind.TIER_SHORT, (one.tier,))

    def apps_on_idle(self) -> Iterator[Finding]:
        idle = self._with_status(NOT_SERVING)
        for block in self.graph.roster.of_kind(ThingKind.APP):
            numbers = slice(block.start, block.start + block.size)
            idle[numbers] |= ~self._with_status({AppStatus.ACTIVE.value})[numbers]
        failed = frozenset(np.flatnonzero(idle).tolist())
        hit = spread(self.graph.wiring, sorted(failed))
        kinds = {FindingKind.RESTS_ON_IDLE: hit.down, FindingKind.LEANS_ON_IDLE: hit.degraded}
        for kind, hits in kinds.items():
            apps = self.graph.roster.things_among(hits, {ThingKind.APP})
            for app in (one for one in apps if one not in failed and self.looked_at[one]):
                chain = cause_of(self.graph.wiring, failed, hit, app)
                yield Finding(kind, tuple(self.graph.node(number) for number in chain))

    def _alone(self, kind: FindingKind, number: int) -> Finding:
        return Finding(kind, (self.graph.node(number),))

    def _numbers(self, kind: ThingKind, flags: Flags) -> Iterator[int]:
        """Those of one kind that bear the flag and are looked at."""
        wanted = flags & self.looked_at
        for block in self.graph.roster.of_kind(kind):
            numbers = np.flatnonzero(wanted[block.start : block.start + block.size])
            yield from (numbers + block.start).tolist()

    def _with_status(self, statuses: Collection[str]) -> Flags:
        wanted = [self.codes[status] for status in statuses if status in self.codes]
        return np.isin(self.coded, wanted)

    def _coded(self) -> Numbers:
        """For each node a number for its status, noted in `codes`; nobody's for what has none."""
        coded = np.full(len(self.graph), NOBODY, np.int32)
        for block in self.graph.roster.blocks:
            if block.statuses:
                numbers = slice(block.start, block.start + block.size)
                coded[numbers] = [
                    self.codes.setdefault(status, len(self.codes)) for status in block.statuses
                ]
        return coded


def _has(ways: Ways) -> Flags:
    """For each node whether it has any of the others."""
    found: Flags = np.diff(ways.starts) > 0
    return found

"""Tiers that need more instances than are recorded as working.

Such a tier rests on all that it has, so nothing about it is redundant, and in truth it may not run
at all. Questions of failure take the record at its word; here it is said aloud.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dcim.graph.facts import Node, Thing

if TYPE_CHECKING:
    from dcim.graph.graph import DependencyGraph


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A tier of a running app, how many instances it needs, and how many of its own work."""

    tier: Node
    needed: int
    working: int


def shortfalls(
    graph: DependencyGraph, among: Collection[int] | None = None
) -> tuple[Shortfall, ...]:
    """The tiers of running apps that need more instances than work, in order of name.

    Args:
        graph: The graph of one serial.
        among: The nodes to look at, all unless given.

    Notes: O(tiers and their instances); an app that does not run is not expected to have any.

    >>> from dcim.graph.facts import Demand, Facts, Need
    >>> from dcim.graph.graph import DependencyGraph
    >>> from dcim.vocabulary.things import Ref
    >>> app, tier, vm = (Ref.parse(one) for one in ("app:SSO", "workload:SSO/web", "vm:sso-1"))
    >>> things = (Thing(app, status="active"), Thing(tier), Thing(vm))
    >>> needs, demands = (Need(app, tier), Need(tier, vm)), (Demand(tier, wanted=2, needed=2),)
    >>> graph = DependencyGraph.of(Facts(1, things, (), needs, demands))
    >>> [(str(one.tier.id), one.needed, one.working) for one in shortfalls(graph)]
    [('workload:SSO/web', 2, 1)]
    """
    demands = graph.holdings.demands
    found = []
    for tier, needed in enumerate(demands.needed.tolist(), start=demands.start):
        if (among is None or tier in among) and _is_used(graph, tier):
            working = sum(not one.is_idle for one in _instances(graph, tier))
            if working < needed:
                found.append(Shortfall(graph.node(tier), needed, working))
    return tuple(sorted(found, key=lambda one: one.tier.id))


def _is_used(graph: DependencyGraph, tier: int) -> bool:
    apps, running = graph.roster.apps, graph.roster.stakes.is_running
    return any(running[app - apps.start] for app in graph.wiring.hard_above[tier] if app in apps)


def _instances(graph: DependencyGraph, tier: int) -> Iterator[Thing]:
    """What carries a tier: all that it needs, or the members of its group."""
    for number in graph.wiring.hard_below[tier]:
        is_group = number >= graph.roster.groups.start
        for one in graph.wiring.hard_below[number] if is_group else (number,):
            if isinstance(node := graph.node(one), Thing):
                yield node

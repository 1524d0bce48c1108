"""What falls in a scenario: its losses and lapses laid over the dependency graph, on a day.

Hosts that come and go change the groups of their clusters, which need as many as carry what stands
on them then. What is lost fails as the graph has it, a rack with all that stands in it; so does a
grant that is not in force on the day. Apps that a scenario adds run nowhere yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from dcim.graph.failures.impact import Hit, Impact, impact
from dcim.graph.graph import DependencyGraph
from dcim.planning.estate import Cluster, Snapshot
from dcim.planning.questions.after import GraphInWork, Hosts
from dcim.planning.scenarios.overlays import Lose, Scenario, lost_ref
from dcim.vocabulary.choices import AllocationStatus, DeviceStatus
from dcim.vocabulary.things import Ref, ThingKind

# Beyond so many hosts and racks it is not asked of each what falls when that one fails too.
MOST_FURTHER: Final = 200


@dataclass(frozen=True, slots=True)
class Further:
    """Running apps that stop when one more thing fails, beside those that are down already."""

    thing: Ref
    apps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Falls:
    """What is down and degraded on a day.

    Attributes:
        failed: What is out by the scenario and the day, and what was asked to fail beside it.
        down: Running apps that stop, each with its chain of causes.
        degraded: Running apps that lose redundancy.
        further: Hosts and racks whose loss beside it stops more, the worst first; None where there
            are too many to ask.
    """

    failed: tuple[Ref, ...]
    down: tuple[Hit, ...]
    degraded: tuple[Hit, ...]
    further: tuple[Further, ...] | None


def falls(
    graph: DependencyGraph,
    snapshot: Snapshot,
    then: Snapshot,
    hosts: Hosts,
    scenario: Scenario | None,
    failed: Sequence[Ref] = (),
) -> Falls:
    """What falls in the estate `then`.

    Args:
        graph: Of the record.
        snapshot: The estate of the same record.
        then: The same with the scenario laid over it, on its day.
        hosts: By the key of each host's row the public name of its pool and its name there.
        scenario: What was laid; None for the record on that day.
        failed: What fails beside it.

    Raises: UnknownThing: something of `failed` is not in the graph.

    Notes: one impact, and one more per host and rack, each as large as what it hits.
    """
    work = GraphInWork(graph, then, hosts)
    for cluster in then.clusters:
        _lay(work, cluster, next(one for one in snapshot.clusters if one.ref == cluster.ref))
    for cluster in then.clusters:
        if _has_changed(cluster, snapshot, then):
            work.recount(cluster)
    laid = work.graph()
    out = [*_out(work, laid, then, scenario), *failed]
    found = _impact(laid, out)
    return Falls(
        failed=tuple(dict.fromkeys(out)),
        down=found.apps_down if found else (),
        degraded=found.apps_degraded if found else (),
        further=_further(work, laid, then, out),
    )


def _lay(work: GraphInWork, cluster: Cluster, before: Cluster) -> None:
    was = {host.name: host.status for host in before.hosts}
    for host in cluster.hosts:
        if host.name not in was:
            work.add_host(cluster.ref, host.name)
        elif host.status is DeviceStatus.OFFLINE and was[host.name] is not host.status:
            work.empty_host(cluster.ref, host.name)


def _has_changed(cluster: Cluster, snapshot: Snapshot, then: Snapshot) -> bool:
    """Whether the cluster, or the size of anything that stands on it, is another."""
    before, after = (
        [vm.amounts for vm in one.vms if vm.cluster == cluster.name] for one in (snapshot, then)
    )
    return cluster not in snapshot.clusters or before != after


def _out(
    work: GraphInWork, graph: DependencyGraph, then: Snapshot, scenario: Scenario | None
) -> Iterator[Ref]:
    """What is out on the day: what the scenario has lost by then, and grants not in force."""
    day = then.as_of
    for one in scenario.overlays if scenario is not None else ():
        if isinstance(one, Lose) and day is not None and _lasts(one, day):
            for text in one.things:
                yield from _named(work, graph, then, lost_ref(text))
    for grant in then.allocations:
        ref = Ref(ThingKind.ALLOCATION, grant.reference)
        is_active = grant.status is AllocationStatus.ACTIVE
        if is_active and ref in graph and day is not None and not grant.is_in_force(day):
            yield ref


def _lasts(one: Lose, day: date) -> bool:
    return one.on <= day and (one.until is None or day < one.until)


def _named(work: GraphInWork, graph: DependencyGraph, then: Snapshot, ref: Ref) -> Iterator[Ref]:
    """The thing as the graph calls it; else the hosts that stand in it."""
    if ref.kind is not ThingKind.HOST and ref in graph:
        yield ref
        return
    for cluster in then.clusters:
        for host in cluster.hosts:
            known = work.host_of(cluster.ref, host.name)
            if known is not None and ref.name in (
                (host.name,) if ref.kind is ThingKind.HOST else (host.rack, host.site)
            ):
                yield known


def _further(
    work: GraphInWork, graph: DependencyGraph, then: Snapshot, out: Sequence[Ref]
) -> tuple[Further, ...] | None:
    things = dict.fromkeys(_standing(work, graph, then))
    if len(things) > MOST_FURTHER:
        return None
    down = _codes(_impact(graph, out))
    found = (
        Further(ref, tuple(sorted(_codes(_impact(graph, [*out, ref])) - down)))
        for ref in things
        if ref not in out
    )
    hits = [one for one in found if one.apps]
    return tuple(sorted(hits, key=lambda one: (-len(one.apps), one.thing)))


def _standing(work: GraphInWork, graph: DependencyGraph, then: Snapshot) -> Iterator[Ref]:
    """The active hosts and the racks that they stand in."""
    for cluster in then.clusters:
        for host in cluster.active_hosts:
            rack = Ref(ThingKind.RACK, host.rack or "")
            if rack in graph:
                yield rack
            if (ref := work.host_of(cluster.ref, host.name)) is not None:
                yield ref


def _impact(graph: DependencyGraph, failed: Sequence[Ref]) -> Impact | None:
    return impact(graph, failed) if failed else None


def _codes(found: Impact | None) -> set[str]:
    return {hit.thing.id.name for hit in found.apps_down} if found else set()

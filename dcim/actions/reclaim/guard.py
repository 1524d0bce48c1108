"""The guard: nothing is taken away while a running app rests on it.

Asked by page, API and command, and before an engine starts. All targets of a plan are judged at
once, also where only some of them are carried out, for then what the others bring up is not there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from dcim.actions.reclaim.machines import Machine, machines_going
from dcim.graph.failures.impact import Hit
from dcim.graph.graph import DependencyGraph
from dcim.graph.load.record import current_graph
from dcim.planning.document import AT_HAND, Change, PlanDocument, PlannedVM, Target
from dcim.planning.reclaim.guard import Endangered, endangered
from dcim.record.networks.virtualization import VirtualMachine
from dcim.vocabulary.errors import StillNeeded
from dcim.vocabulary.hypervisors import is_disposable
from dcim.vocabulary.things import Ref, ThingKind

NAMED: Final = 8


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the guard found, in the state `serial` of the record.

    Attributes:
        serial: The state of the record.
        machines: What goes.
        hit: Who would stop, which refuses it, and who would suffer, which is a warning.
    """

    serial: int
    machines: tuple[Machine, ...]
    hit: Endangered


def ask_guard(document: PlanDocument, targets: Collection[str] = ()) -> Verdict:
    """Who is hit when everything that the plan reclaims goes at once.

    Args:
        document: The plan.
        targets: Names of the targets that are carried out, whose new machines therefore count;
            none: all.

    Raises: AnotherMachine: the plan means a machine that the record does not have so.

    Notes: a machine that the record has let go already carries nothing.
    """
    return _judge(machines_going(document), document, targets)


def guard(document: PlanDocument, targets: Collection[str] = ()) -> Verdict:
    """What `ask_guard` finds, if no app stops.

    Raises: StillNeeded, naming the apps and a chain of causes each; else as `ask_guard`.
    """
    found = ask_guard(document, targets)
    if found.hit.down:
        raise still_needed(found.hit.down, _("Retire or move these apps first, then plan again."))
    return found


def _judge(
    machines: tuple[Machine, ...], document: PlanDocument, targets: Collection[str]
) -> Verdict:
    graph = current_graph()
    going = [ref for one in machines if (ref := _node(graph, one.row)) is not None]
    coming = _coming(graph, document, targets, _really_lost(document, machines)) if going else {}
    return Verdict(graph.serial, machines, endangered(graph, going, coming, _revived(document)))


def _node(graph: DependencyGraph, row: VirtualMachine | None) -> Ref | None:
    found = None if row is None else graph.thing_of_row(ThingKind.VM, row.pk)
    return None if found is None else found.id


def _revived(document: PlanDocument) -> list[str]:
    return [line.code for line in document.apps if line.outcome in AT_HAND]


def _really_lost(document: PlanDocument, machines: Collection[Machine]) -> frozenset[str]:
    """The tiers that lose a real machine, not one of a rehearsal or test driver alone."""
    tried = {target.name for target in document.targets if is_disposable(target.uri)}
    rows = [one.row for one in machines if one.row is not None and one.target not in tried]
    return frozenset(str(tier) for row in rows for tier in row.workloads.all())


def _coming(
    graph: DependencyGraph,
    document: PlanDocument,
    targets: Collection[str],
    really_lost: Collection[str],
) -> Mapping[Ref, Sequence[Ref]]:
    """By tier the machines that the plan makes or starts for it, on the targets carried out.

    What is recorded counts for all that it carries there. What only a rehearsal or a test
    driver brings up runs nowhere, and stands in for no machine that is really lost.
    """
    coming = [
        (target, vm)
        for target in document.targets
        if not targets or target.name in targets
        for vm in target.vms
        if vm.running and (vm.change is Change.CREATE or vm.runs_now is False)
    ]
    keys = {int(vm.id) for _, vm in coming if vm.id and vm.id.isdecimal()}
    rows = VirtualMachine.objects.filter(pk__in=keys).prefetch_related("workloads__app")
    carried = {str(row.pk): [str(tier) for tier in row.workloads.all()] for row in rows}
    found: dict[Ref, list[Ref]] = defaultdict(list)
    for target, vm in coming:
        ref = _coming_node(graph, target, vm)
        for tier in carried.get(vm.id or "") or [f"{vm.app}/{name}" for name in vm.workloads]:
            if tier not in really_lost or not is_disposable(target.uri):
                found[Ref(ThingKind.WORKLOAD, tier)].append(ref)
    return found


def _coming_node(graph: DependencyGraph, target: Target, vm: PlannedVM) -> Ref:
    """The machine's node, where it is recorded; else one of its own."""
    if vm.id and vm.id.isdecimal():
        known = graph.thing_of_row(ThingKind.VM, int(vm.id))
        if known is not None:
            return known.id
    return Ref(ThingKind.VM, f"{target.name}/{vm.name} (new)")


def still_needed(down: Sequence[Hit], way_out: str) -> StillNeeded:
    """The refusal that names the apps that would stop, with one chain of causes each."""
    chains = {hit.thing.name: [str(node.id) for node in hit.chain] for hit in down}
    told = "; ".join(
        f"{code} ({' ← '.join(chain[1:])})" for code, chain in [*chains.items()][:NAMED]
    )
    more = f"; … ({len(chains)})" if len(chains) > NAMED else ""
    return StillNeeded(
        _("Running apps would stop: %(apps)s.") % {"apps": f"{told}{more}"},
        hint=way_out,
        chains=chains,
    )

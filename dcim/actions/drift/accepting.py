"""The record takes what a hypervisor has: a changed field, a stray machine, one moved or gone.

Sizes come in MiB and GiB and are recorded in NetBox's units, so that the ledgers count the same.
Networks, addresses and apps are no fields of a machine: they are recorded where they belong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.actions.drift.sights import FRESH_FOR
from dcim.planning.document import PlanDocument, Target
from dcim.planning.drift.sides import NAME, machine_recorded
from dcim.planning.estate import PLANNED_STATUSES, VM
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.planner.drift import DriftFinding
from dcim.vocabulary.choices import VirtualMachineStatus
from dcim.vocabulary.drift import DriftField, DriftKind, DriftSide, DriftSubject
from dcim.vocabulary.errors import Refused
from dcim.vocabulary.hypervisors import is_same_hypervisor
from dcim.vocabulary.units import gib_to_disk_mb

Values = dict[str, Any]


def _status(running: Any) -> str:
    return (VirtualMachineStatus.ACTIVE if running else VirtualMachineStatus.OFFLINE).value


# From a value of the hypervisor to what is recorded of the machine.
WRITTEN_AS: Final[Mapping[str, Callable[[Any], Values]]] = {
    DriftField.NAME: lambda value: {"name": value},
    DriftField.VCPUS: lambda value: {"vcpus": Decimal(value)},
    DriftField.MEMORY_MIB: lambda value: {"memory_mib": value},
    DriftField.STORAGE_GIB: lambda value: {"disk_mb": gib_to_disk_mb(value)},
    DriftField.RUNNING: lambda value: {"status": _status(value)},
}


def may_take(finding: DriftFinding) -> bool:
    """Whether the record could take the finding at all; a rule may forbid it yet."""
    if finding.subject != DriftSubject.MACHINE or finding.closed_at is not None:
        return False
    if finding.kind != DriftKind.CHANGED:
        return finding.kind not in {DriftKind.UNMANAGED, DriftKind.LEFTOVER}
    if finding.field == DriftField.NAME:  # by the stack's name a run would make it anew, empty
        return finding.state in (None, finding.hypervisor)
    is_theirs = finding.odd != DriftSide.STATE and finding.hypervisor is not None
    return is_theirs and finding.field in WRITTEN_AS


def take(
    finding: DriftFinding, as_is: PlanDocument, names: Mapping[VM, str], *, by: Actor
) -> VirtualMachine | None:
    """The machine as it is recorded now; None where it was removed.

    Args:
        finding: What stands open.
        as_is: How things stand in the record now.
        names: What plans of it call each machine.
        by: Who writes the machine.

    Raises:
        Refused: there is nothing to take, it was seen too long ago, the record has changed since,
            or an app is carried.
        NotPermitted, InvalidInput, QuotaExceeded: as for a write of the machine.
    """
    if not may_take(finding):
        if finding.field == DriftField.NAME:
            raise Refused(
                _("The stack knows the machine by the name %(name)s.") % {"name": finding.state},
                hint=_("Call it so on the hypervisor again: virsh domrename %(found)s %(name)s.")
                % {"found": finding.hypervisor, "name": finding.state},
            )
        raise Refused(
            _("The record has nothing to take from this."),
            hint=_("Repair it, ignore it by rule, or record it where it belongs."),
        )
    if timezone.now() - finding.last_seen > FRESH_FOR:
        looked_at = ", ".join(filter(None, (finding.target, finding.found_on)))
        raise Refused(
            _("This was seen too long ago."),
            hint=_("Compare %(targets)s again.") % {"targets": looked_at},
        )
    if finding.kind in {DriftKind.UNKNOWN, DriftKind.UNRECORDED}:
        return _take_stray(finding, as_is, {vm.id: name for vm, name in names.items()}, by)
    machine = _recorded(finding, as_is.target(finding.target))
    if finding.kind == DriftKind.MISSING:
        _take_out(machine, by)
        return None
    if finding.kind == DriftKind.MOVED:
        there = _sharing(as_is.target(finding.found_on), as_is)
        _check_not_recorded(finding.name, (one for one in there if one.name != finding.target))
        cluster = _first_cluster(there)
        return record.update(machine, {"cluster": cluster, "device": None, "site": None}, by=by)
    return record.update(machine, WRITTEN_AS[finding.field](finding.hypervisor), by=by)


def _recorded(finding: DriftFinding, target: Target | None) -> VirtualMachine:
    """The machine that the finding speaks of, as long as the record says the same of it.

    Raises: Refused.
    """
    standing = {vm.name: vm for vm in target.standing} if target else {}
    vm = standing.get(finding.name)
    said = machine_recorded(vm).fields if vm else {}
    if vm and finding.field == NAME:
        said = {NAME: vm.name}
    if (
        vm is None
        or vm.id is None
        or (said.get(finding.field) if finding.field else said) != finding.record
    ):
        raise Refused(_("The record has changed since this was found."), hint=_("Compare again."))
    return VirtualMachine.objects.get(pk=vm.id)


def _take_out(machine: VirtualMachine, by: Actor) -> None:
    """Remove a machine that is gone; one that carries an app is missed."""
    apps = sorted(set(machine.workloads.values_list("app__code", flat=True)))
    if apps:
        raise Refused(
            _("The machine is recorded as carrying %(apps)s.") % {"apps": ", ".join(apps)},
            hint=_("Repair it, or take it off the app first."),
        )
    record.delete(machine, by=by)


def _take_stray(
    finding: DriftFinding, as_is: PlanDocument, names: Mapping[str, str], by: Actor
) -> VirtualMachine:
    """Record a machine that only the hypervisor has; one planned under its name has come.

    Raises: Refused where another target of the hypervisor has it by now, or none is a cluster.
    """
    sharing = _sharing(as_is.target(finding.target), as_is)
    _check_not_recorded(finding.name, sharing[1:])
    cluster, planned = _place_of(finding, sharing, names)
    values: Values = {}
    for field, written in WRITTEN_AS.items():
        value = (finding.hypervisor or {}).get(field)
        if value is not None:
            values |= written(value)
    if planned is not None:
        return record.update(planned, values, by=by)
    day = timezone.localdate().isoformat()
    said = _("Found on the hypervisor on %(day)s.") % {"day": day}
    values |= {"name": finding.name, "cluster": cluster, "description": said}
    return record.create(VirtualMachine, values, by=by)


def _sharing(target: Target | None, as_is: PlanDocument) -> list[Target]:
    """The target, then the others on its hypervisor; none where it is gone."""
    if target is None:
        return []
    others = (one for one in as_is.targets if one.name != target.name)
    return [target, *(one for one in others if is_same_hypervisor(one.uri, target.uri))]


def _check_not_recorded(name: str, targets: Iterable[Target]) -> None:
    """Raises: Refused: one machine would be recorded twice."""
    having = [one.name for one in targets if any(vm.name == name for vm in one.standing)]
    if having:
        raise Refused(
            _("The record has %(name)s on %(target)s, which has the same hypervisor.")
            % {"name": name, "target": ", ".join(having)},
            hint=_("Compare again. If it belongs here, give its row this cluster."),
        )


def _place_of(
    finding: DriftFinding, sharing: Sequence[Target], names: Mapping[str, str]
) -> tuple[Cluster, VirtualMachine | None]:
    """The cluster to record it in, and its row there, if there is one.

    Notes: a stray is of its hypervisor: whichever cluster there planned it, has it; else the target
        that it is told on, or the first one that is a cluster.
    """
    whose = sharing if finding.kind == DriftKind.UNKNOWN else sharing[:1]
    for cluster in _clusters(whose):
        planned = _planned_as(finding.name, cluster, names)
        if planned is not None:
            return cluster, planned
    return _first_cluster(whose), None


def _planned_as(name: str, cluster: Cluster, names: Mapping[str, str]) -> VirtualMachine | None:
    """The cluster's machine of that name, or the one planned there that plans call so."""
    here = list(VirtualMachine.objects.filter(cluster=cluster).order_by("pk"))
    recorded = next((one for one in here if one.name == name), None)
    planned = (one for one in here if one.status in PLANNED_STATUSES)
    called = next((one for one in planned if names.get(str(one.pk)) == name), None)
    return recorded or called


def _first_cluster(targets: Sequence[Target]) -> Cluster:
    """The first of the targets that is a cluster.

    Raises: Refused: they are grants, or gone.
    """
    cluster = next(_clusters(targets), None)
    if cluster is None:
        raise Refused(
            _("The target is no cluster of the record."),
            hint=_("Record the machine by hand, on the grant that it draws on."),
        )
    return cluster


def _clusters(targets: Iterable[Target]) -> Iterator[Cluster]:
    for target in targets:
        kind, _colon, name = target.pool.partition(":")
        cluster = Cluster.objects.filter(name=name).first() if kind == "cluster" else None
        if cluster is not None:
            yield cluster

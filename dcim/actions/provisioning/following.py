"""What the record learns of the machines that an apply has made or started.

Only what the engine confirmed is written: every step that the approved preview showed for a machine
was done. A rehearsal teaches nothing, since nothing was made. Each machine is written by itself, so
that one that the record can't take keeps no other from being recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from ipaddress import ip_interface
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.actions.refusals import writing
from dcim.planning.document import Change, PlanDocument, PlannedVM, Target
from dcim.planning.sentences import kept, say, tell, tell_error
from dcim.planning.strict_json import JSONValue
from dcim.record.equipment.devices import Device
from dcim.record.networks.ipam import IPAddress
from dcim.record.networks.machine_parts import VMInterface
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.places.hardware import Platform
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.plans import ProvisioningRun
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.vocabulary.choices import VirtualMachineStatus
from dcim.vocabulary.errors import LumbungError, UnknownThing
from dcim.vocabulary.things import Ref, ThingKind
from dcim.vocabulary.units import gib_to_disk_mb

DONE: Final = "done"
PORT: Final = "eth0"
IPV4: Final = 4

RECORDED: Final = gettext_noop("recorded as %(status)s")
NOW: Final = gettext_noop("now %(status)s")

Deed = Callable[[], str]
Line = dict[str, JSONValue]


def follow_machines(document: PlanDocument, run: ProvisioningRun, by: Actor) -> Iterator[Line]:
    """Lines of what was written for the machines of `run`, or why it could not be."""
    for target in document.targets:
        confirmed = confirmed_machines(run, target.name)
        for vm in target.vms:
            if vm.name in confirmed:
                yield from _told(target.name, vm.name, partial(_stands, vm, target, by))


def confirmed_machines(run: ProvisioningRun, target: str) -> frozenset[str]:
    """The names for which everything was done that the approved preview showed for `target`.

    Args: `run` has ended; of a rehearsal, and where no preview was approved, there are none.
    """
    preview = None if run.approval is None else run.approval.preview
    made, shown = _target_of(run.report, target), _target_of(preview and preview.report, target)
    if made is None or shown is None or made["rehearsal"]:
        return frozenset()
    done = {_key(step) for step in made["steps"] if step["outcome"] == DONE}
    missing = {step["name"] for step in shown["steps"] if _key(step) not in done}
    return frozenset({step["name"] for step in shown["steps"]} - missing)


def _target_of(report: Any, name: str) -> Mapping[str, Any] | None:
    targets: Iterable[Mapping[str, Any]] = (report or {}).get("targets", ())
    return next((one for one in targets if one["name"] == name), None)


def _key(step: Mapping[str, Any]) -> tuple[str, str, str]:
    return step["op"], step["kind"], step["name"]


def _told(target: str, machine: str, deed: Deed) -> Iterator[Line]:
    line: Line = {"target": target, "machine": machine}
    try:
        with writing():
            change = deed()
    except LumbungError as err:
        yield {**line, **kept(tell_error(err), "error")}
        return
    if change:
        yield {**line, **kept(change, "change")}


def _stands(vm: PlannedVM, target: Target, by: Actor) -> str:
    """Records a machine that was made or started; what was recorded before stays otherwise."""
    if vm.change is Change.KEEP and vm.runs_now is None:
        return ""
    status = VirtualMachineStatus.ACTIVE if vm.running else VirtualMachineStatus.OFFLINE
    machine = _recorded(vm)
    if machine is None:
        machine = _create(vm, target, status, by)
        text = RECORDED
    else:
        values = {"status": status.value, **_placed(vm, machine.cluster)}
        machine = record.update(machine, values, by=by)
        text = NOW
    told = tell(text, status=say(status.label))
    if vm.change is Change.CREATE and vm.addresses:
        address = _record_address(machine, vm.addresses, by)
        return tell("%(told)s, %(address)s", told=told, address=address)
    return told


def _recorded(vm: PlannedVM) -> VirtualMachine | None:
    if vm.id is None or not vm.id.isdecimal():
        return None
    return VirtualMachine.objects.filter(pk=int(vm.id)).first()


def _placed(vm: PlannedVM, cluster: Cluster | None) -> dict[str, Device]:
    """The host on which the machine was made, where the record has it in the cluster."""
    if vm.change is not Change.CREATE or not vm.host or cluster is None:
        return {}
    host = Device.objects.filter(cluster=cluster, name=vm.host).first()
    return {} if host is None else {"device": host}


def _create(
    vm: PlannedVM, target: Target, status: VirtualMachineStatus, by: Actor
) -> VirtualMachine:
    cluster = _cluster_of(target)
    app = ServiceApp.objects.filter(code=vm.app).first()
    values = {
        "name": vm.name,
        "status": status.value,
        "site": cluster.site,
        "cluster": cluster,
        **_placed(vm, cluster),
        "allocation": Allocation.objects.filter(reference=vm.allocation).first()
        if vm.allocation
        else None,
        "tenant": app.owner if app else None,
        "platform": Platform.objects.filter(slug=vm.image).first(),
        "vcpus": vm.vcpus,
        "memory_mib": vm.memory_mib,
        "disk_mb": gib_to_disk_mb(vm.storage_gib) or None,
    }
    machine = record.create(VirtualMachine, values, by=by)
    for tier in Workload.objects.filter(app=app, name__in=vm.workloads) if app else ():
        carriers = [*tier.virtual_machines.all(), machine]
        record.update(tier, {"virtual_machines": carriers}, by=by)
    return machine


def _cluster_of(target: Target) -> Cluster:
    ref = Ref.parse(target.pool)
    cluster = Cluster.objects.filter(name=ref.name).first()
    if ref.kind is not ThingKind.CLUSTER or cluster is None:
        raise UnknownThing(
            _("The record has no cluster for machines of %(pool)s.") % {"pool": target.pool},
            hint=_("Record the machine by hand, in the cluster that holds it."),
        )
    return cluster


def _record_address(machine: VirtualMachine, addresses: Iterable[str], by: Actor) -> str:
    """Gives the machine the first of `addresses`, unless a primary one of its own is recorded.

    Returns: the primary address. Notes: a document has them in the order of their text.
    """
    first = min(map(ip_interface, addresses), key=lambda one: (one.version, int(one.ip)))
    primary, text = "primary_ip4" if first.version == IPV4 else "primary_ip6", str(first)
    recorded = getattr(machine, primary)
    if recorded is None or recorded.vm_interface not in {*machine.interfaces.all()}:
        recorded = _address_at(machine, text, by)
        record.update(machine, {primary: recorded}, by=by)
    return str(recorded)


def _address_at(machine: VirtualMachine, text: str, by: Actor) -> IPAddress:
    """The machine's address, recorded at its first port where it is not yet."""
    port = machine.interfaces.order_by("pk").first() or record.create(
        VMInterface, {"virtual_machine": machine, "name": PORT}, by=by
    )
    recorded = list(IPAddress.objects.filter(address=text).order_by("pk"))
    mine = [one for one in recorded if one.vm_interface in {*machine.interfaces.all()}]
    free = [one for one in recorded if not (one.interface_id or one.vm_interface_id)]
    if mine:
        return mine[0]
    if free:
        return record.update(free[0], {"vm_interface": port}, by=by)
    values = {"address": text, "vm_interface": port, "tenant": machine.tenant}
    return record.create(IPAddress, values, by=by)

"""What pools refuse: a machine larger than its host or grant, and grants drawn on beyond their sum.

A cluster may be over-committed, as reality is; a grant is a hard ceiling.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Final

from django.utils.translation import gettext as _

from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.planner.allocations import Allocation
from dcim.vocabulary.amounts import Amounts, ResourceClass
from dcim.vocabulary.choices import AllocationStatus
from dcim.vocabulary.errors import DoesNotFit, InUse, InvalidInput, Refused

NAMED_MACHINES: Final = 5
FIELD_OF_CLASS: Final = {
    ResourceClass.VCPU: "vcpus",
    ResourceClass.MEMORY_MIB: "memory_mib",
    ResourceClass.STORAGE_GIB: "disk_mb",
}
GRANTED_FIELD: Final = {**FIELD_OF_CLASS, ResourceClass.STORAGE_GIB: "storage_gib"}


def check_machine_fits(machines: Sequence[VirtualMachine]) -> None:
    """Refuse machines larger than the largest host of their cluster.

    Raises: DoesNotFit, naming pool, class, asked and what there is.
    """
    asking = [one for one in machines if one.cluster_id is not None and one.amounts != Amounts()]
    largest = _largest_hosts({one.cluster_id for one in asking})
    for machine in asking:
        asked = machine.amounts
        if machine.cluster_id in largest:
            _check(
                machine,
                asked,
                _("the largest host of %(cluster)s") % {"cluster": machine.cluster},
                largest[machine.cluster_id],
            )


def check_grants_of(machines: Sequence[VirtualMachine]) -> None:
    """Refuse machines that their grants have no room for, or that draw on a returned grant.

    Raises:
        DoesNotFit: the sum of the machines on a grant would exceed it.
        Refused: the grant has been returned.
    """
    grants = _locked({one.allocation_id for one in machines if one.allocation_id is not None})
    drawn = _drawn(grants)
    for grant in grants:
        if grant.status == AllocationStatus.RETURNED:
            raise Refused(
                _("The grant %(grant)s has been returned.") % {"grant": grant},
                field="allocation",
                hint=_("Choose another grant."),
            )
        _check_sum(
            grant,
            drawn[grant.pk],
            FIELD_OF_CLASS,
            _("Make the machine smaller, or choose another grant."),
        )


def keep_grants_drawn_on(allocations: Sequence[Allocation]) -> None:
    """Refuse to shrink grants below what is drawn on them, or to return them meanwhile.

    Raises:
        DoesNotFit: the machines on a grant draw more than it.
        InUse: machines draw on a returned grant; they are named.
    """
    grants = _locked({one.pk for one in allocations})
    drawn = _drawn(grants)
    for grant in grants:
        machines = grant.virtual_machines.order_by("name", "pk")
        if grant.status == AllocationStatus.RETURNED and machines:
            raise InUse(
                _("Machines still draw on the grant: %(machines)s.")
                % {"machines": _named(machines)},
                field="status",
                hint=_("Move or delete them first."),
            )
        _check_sum(grant, drawn[grant.pk], GRANTED_FIELD, _("Move or delete machines first."))


def keep_machines_on_members(devices: Sequence[Device]) -> None:
    """Refuse to take hosts out of their clusters while machines run on them.

    Raises: InUse, naming the machines.
    """
    _check_hosts(VirtualMachine.objects.filter(device__in=devices).select_related("device"))


def keep_a_host_standing(clusters: Sequence[Cluster]) -> None:
    """Refuse to plan for the loss of every host of clusters; one without hosts may still get some.

    Raises: InvalidInput, naming the cluster, both numbers and the way out.
    """
    for cluster in clusters:
        hosts, failures = cluster.devices.count(), cluster.host_failures_to_survive
        if 0 < hosts <= failures:
            raise InvalidInput(
                _("%(cluster)s can't survive the loss of %(failures)s hosts: it has %(hosts)s.")
                % {"cluster": cluster, "failures": failures, "hosts": hosts},
                field="host_failures_to_survive",
                hint=_("Write at most %(most)s, or add hosts first.") % {"most": hosts - 1},
            )


def keep_machines_in_place(clusters: Sequence[Cluster]) -> None:
    """Refuse to move clusters to a site while machines of theirs are at others.

    Raises: InUse, naming the machines.
    """
    for cluster in clusters:
        if cluster.place is not None:
            elsewhere = cluster.virtual_machines.exclude(site=cluster.place).order_by("name", "pk")
            astray = list(elsewhere.exclude(site=None))
            if astray:
                raise InUse(
                    _("Machines of the cluster are at another site: %(machines)s.")
                    % {"machines": _named(astray)},
                    field="site",
                    hint=_("Move the machines first."),
                )


def check_hosts_of(machines: Sequence[VirtualMachine]) -> None:
    """Refuse machines whose host has left their cluster meanwhile.

    Raises: InUse, naming the machines.
    """
    placed = {one.pk: one.device_id for one in machines if one.device_id is not None}
    if placed:
        # Foreign keys are held at the commit only, so a host could change until then.
        hosts = Device.objects.select_for_update(of=("self",), no_key=True)
        list(hosts.filter(pk__in=placed.values()).order_by("pk").values_list("pk"))
        _check_hosts(VirtualMachine.objects.filter(pk__in=placed).select_related("device"))


def _check_hosts(machines: Collection[VirtualMachine]) -> None:
    astray = [
        one
        for one in machines
        if one.device is not None and one.device.cluster_id != one.cluster_id
    ]
    if astray:
        raise InUse(
            _("Machines run on the host, but are not of its cluster: %(machines)s.")
            % {"machines": _named(astray)},
            field="cluster",
            hint=_("Move the machines to another host first."),
        )


def _named(machines: Collection[VirtualMachine]) -> str:
    names = ", ".join(str(one) for one in list(machines)[:NAMED_MACHINES])
    return f"{names}, …" if len(machines) > NAMED_MACHINES else names


def _locked(keys: Collection[int]) -> list[Allocation]:
    """Grants as they are stored, kept from other writers of their machines until the commit."""
    rows = Allocation.objects.select_for_update(of=("self",), no_key=True)
    return list(rows.filter(pk__in=keys).order_by("pk")) if keys else []


def _drawn(grants: Sequence[Allocation]) -> dict[int | None, Amounts]:
    """What the machines on each grant draw together; planned ones are promised their share."""
    drawn: dict[int | None, Amounts] = defaultdict(Amounts)
    for machine in VirtualMachine.objects.filter(allocation__in=grants) if grants else ():
        drawn[machine.allocation_id] += machine.amounts
    return drawn


def _check_sum(
    grant: Allocation, drawn: Amounts, fields: dict[ResourceClass, str], hint: str
) -> None:
    for resource_class in ResourceClass:
        if drawn[resource_class] > grant.granted[resource_class]:
            raise DoesNotFit(
                _("The machines on %(grant)s would draw %(drawn)s %(class)s of %(granted)s.")
                % {
                    "grant": grant,
                    "drawn": drawn[resource_class],
                    "class": resource_class,
                    "granted": grant.granted[resource_class],
                },
                field=fields[resource_class],
                hint=hint,
            )


def _largest_hosts(clusters: set[int | None]) -> dict[int | None, Amounts]:
    """Per cluster that has hosts with capacity, the largest amount of each class on one host."""
    largest: dict[int | None, Amounts] = {}
    hosts = Device.objects.filter(cluster__in=clusters).select_related("device_type")
    for host in hosts:
        capacity, most = host.capacity, largest.get(host.cluster_id, Amounts())
        if capacity != Amounts():
            largest[host.cluster_id] = Amounts(
                max(capacity.vcpus, most.vcpus),
                max(capacity.memory_mib, most.memory_mib),
                max(capacity.storage_gib, most.storage_gib),
            )
    return largest


def _check(machine: VirtualMachine, asked: Amounts, pool: str, room: Amounts) -> None:
    for resource_class in ResourceClass:
        if asked[resource_class] > room[resource_class]:
            raise DoesNotFit(
                _("%(machine)s asks %(asked)s %(class)s, more than %(pool)s has (%(room)s).")
                % {
                    "machine": machine,
                    "asked": asked[resource_class],
                    "class": resource_class,
                    "pool": pool,
                    "room": room[resource_class],
                },
                field=FIELD_OF_CLASS[resource_class],
                hint=_("Make the machine smaller, or choose another cluster or grant."),
            )

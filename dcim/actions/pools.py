"""What a pool refuses outright: a machine larger than anything it could run on."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from dcim.record.devices import Device
from dcim.record.virtualization import VirtualMachine
from dcim.vocabulary.amounts import Amounts, ResourceClass
from dcim.vocabulary.errors import DoesNotFit
from dcim.vocabulary.units import disk_mb_to_gib, whole_vcpus


def check_machine_fits(machines: Sequence[VirtualMachine]) -> None:
    """Refuse machines larger than the largest host of their cluster, or than their whole grant.

    Over-committed reality may be recorded, so sums are not refused here.

    Raises: DoesNotFit, naming pool, class, asked and what there is.
    """
    largest = _largest_hosts({one.cluster_id for one in machines if one.cluster_id is not None})
    for machine in machines:
        asked = amounts_of(machine)
        if machine.cluster_id in largest:
            _check(
                machine,
                asked,
                _("the largest host of %(cluster)s") % {"cluster": machine.cluster},
                largest[machine.cluster_id],
            )
        if machine.allocation is not None:
            pool = _("the grant %(grant)s") % {"grant": machine.allocation}
            _check(machine, asked, pool, machine.allocation.granted)


def amounts_of(machine: VirtualMachine) -> Amounts:
    """What a machine takes from its pool, in ledger units, rounded up."""
    return Amounts(
        whole_vcpus(machine.vcpus), machine.memory_mib or 0, disk_mb_to_gib(machine.disk_mb or 0)
    )


def _largest_hosts(clusters: set[int]) -> dict[int | None, Amounts]:
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


FIELD_OF_CLASS = {
    ResourceClass.VCPU: "vcpus",
    ResourceClass.MEMORY_MIB: "memory_mib",
    ResourceClass.STORAGE_GIB: "disk_mb",
}

"""What clusters refuse: a machine larger than any host, and hosts that go while machines run there.

A cluster may be over-committed, as reality is; a grant is a hard ceiling, see `grants`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from django.utils.translation import gettext as _

from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.vocabulary.amounts import Amounts, ResourceClass
from dcim.vocabulary.errors import DoesNotFit, InUse, InvalidInput, Shortfall

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


def keep_a_size_possible(clusters: Sequence[Cluster]) -> None:
    """Refuse smallest sizes and steps beyond the largest host, which would let no machine in.

    Raises: InvalidInput, naming the cluster, class, both numbers and the way out.

    Notes: a cluster without hosts, or whose hosts state nothing of a class, may still get some.
    """
    largest = _largest_hosts({one.pk for one in clusters})
    for cluster in clusters:
        room = largest.get(cluster.pk, Amounts())
        for one, suffix in GRANTED_FIELD.items():
            for prefix in ("min", "step"):
                field = f"{prefix}_{suffix}"
                size = getattr(cluster, field)
                if 0 < room[one] < size:
                    raise InvalidInput(
                        _("No machine of %(size)s %(class)s fits on a host of %(cluster)s.")
                        % {"size": size, "class": one, "cluster": cluster},
                        field=field,
                        hint=_("Write at most %(most)s, as the largest host has.")
                        % {"most": room[one]},
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
                    % {"machines": named(astray)},
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
            % {"machines": named(astray)},
            field="cluster",
            hint=_("Move the machines to another host first."),
        )


def named(machines: Collection[object]) -> str:
    """A few of `machines` by their names, and whether there are more."""
    names = ", ".join(str(one) for one in list(machines)[:NAMED_MACHINES])
    return f"{names}, …" if len(machines) > NAMED_MACHINES else names


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
                shortfall=Shortfall(
                    pool, resource_class.value, asked[resource_class], room[resource_class]
                ),
            )

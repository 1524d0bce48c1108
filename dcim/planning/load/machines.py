"""Virtual machines, column by column: there are more of them than of anything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.db.models import QuerySet

from dcim.planning import estate
from dcim.planning.load.hosts import Hosts
from dcim.planning.load.members import member
from dcim.record.networks.virtualization import VirtualMachine, taken_by
from dcim.vocabulary.choices import VirtualMachineStatus

IMAGE: Final = estate.VM(id="", name="").image


def read_machines(
    rows: QuerySet[VirtualMachine],
    hosts: Hosts,
    carries: Mapping[int, Sequence[estate.Carried]],
    addresses: Mapping[int, Sequence[str]],
) -> tuple[estate.VM, ...]:
    """The machines in order, with the tiers and addresses that are known by their keys."""
    columns = rows.order_by("name", "pk").values_list(
        "pk", "name", "status", "vcpus", "memory_mib", "disk_mb", "cluster_id", "cluster__name",
        "device_id", "allocation__reference", "platform__slug",
    )  # fmt: skip
    return tuple(
        estate.VM(
            id=str(pk),
            name=name,
            status=member(VirtualMachineStatus, status),
            amounts=taken_by(vcpus, memory_mib, disk_mb),
            cluster=cluster,
            host=hosts.names.get((cluster_id, device_id)),
            allocation=grant,
            image=image or IMAGE,
            addresses=tuple(addresses.get(pk, ())),
            carries=tuple(carries.get(pk, ())),
        )
        for (
            pk, name, status, vcpus, memory_mib, disk_mb, cluster_id, cluster, device_id, grant,
            image,
        ) in columns
    )  # fmt: skip

"""Which rows of the record a snapshot is made from: all, or what one cluster's ledgers need."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Model, QuerySet

from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.service_apps import AppDependency, ServiceApp, Workload


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What is read of the record."""

    clusters: QuerySet[Cluster]
    hosts: QuerySet[Device]
    machines: QuerySet[VirtualMachine]
    grants: QuerySet[Allocation]
    apps: QuerySet[ServiceApp]
    tiers: QuerySet[Workload]
    carriers: QuerySet[Model]
    needs: QuerySet[AppDependency]


def all_rows() -> Rows:
    """All of the record."""
    return Rows(
        clusters=Cluster.objects.all(),
        hosts=Device.objects.all(),
        machines=VirtualMachine.objects.all(),
        grants=Allocation.objects.all(),
        apps=ServiceApp.objects.all(),
        tiers=Workload.objects.all(),
        carriers=Workload.virtual_machines.through.objects.all(),
        needs=AppDependency.objects.all(),
    )


def rows_of(cluster: str) -> Rows:
    """The cluster of that name, what stands in it, and what that carries or draws on."""
    machines = VirtualMachine.objects.filter(cluster__name=cluster)
    carriers = Workload.virtual_machines.through.objects.filter(
        virtualmachine__cluster__name=cluster
    )
    tiers = Workload.objects.filter(pk__in=carriers.values("workload"))
    return Rows(
        clusters=Cluster.objects.filter(name=cluster),
        hosts=Device.objects.filter(cluster__name=cluster),
        machines=machines,
        grants=Allocation.objects.filter(pk__in=machines.values("allocation")),
        apps=ServiceApp.objects.filter(pk__in=tiers.values("app")),
        tiers=tiers,
        carriers=carriers,
        needs=AppDependency.objects.none(),
    )

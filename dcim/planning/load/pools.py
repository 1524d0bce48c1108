"""Providers, clusters and grants."""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet

from dcim.planning import estate
from dcim.planning.load.hosts import Hosts
from dcim.planning.load.members import member, stated
from dcim.record.networks.virtualization import Cluster
from dcim.record.planner.allocations import Allocation, Provider
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices import (
    AllocationStatus,
    ClusterStatus,
    DataClass,
    ProviderKind,
    SystemCategory,
)
from dcim.vocabulary.guests import keys_of, words_of
from dcim.vocabulary.holding import DataResidency

CLUSTER_COLUMNS: Final = (
    "name", "status", "hypervisor_uri", "name_servers", "ssh_keys", "host_failures_to_survive",
    "vcpu_allocation_ratio", "memory_allocation_ratio", "storage_allocation_ratio",
    "reserved_vcpus", "reserved_memory_mib", "reserved_storage_gib", "min_vcpus", "min_memory_mib",
    "min_storage_gib", "step_vcpus", "step_memory_mib", "step_storage_gib", "provider__slug",
)  # fmt: skip
GRANT_COLUMNS: Final = (
    "reference", "status", "vcpus", "memory_mib", "storage_gib", "committed_vcpus",
    "committed_memory_mib", "committed_storage_gib", "valid_from", "valid_until", "provider__slug",
)  # fmt: skip


def read_providers() -> tuple[estate.Provider, ...]:
    """All providers, in order."""
    return tuple(
        estate.Provider(
            slug=row.slug,
            name=row.name,
            kind=member(ProviderKind, row.kind),
            data_classes=tuple(member(DataClass, one) for one in row.data_classes),
            highest_category=stated(SystemCategory, row.highest_category),
            residency=stated(DataResidency, row.residency),
            hypervisor=row.hypervisor_uri,
            guests=_guests(row),
        )
        for row in Provider.objects.order_by("slug")
    )


def read_clusters(rows: QuerySet[Cluster], hosts: Hosts) -> tuple[estate.Cluster, ...]:
    """The clusters with their hosts, in order."""
    found = rows.select_related("provider").only(*CLUSTER_COLUMNS).order_by("name")
    return tuple(_cluster(row, hosts) for row in found)


def read_grants(rows: QuerySet[Allocation]) -> tuple[estate.Allocation, ...]:
    """The grants, in order."""
    found = rows.select_related("provider").only(*GRANT_COLUMNS).order_by("reference")
    return tuple(
        estate.Allocation(
            reference=row.reference,
            provider=row.provider.slug,
            status=member(AllocationStatus, row.status),
            amounts=row.granted,
            committed=row.committed,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
        )
        for row in found
    )


def _guests(row: Cluster | Provider) -> estate.Guests:
    return estate.Guests(words_of(row.name_servers), keys_of(row.ssh_keys))


def _cluster(row: Cluster, hosts: Hosts) -> estate.Cluster:
    return estate.Cluster(
        name=row.name,
        provider=row.provider.slug if row.provider else None,
        status=member(ClusterStatus, row.status),
        hypervisor=row.hypervisor_uri,
        guests=_guests(row),
        host_failures_to_survive=row.host_failures_to_survive,
        vcpu_allocation_ratio=float(row.vcpu_allocation_ratio),
        memory_allocation_ratio=float(row.memory_allocation_ratio),
        storage_allocation_ratio=float(row.storage_allocation_ratio),
        reserved=Amounts(row.reserved_vcpus, row.reserved_memory_mib, row.reserved_storage_gib),
        min_unit=Amounts(row.min_vcpus, row.min_memory_mib, row.min_storage_gib),
        step_size=Amounts(row.step_vcpus, row.step_memory_mib, row.step_storage_gib),
        hosts=tuple(hosts.of_clusters.get(row.pk, ())),
    )

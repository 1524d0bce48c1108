"""The hosts of clusters, under names that tell them apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from django.db.models import QuerySet

from dcim.planning import estate
from dcim.planning.load.members import member
from dcim.record.equipment.devices import Device
from dcim.vocabulary.choices import DeviceStatus
from dcim.vocabulary.naming import free_name

COLUMNS: Final = (
    "name", "status", "cluster_id", "cpu_cores", "memory_mib", "storage_gib", "service_from",
    "service_until", "device_type__cpu_cores", "device_type__memory_mib",
    "device_type__storage_gib", "rack__name", "site__name",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hosts:
    """Hosts by their cluster's key, and the name of each by its cluster's and its own."""

    of_clusters: dict[int | None, list[estate.Host]] = field(
        default_factory=lambda: defaultdict(list)
    )
    names: dict[tuple[int | None, int | None], str] = field(default_factory=dict)


def load_hosts() -> dict[int, tuple[str, str]]:
    """For each host, by its row's key, its pool's public name and its name there; one query."""
    devices = Device.objects.select_related("cluster").only("name", "cluster__name")
    return {
        one.pk: (f"cluster:{one.cluster.name}", name)
        for one, name in _named(devices)
        if one.cluster is not None
    }


def read_hosts(rows: QuerySet[Device]) -> Hosts:
    """The hosts among the devices, in order."""
    found = Hosts()
    for one, name in _named(rows.select_related("device_type", "rack", "site").only(*COLUMNS)):
        found.names[one.cluster_id, one.pk] = name
        found.of_clusters[one.cluster_id].append(_host(one, name))
    return found


def _named(devices: QuerySet[Device]) -> Iterator[tuple[Device, str]]:
    """The hosts of clusters, in order; where sites have namesakes, the newer are numbered."""
    taken: dict[int | None, set[str]] = defaultdict(set)
    for one in devices.filter(cluster__isnull=False).order_by("pk"):
        name = free_name(one.name or f"device-{one.pk}", taken[one.cluster_id])
        taken[one.cluster_id].add(name)
        yield one, name


def _host(row: Device, name: str) -> estate.Host:
    return estate.Host(
        name=name,
        status=member(DeviceStatus, row.status),
        amounts=row.capacity,
        service_from=row.service_from,
        service_until=row.service_until,
        rack=row.rack.name if row.rack else None,
        site=row.site.name,
    )

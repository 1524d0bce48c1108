"""The snapshot of the record as it is now. The only file of the planner that asks a database.

A fixed number of queries, whatever the size, in one consistent view: a snapshot belongs to the
serial it names.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_interface, ip_network
from typing import Final, TypeAlias, TypeVar

from django.db.models import Count, Model, QuerySet
from django.utils import timezone

from dcim.planning import estate
from dcim.record.equipment.devices import Device
from dcim.record.log.changes import current_serial
from dcim.record.log.reading import one_view
from dcim.record.networks.ipam import IPAddress, Prefix
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.planner.allocations import Allocation, Provider
from dcim.record.planner.service_apps import AppDependency, ServiceApp, Workload
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices import (
    AllocationStatus,
    AppKind,
    AppStatus,
    Blocker,
    ClusterStatus,
    DataClass,
    DeviceStatus,
    Hardness,
    ProviderKind,
    SystemCategory,
    Verdict,
    VirtualMachineStatus,
)
from dcim.vocabulary.choices_networks import IpAddressRole, PrefixStatus
from dcim.vocabulary.holding import DataResidency
from dcim.vocabulary.naming import allowed_names, free_name, is_allowed_range, slug

# Addresses that several machines answer at; none of them is configured with one as its own.
SHARED_ROLES: Final = frozenset(IpAddressRole) - {IpAddressRole.LOOPBACK, IpAddressRole.SECONDARY}
IPNetwork: TypeAlias = IPv4Network | IPv6Network
ChoiceT = TypeVar("ChoiceT", bound=StrEnum)


def load_snapshot(as_of: date | None = None) -> estate.Snapshot:
    """The record as it is now, for plans and ledgers, in a fixed number of queries.

    Args:
        as_of: the day for which grants are judged; today where the data centre is, unless given.
    """
    with one_view():
        reading = _Reading(_all_rows(), _Networks())
        return reading.snapshot(current_serial(), as_of or timezone.localdate())


def load_cluster(name: str, as_of: date | None = None) -> estate.Snapshot:
    """One cluster as it is now, with its hosts, its machines and the tiers on them.

    Args:
        name: of the cluster; the snapshot is empty where there is none.
        as_of: as for `load_snapshot`.

    Notes: eight queries, whose cost does not grow with what is elsewhere. It has no networks, and
        apps name neither the tiers that they have elsewhere nor what they rest on.
    """
    with one_view():
        reading = _Reading(_rows_of(name), _Unconnected())
        return reading.snapshot(current_serial(), as_of or timezone.localdate())


def load_hosts() -> dict[int, tuple[str, str]]:
    """For each host, by its row's key, its pool's public name and its name there; one query."""
    return {
        one.pk: (f"cluster:{one.cluster.name}", name)
        for one, name in _named_hosts(Device.objects.all())
        if one.cluster is not None
    }


def _named_hosts(devices: QuerySet[Device]) -> Iterator[tuple[Device, str]]:
    """The hosts of clusters, in order; where sites have namesakes, the newer are numbered."""
    recorded = devices.filter(cluster__isnull=False).order_by("pk")
    taken: dict[int | None, set[str]] = defaultdict(set)
    for one in recorded.select_related("cluster", "device_type", "rack", "site"):
        name = free_name(one.name or f"device-{one.pk}", taken[one.cluster_id])
        taken[one.cluster_id].add(name)
        yield one, name


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """What is read of the record."""

    clusters: QuerySet[Cluster]
    hosts: QuerySet[Device]
    machines: QuerySet[VirtualMachine]
    grants: QuerySet[Allocation]
    apps: QuerySet[ServiceApp]
    tiers: QuerySet[Workload]
    carriers: QuerySet[Model]
    needs: QuerySet[AppDependency]


def _all_rows() -> _Rows:
    return _Rows(
        clusters=Cluster.objects.all(),
        hosts=Device.objects.all(),
        machines=VirtualMachine.objects.all(),
        grants=Allocation.objects.all(),
        apps=ServiceApp.objects.all(),
        tiers=Workload.objects.all(),
        carriers=Workload.virtual_machines.through.objects.all(),
        needs=AppDependency.objects.all(),
    )


def _rows_of(cluster: str) -> _Rows:
    machines = VirtualMachine.objects.filter(cluster__name=cluster)
    carriers = Workload.virtual_machines.through.objects.filter(
        virtualmachine__cluster__name=cluster
    )
    tiers = Workload.objects.filter(pk__in=carriers.values("workload"))
    return _Rows(
        clusters=Cluster.objects.filter(name=cluster),
        hosts=Device.objects.filter(cluster__name=cluster),
        machines=machines,
        grants=Allocation.objects.filter(pk__in=machines.values("allocation")),
        apps=ServiceApp.objects.filter(pk__in=tiers.values("app")),
        tiers=tiers,
        carriers=carriers,
        needs=AppDependency.objects.none(),
    )


class _Reading:
    """One pass through the record; the mappings lead from primary keys to what hangs on them."""

    def __init__(self, rows: _Rows, networks: _Networks | _Unconnected) -> None:
        self.rows, self.networks = rows, networks
        self.hosts: dict[int | None, list[estate.Host]] = defaultdict(list)
        self.host_names: dict[tuple[int | None, int | None], str] = {}
        self._read_hosts()
        self.needs: dict[tuple[int, str], list[str]] = defaultdict(list)
        needs = rows.needs.values_list("app_id", "needs__code", "hardness")
        for app, needed, hardness in needs:
            self.needs[app, hardness].append(needed)
        self.tiers: dict[int, list[estate.Workload]] = defaultdict(list)
        self.carries: dict[int, list[estate.Carried]] = defaultdict(list)
        self._read_tiers()

    def _read_hosts(self) -> None:
        for one, name in _named_hosts(self.rows.hosts):
            self.host_names[one.cluster_id, one.pk] = name
            self.hosts[one.cluster_id].append(_host(one, name))

    def _read_tiers(self) -> None:
        names: dict[int, estate.Carried] = {}
        tiers = self.rows.tiers.annotate(on_devices=Count("devices"))
        for tier in tiers.select_related("app"):
            self.tiers[tier.app_id].append(_workload(tier, tier.on_devices))
            names[tier.pk] = estate.Carried(app=tier.app.code, tier=tier.name)
        for tier_id, vm_id in self.rows.carriers.values_list("workload_id", "virtualmachine_id"):
            self.carries[vm_id].append(names[tier_id])

    def snapshot(self, serial: int, day: date) -> estate.Snapshot:
        """What was read, as one."""
        machines = self.rows.machines.select_related("cluster", "allocation", "platform")
        apps = self.rows.apps.select_related("owner", "provider")
        clusters = self.rows.clusters.select_related("provider")
        grants = self.rows.grants.select_related("provider")
        return self.networks.attach(
            estate.Snapshot(
                serial=serial,
                as_of=day,
                providers=tuple(_provider(one) for one in Provider.objects.order_by("slug")),
                clusters=tuple(self._cluster(one) for one in clusters.order_by("name")),
                allocations=tuple(_allocation(one) for one in grants.order_by("reference")),
                vms=tuple(self._vm(one) for one in machines.order_by("name", "pk")),
                apps=tuple(self._app(one) for one in apps.order_by("code")),
            )
        )

    def _cluster(self, row: Cluster) -> estate.Cluster:
        return estate.Cluster(
            name=row.name,
            provider=row.provider.slug if row.provider else None,
            status=_member(ClusterStatus, row.status),
            hypervisor=row.hypervisor_uri,
            host_failures_to_survive=row.host_failures_to_survive,
            vcpu_allocation_ratio=float(row.vcpu_allocation_ratio),
            memory_allocation_ratio=float(row.memory_allocation_ratio),
            storage_allocation_ratio=float(row.storage_allocation_ratio),
            reserved=Amounts(row.reserved_vcpus, row.reserved_memory_mib, row.reserved_storage_gib),
            min_unit=Amounts(row.min_vcpus, row.min_memory_mib, row.min_storage_gib),
            step_size=Amounts(row.step_vcpus, row.step_memory_mib, row.step_storage_gib),
            hosts=tuple(self.hosts[row.pk]),
        )

    def _vm(self, row: VirtualMachine) -> estate.VM:
        vm = estate.VM(
            id=str(row.pk),
            name=row.name,
            status=_member(VirtualMachineStatus, row.status),
            amounts=row.amounts,
            cluster=row.cluster.name if row.cluster else None,
            host=self.host_names.get((row.cluster_id, row.device_id)),
            allocation=row.allocation.reference if row.allocation else None,
            addresses=tuple(self.networks.addresses[row.pk]),
            carries=tuple(self.carries[row.pk]),
        )
        return replace(vm, image=row.platform.slug) if row.platform else vm

    def _app(self, row: ServiceApp) -> estate.App:
        return estate.App(
            code=row.code,
            name=row.name,
            owner=row.owner.slug,
            kind=_member(AppKind, row.kind),
            status=_member(AppStatus, row.status),
            blocker=_stated(Blocker, row.blocker),
            verdict=_stated(Verdict, row.verdict),
            category=_stated(SystemCategory, row.category),
            data_class=_stated(DataClass, row.data_class),
            provider=row.provider.slug if row.provider else None,
            users_per_month=row.users_per_month,
            hard=tuple(self.needs[row.pk, Hardness.HARD.value]),
            soft=tuple(self.needs[row.pk, Hardness.SOFT.value]),
            workloads=tuple(self.tiers[row.pk]),
        )


class _Unconnected:
    """Stands in for networks that nobody asks for."""

    def __init__(self) -> None:
        self.addresses: Mapping[int, list[str]] = defaultdict(list)

    def attach(self, snapshot: estate.Snapshot) -> estate.Snapshot:
        """`snapshot` as it is."""
        return snapshot


class _Networks:
    """Recorded prefixes and addresses, and which of them a pool's machines are on.

    The record ties no prefix to a pool, so a pool's networks are those its machines have addresses
    in: the narrowest prefix around each address.
    """

    def __init__(self) -> None:
        self.addresses: dict[int, list[str]] = defaultdict(list)
        self.taken: dict[IPNetwork, list[str]] = defaultdict(list)
        prefixes = Prefix.objects.exclude(status=PrefixStatus.CONTAINER.value)
        self.by_range = {
            ip_network(one.prefix): one
            for one in prefixes.select_related("vlan")
            if is_allowed_range(one.prefix)
        }
        self.shared = Counter(one.vlan_id for one in self.by_range.values())
        self.lengths = sorted({one.prefixlen for one in self.by_range}, reverse=True)
        addresses = IPAddress.objects.order_by("host_key", "pk")
        recorded = addresses.values_list("vm_interface__virtual_machine_id", "address", "role")
        for vm_id, text, role in recorded:
            if vm_id and role not in SHARED_ROLES:
                self.addresses[vm_id].append(text)
            elif (found := self._around(text)) is not None:
                self.taken[found].append(text)

    def attach(self, snapshot: estate.Snapshot) -> estate.Snapshot:
        """`snapshot` with the networks of its pools, and each machine's."""
        homes = snapshot.homes()
        found = {vm: self._ranges(vm.addresses) for vm in snapshot.vms}
        ranges: dict[str, set[IPNetwork]] = defaultdict(set)
        for vm, around in found.items():
            ranges[homes.get(vm, "")].update(around)
        names = {pool: self._names(members) for pool, members in ranges.items()}
        return replace(
            snapshot,
            vms=tuple(
                replace(vm, network=names[homes.get(vm, "")][around[0]] if around else None)
                for vm, around in found.items()
            ),
            clusters=tuple(
                replace(one, networks=self._of(names.get(one.ref, {}))) for one in snapshot.clusters
            ),
            allocations=tuple(
                replace(one, networks=self._of(names.get(one.ref, {})))
                for one in snapshot.allocations
            ),
        )

    def _ranges(self, addresses: Iterable[str]) -> list[IPNetwork]:
        return [one for one in map(self._around, addresses) if one is not None]

    def _around(self, address: str) -> IPNetwork | None:
        ip = ip_interface(address).ip
        for length in self.lengths:
            if length <= ip.max_prefixlen:
                around = ip_network((ip, length), strict=False)
                if around in self.by_range:
                    return around
        return None

    def _names(self, ranges: Iterable[IPNetwork]) -> dict[IPNetwork, str]:
        """A name for each of a pool's ranges, no two alike; the one recorded first keeps its."""
        ordered = sorted(ranges, key=lambda one: self.by_range[one].pk)
        return dict(zip(ordered, allowed_names(map(self._name, ordered)), strict=True))

    def _of(self, names: Mapping[IPNetwork, str]) -> tuple[estate.PoolNetwork, ...]:
        return tuple(
            estate.PoolNetwork(
                name=name,
                cidr=str(one),
                vlan=vlan.vid if (vlan := self.by_range[one].vlan) else None,
                taken=tuple(dict.fromkeys(self.taken[one])),
            )
            for one, name in sorted(names.items(), key=lambda item: str(item[0]))
        )

    def _name(self, of: IPNetwork) -> str:
        """The VLAN's name; the range's where there is none, or where it shares the VLAN."""
        vlan = self.by_range[of].vlan
        if vlan is None or self.shared[vlan.pk] > 1:
            return slug(f"net {of}")
        return slug(vlan.name) or slug(f"net {of}")


def _provider(row: Provider) -> estate.Provider:
    return estate.Provider(
        slug=row.slug,
        name=row.name,
        kind=_member(ProviderKind, row.kind),
        data_classes=tuple(_member(DataClass, one) for one in row.data_classes),
        highest_category=_stated(SystemCategory, row.highest_category),
        residency=_stated(DataResidency, row.residency),
    )


def _allocation(row: Allocation) -> estate.Allocation:
    return estate.Allocation(
        reference=row.reference,
        provider=row.provider.slug,
        status=_member(AllocationStatus, row.status),
        amounts=row.granted,
        committed=row.committed,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )


def _host(row: Device, name: str) -> estate.Host:
    return estate.Host(
        name=name,
        status=_member(DeviceStatus, row.status),
        amounts=row.capacity,
        service_from=row.service_from,
        service_until=row.service_until,
        rack=row.rack.name if row.rack else None,
        site=row.site.name,
    )


def _workload(row: Workload, on_devices: int) -> estate.Workload:
    return estate.Workload(
        name=row.name,
        vcpus=row.vcpus,
        memory_mib=row.memory_mib,
        storage_gib=row.storage_gib,
        instances_wanted=row.instances_wanted,
        instances_needed=row.instances_needed,
        anti_affinity=row.anti_affinity,
        co_hosted=row.co_hosted,
        on_devices=on_devices,
    )


def _member(kind: type[ChoiceT], value: str) -> ChoiceT:
    """The member whose value was recorded; actions let no other stand there."""
    return kind(value)


def _stated(kind: type[ChoiceT], value: str) -> ChoiceT | None:
    return _member(kind, value) if value else None

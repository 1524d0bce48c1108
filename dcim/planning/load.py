"""The snapshot of the record as it is now. The only file of the planner that asks a database.

A fixed number of queries, whatever the size. What was read is used only when no change was logged
meanwhile, so that a snapshot belongs to the serial it names without a lock that writers wait for.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_interface, ip_network
from typing import Final, TypeAlias, TypeVar

from django.utils import timezone

from dcim.planning import estate
from dcim.planning.demand import slug
from dcim.record.allocations import Allocation, Provider
from dcim.record.changes import current_serial
from dcim.record.devices import Device
from dcim.record.ipam import IPAddress, Prefix
from dcim.record.service_apps import AppDependency, ServiceApp, Workload
from dcim.record.virtualization import Cluster, VirtualMachine
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
    PrefixStatus,
    ProviderKind,
    SystemCategory,
    Verdict,
    VirtualMachineStatus,
)
from dcim.vocabulary.units import disk_mb_to_gib, whole_vcpus

MOST_READINGS: Final = 5
IPNetwork: TypeAlias = IPv4Network | IPv6Network
ChoiceT = TypeVar("ChoiceT", bound=StrEnum)


def load_snapshot(as_of: date | None = None) -> estate.Snapshot:
    """The record as it is now, for plans and ledgers.

    Args:
        as_of: the day for which grants are judged; today where the data centre is, unless given.

    Notes: fourteen queries. Under writes that never pause, the fifth reading is taken as it is;
    `snapshot.check` refuses it when it contradicts itself.
    """
    day = as_of or timezone.localdate()
    for _ in range(MOST_READINGS):
        serial = current_serial()
        snapshot = _Reading().snapshot(serial, day)
        if current_serial() == serial:
            break
    return snapshot


class _Reading:
    """One pass through the record; the mappings lead from primary keys to what hangs on them."""

    def __init__(self) -> None:
        self.networks = _Networks()
        self.hosts: dict[int | None, list[estate.Host]] = defaultdict(list)
        for host in Device.objects.filter(cluster__isnull=False).select_related("device_type"):
            self.hosts[host.cluster_id].append(_host(host))
        self.needs: dict[tuple[int, str], list[str]] = defaultdict(list)
        needs = AppDependency.objects.values_list("app_id", "needs__code", "hardness")
        for app, needed, hardness in needs:
            self.needs[app, hardness].append(needed)
        self.tiers: dict[int, list[estate.Workload]] = defaultdict(list)
        self.carries: dict[int, list[str]] = defaultdict(list)
        self._read_tiers()

    def _read_tiers(self) -> None:
        names: dict[int, str] = {}
        for tier in Workload.objects.select_related("app"):
            self.tiers[tier.app_id].append(_workload(tier))
            names[tier.pk] = f"{tier.app.code}/{tier.name}"
        carriers = Workload.virtual_machines.through.objects
        for tier_id, vm_id in carriers.values_list("workload_id", "virtualmachine_id"):
            self.carries[vm_id].append(names[tier_id])

    def snapshot(self, serial: int, day: date) -> estate.Snapshot:
        """What was read, as one."""
        machines = VirtualMachine.objects.select_related(
            "cluster", "device", "allocation", "platform"
        )
        apps = ServiceApp.objects.select_related("owner", "provider")
        clusters = Cluster.objects.select_related("provider")
        grants = Allocation.objects.select_related("provider")
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
            hosts=tuple(self.hosts[row.pk]),
        )

    def _vm(self, row: VirtualMachine) -> estate.VM:
        vm = estate.VM(
            name=row.name,
            status=_member(VirtualMachineStatus, row.status),
            amounts=Amounts(
                whole_vcpus(row.vcpus), row.memory_mib or 0, disk_mb_to_gib(row.disk_mb or 0)
            ),
            cluster=row.cluster.name if row.cluster else None,
            host=_host_name(row.device) if row.device else None,
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
            blocker=_member(Blocker, row.blocker) if row.blocker else None,
            verdict=_member(Verdict, row.verdict) if row.verdict else None,
            category=_member(SystemCategory, row.category) if row.category else None,
            data_class=_member(DataClass, row.data_class) if row.data_class else None,
            provider=row.provider.slug if row.provider else None,
            users_per_month=row.users_per_month,
            hard=tuple(self.needs[row.pk, Hardness.HARD.value]),
            soft=tuple(self.needs[row.pk, Hardness.SOFT.value]),
            workloads=tuple(self.tiers[row.pk]),
        )


class _Networks:
    """Recorded prefixes and addresses, and which of them a pool's machines are on.

    The record ties no prefix to a pool, so a pool's networks are those its machines have addresses
    in: the narrowest prefix around each address.
    """

    def __init__(self) -> None:
        self.addresses: dict[int, list[str]] = defaultdict(list)
        self.taken: dict[IPNetwork, list[str]] = defaultdict(list)
        prefixes = Prefix.objects.exclude(status=PrefixStatus.CONTAINER.value)
        self.by_range = {ip_network(one.prefix): one for one in prefixes.select_related("vlan")}
        self.shared = Counter(one.vlan_id for one in self.by_range.values())
        self.lengths = sorted({one.prefixlen for one in self.by_range}, reverse=True)
        addresses = IPAddress.objects.order_by("host_key", "pk")
        on_machines = addresses.filter(vm_interface__isnull=False)
        for vm_id, text in on_machines.values_list("vm_interface__virtual_machine_id", "address"):
            self.addresses[vm_id].append(text)
        for text in addresses.filter(vm_interface__isnull=True).values_list("address", flat=True):
            if (found := self._around(text)) is not None:
                self.taken[found].append(text)

    def attach(self, snapshot: estate.Snapshot) -> estate.Snapshot:
        """`snapshot` with the networks of its pools, and each machine's."""
        ranges: dict[str, set[IPNetwork]] = defaultdict(set)
        vms: list[estate.VM] = []
        homes = snapshot.homes()
        for vm in snapshot.vms:
            found = [one for one in map(self._around, vm.addresses) if one is not None]
            ranges[homes.get(vm, "")].update(found)
            vms.append(replace(vm, network=self._name(found[0]) if found else None))
        return replace(
            snapshot,
            vms=tuple(vms),
            clusters=tuple(
                replace(one, networks=self._of(ranges[one.ref])) for one in snapshot.clusters
            ),
            allocations=tuple(
                replace(one, networks=self._of(ranges[one.ref])) for one in snapshot.allocations
            ),
        )

    def _around(self, address: str) -> IPNetwork | None:
        ip = ip_interface(address).ip
        for length in self.lengths:
            if length <= ip.max_prefixlen:
                around = ip_network((ip, length), strict=False)
                if around in self.by_range:
                    return around
        return None

    def _of(self, ranges: Iterable[IPNetwork]) -> tuple[estate.PoolNetwork, ...]:
        return tuple(
            estate.PoolNetwork(
                name=self._name(one),
                cidr=str(one),
                vlan=vlan.vid if (vlan := self.by_range[one].vlan) else None,
                taken=tuple(self.taken[one]),
            )
            for one in sorted(ranges, key=str)
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
    )


def _allocation(row: Allocation) -> estate.Allocation:
    return estate.Allocation(
        reference=row.reference,
        provider=row.provider.slug,
        status=_member(AllocationStatus, row.status),
        amounts=row.granted,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )


def _host(row: Device) -> estate.Host:
    return estate.Host(
        name=_host_name(row), status=_member(DeviceStatus, row.status), amounts=row.capacity
    )


def _host_name(row: Device) -> str:
    return row.name or f"device-{row.pk}"


def _workload(row: Workload) -> estate.Workload:
    return estate.Workload(
        name=row.name,
        vcpus=row.vcpus,
        memory_mib=row.memory_mib,
        storage_gib=row.storage_gib,
        instances_wanted=row.instances_wanted,
        instances_needed=row.instances_needed,
        anti_affinity=row.anti_affinity,
        co_hosted=row.co_hosted,
    )


def _member(kind: type[ChoiceT], value: str) -> ChoiceT:
    """The member whose value was recorded; actions let no other stand there."""
    return kind(value)

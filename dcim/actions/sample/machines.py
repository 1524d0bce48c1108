"""The machines of the sample: one per instance of each tier, where the register says its app runs.

Idle apps that the register hosts locally keep their machines, switched off; idle apps elsewhere,
and the ministries' own, have none here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from ipaddress import IPv4Network
from typing import Any, Final

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.actions.register.imports import ImportedApp
from dcim.actions.register.rows import Hosting
from dcim.actions.sample.grants import GrantedRoom
from dcim.actions.sample.placing import Seat, Shelf, place
from dcim.actions.sample.room import RESERVED_PER_HOST_MIB, Room
from dcim.record.equipment.devices import Device
from dcim.record.networks.ipam import IPAddress, Prefix
from dcim.record.networks.machine_parts import VirtualDisk, VMInterface
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.networks.vlans import VLAN
from dcim.record.places.hardware import Platform
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices import (
    AppStatus,
    InterfaceMode,
    ProviderKind,
    VirtualMachineStatus,
)
from dcim.vocabulary.units import gib_to_disk_mb, whole_vcpus

# What must outlive the main room runs at the recovery site: identity, messages, the hospital.
RECOVERY_APPS: Final = frozenset(
    {"SSO", "BSRE", "MSGGW", "MAIL", "NIKLINK", "PAYGW", "SIMRS", "ANTREAN-RS", "SISKEUDES"}
)
NETWORKS: Final = {
    "PDR-KVM": (10, "10.64.10.0/23"),
    "DRC-KVM": (10, "10.65.10.0/24"),
    "PDN": (110, "10.110.10.0/24"),
    "AWAN-NUSA": (210, "198.51.100.0/24"),
}
FIRST_ADDRESS: Final = 11  # those below are for gateways and the like
VCPU_RATIO: Final = 4


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine to be recorded, and the tiers that it carries."""

    name: str
    app: ServiceApp
    workloads: tuple[Workload, ...]
    vcpus: Decimal
    memory_mib: int
    storage_gib: int

    @property
    def amounts(self) -> Amounts:
        """What it takes of its pool."""
        return Amounts(whole_vcpus(self.vcpus), self.memory_mib, self.storage_gib)


@dataclass(frozen=True, slots=True)
class Network:
    """The network of a cluster's machines."""

    vlan: VLAN
    prefix: IPv4Network


def create_machines(
    apps: Sequence[ImportedApp],
    rooms: Sequence[Room],
    grants: Mapping[ProviderKind, GrantedRoom],
    *,
    by: Actor,
) -> list[VirtualMachine]:
    """The machines of `apps` on the hosts of `rooms` and on `grants`, with disk and address."""
    platform = record.create(Platform, {"name": "Debian 12", "slug": "debian-12"}, by=by)
    pools = _pools(rooms, grants)
    networks = _create_networks([pool.cluster for pool in pools.values()], by)
    recorded: list[VirtualMachine] = []
    for pool in pools.values():
        machines = [
            one for app in apps if _pool_of(app) == pool.cluster.name for one in machines_of(app)
        ]
        recorded += _record_machines(machines, pool, platform, networks[pool.cluster.name], by)
    return recorded


def machines_of(imported: ImportedApp) -> list[Machine]:
    """One machine per instance of each tier of an app, or one for all tiers that share it."""
    code = imported.app.code.lower()
    shared = tuple(one for one in imported.workloads if one.co_hosted)
    machines = [_machine(f"{code}-1", imported.app, shared)] if shared else []
    return machines + [
        _machine(f"{code}-{tier.name}-{number}", imported.app, (tier,))
        for tier in imported.workloads
        if not tier.co_hosted
        for number in range(1, tier.instances_wanted + 1)
    ]


def _machine(name: str, app: ServiceApp, tiers: tuple[Workload, ...]) -> Machine:
    return Machine(
        name,
        app,
        tiers,
        sum((one.vcpus for one in tiers), Decimal(0)),
        sum(one.memory_mib for one in tiers),
        sum(one.storage_gib for one in tiers),
    )


@dataclass(frozen=True, slots=True)
class _Pool:
    cluster: Cluster
    hosts: tuple[Device, ...] = ()
    grant: GrantedRoom | None = None


def _pools(rooms: Sequence[Room], grants: Mapping[ProviderKind, GrantedRoom]) -> dict[str, _Pool]:
    pools = [_Pool(room.cluster, room.hosts) for room in rooms]
    pools += [_Pool(grant.cluster, grant=grant) for grant in grants.values()]
    return {pool.cluster.name: pool for pool in pools}


def _pool_of(imported: ImportedApp) -> str:
    """The cluster that holds an app's machines; empty when it has none."""
    if imported.hosting is Hosting.LOCAL:
        return "DRC-KVM" if imported.app.code in RECOVERY_APPS else "PDR-KVM"
    if imported.app.status != AppStatus.ACTIVE:
        return ""
    return {Hosting.PDN: "PDN", Hosting.THIRD_PARTY: "AWAN-NUSA"}.get(imported.hosting, "")


def _create_networks(clusters: Sequence[Cluster], by: Actor) -> dict[str, Network]:
    vlans = record.create_many(
        VLAN,
        [
            {"site": one.site, "vid": NETWORKS[one.name][0], "name": f"{one.name.lower()}-apps"}
            for one in clusters
        ],
        by=by,
    )
    prefixes = record.create_many(
        Prefix,
        [
            {"site": one.site, "vlan": vlan, "prefix": NETWORKS[one.name][1]}
            for one, vlan in zip(clusters, vlans, strict=True)
        ],
        by=by,
    )
    return {
        cluster.name: Network(vlan, IPv4Network(prefix.prefix))
        for cluster, vlan, prefix in zip(clusters, vlans, prefixes, strict=True)
    }


def _record_machines(
    machines: Sequence[Machine], pool: _Pool, platform: Platform, network: Network, by: Actor
) -> list[VirtualMachine]:
    hosts = _hosts_of(machines, pool)
    values = [_values(one, pool, platform, hosts.get(one.name)) for one in machines]
    recorded = record.create_many(VirtualMachine, values, by=by)
    record.create_many(
        VirtualDisk,
        [{"virtual_machine": one, "name": "vda", "size_mb": one.disk_mb} for one in recorded],
        by=by,
    )
    _link_workloads(machines, recorded, by)
    _connect(recorded, network, by)
    return recorded


def _values(
    machine: Machine, pool: _Pool, platform: Platform, host: Device | None
) -> dict[str, Any]:
    is_active = machine.app.status == AppStatus.ACTIVE
    status = VirtualMachineStatus.ACTIVE if is_active else VirtualMachineStatus.OFFLINE
    return {
        "name": machine.name,
        "status": status.value,
        "site": pool.cluster.site,
        "cluster": pool.cluster,
        "device": host,
        "allocation": None if pool.grant is None else pool.grant.allocation,
        "tenant": machine.app.owner,
        "platform": platform,
        "vcpus": machine.vcpus,
        "memory_mib": machine.memory_mib,
        "disk_mb": gib_to_disk_mb(machine.storage_gib),
    }


def _hosts_of(machines: Sequence[Machine], pool: _Pool) -> dict[str, Device]:
    """The host of each machine; nothing where the hosts are the provider's."""
    if not pool.hosts:
        return {}
    by_name = {str(host): host for host in pool.hosts}
    seats = [Seat(one.name, one.amounts, _group(one)) for one in machines]
    shelves = [Shelf(str(host), str(host.rack), _room_on(host)) for host in pool.hosts]
    return {name: by_name[host] for name, host in place(seats, shelves).items()}


def _group(machine: Machine) -> str:
    return next((str(one) for one in machine.workloads if one.anti_affinity), "")


def _room_on(host: Device) -> Amounts:
    """What a host can carry: cores are shared, and the hypervisor keeps some memory."""
    capacity = host.capacity
    return Amounts(
        capacity.vcpus * VCPU_RATIO,
        capacity.memory_mib - RESERVED_PER_HOST_MIB,
        capacity.storage_gib,
    )


def _link_workloads(
    machines: Sequence[Machine], recorded: Sequence[VirtualMachine], by: Actor
) -> None:
    carriers: dict[int, tuple[Workload, list[VirtualMachine]]] = {}
    for machine, vm in zip(machines, recorded, strict=True):
        for tier in machine.workloads:
            carriers.setdefault(tier.pk, (tier, []))[1].append(vm)
    changes = [(tier, {"virtual_machines": vms}) for tier, vms in carriers.values()]
    record.update_many(Workload, changes, by=by)


def _connect(machines: Sequence[VirtualMachine], network: Network, by: Actor) -> None:
    """A port, an address and a name for each machine."""
    ports = record.create_many(
        VMInterface,
        [
            {
                "virtual_machine": one,
                "name": "eth0",
                "mode": InterfaceMode.ACCESS.value,
                "untagged_vlan": network.vlan,
            }
            for one in machines
        ],
        by=by,
    )
    addresses = record.create_many(
        IPAddress,
        [
            {
                "address": f"{network.prefix[number]}/{network.prefix.prefixlen}",
                "vm_interface": port,
                "tenant": machine.tenant,
                "dns_name": f"{machine.name}.paser.example",
            }
            for number, (machine, port) in enumerate(
                zip(machines, ports, strict=True), start=FIRST_ADDRESS
            )
        ],
        by=by,
    )
    changes = [
        (machine, {"primary_ip4": address})
        for machine, address in zip(machines, addresses, strict=True)
    ]
    record.update_many(VirtualMachine, changes, by=by)

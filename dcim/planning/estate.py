"""Everything the planner needs to know, at one moment, as frozen data.

Pools (clusters with their hosts, grants), the virtual machines on them, and the apps with their
tiers. `load` makes it from the record, `snapshot` reads it from a file, so that a what-if needs no
database. What a pool has left is the ledger's question, what to do about it the planner's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from dcim.vocabulary.amounts import Amounts, ResourceClass
from dcim.vocabulary.choices import (
    AllocationStatus,
    AppKind,
    AppStatus,
    Blocker,
    ClusterStatus,
    DataClass,
    DeviceStatus,
    ProviderKind,
    SystemCategory,
    Verdict,
    VirtualMachineStatus,
)
from dcim.vocabulary.holding import DataResidency, Nature, Terms
from dcim.vocabulary.hypervisors import LIBVIRT, driver_of, normal_uri
from dcim.vocabulary.naming import allowed_names

NOTHING: Final = Amounts()
UNITS: Final = Amounts(1, 1, 1)
PLANNED_STATUSES: Final = frozenset({VirtualMachineStatus.PLANNED, VirtualMachineStatus.STAGED})
RUNNING_STATUSES: Final = frozenset(
    {VirtualMachineStatus.ACTIVE, VirtualMachineStatus.DECOMMISSIONING}
)


@dataclass(frozen=True, slots=True)
class Guests:
    """What new machines are told at their first start: whom to ask for names, whom to let in."""

    name_servers: tuple[str, ...] = ()
    ssh_keys: tuple[str, ...] = ()


NOTHING_TOLD: Final = Guests()


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Who gives room, and what it may hold; empty `data_classes` means: not stated."""

    slug: str
    name: str = ""
    kind: ProviderKind = ProviderKind.COMMERCIAL
    data_classes: tuple[DataClass, ...] = ()
    highest_category: SystemCategory | None = None
    residency: DataResidency | None = None
    hypervisor: str = ""
    guests: Guests = NOTHING_TOLD

    @property
    def terms(self) -> Terms:
        """What it may hold, for the rule that judges it."""
        return Terms(
            frozenset(self.data_classes), self.highest_category or "", self.residency or ""
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A member of a cluster, and where it stands; only active hosts give room.

    Its first and last day may be stated.
    """

    name: str
    status: DeviceStatus = DeviceStatus.ACTIVE
    amounts: Amounts = NOTHING
    service_from: date | None = None
    service_until: date | None = None
    rack: str | None = None
    site: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolNetwork:
    """A network of a pool; `taken` are addresses that others than its machines hold.

    Nothing records its `mode`: see the plan document's network.
    """

    name: str
    mode: str = ""
    cidr: str | None = None
    vlan: int | None = None
    taken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Hosts that share their capacity, with Placement's ratios and reserve."""

    name: str
    provider: str | None = None
    status: ClusterStatus = ClusterStatus.ACTIVE
    hypervisor: str = ""
    guests: Guests = NOTHING_TOLD
    host_failures_to_survive: int = 1
    vcpu_allocation_ratio: float = 1.0
    memory_allocation_ratio: float = 1.0
    storage_allocation_ratio: float = 1.0
    reserved: Amounts = NOTHING
    min_unit: Amounts = UNITS
    step_size: Amounts = UNITS
    hosts: tuple[Host, ...] = ()
    networks: tuple[PoolNetwork, ...] = ()

    @property
    def ref(self) -> str:
        """The public name of the pool."""
        return f"cluster:{self.name}"

    @property
    def ratios(self) -> dict[ResourceClass, float]:
        """The allocation ratio of each resource class."""
        return {
            ResourceClass.VCPU: self.vcpu_allocation_ratio,
            ResourceClass.MEMORY_MIB: self.memory_allocation_ratio,
            ResourceClass.STORAGE_GIB: self.storage_allocation_ratio,
        }

    @property
    def active_hosts(self) -> tuple[Host, ...]:
        """The hosts that give room."""
        return tuple(host for host in self.hosts if host.status is DeviceStatus.ACTIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """A grant: a hard ceiling on what machines draw on it."""

    reference: str
    provider: str
    status: AllocationStatus = AllocationStatus.ACTIVE
    amounts: Amounts = NOTHING
    committed: Amounts = NOTHING  # held for machines beyond what they draw
    valid_from: date | None = None
    valid_until: date | None = None
    networks: tuple[PoolNetwork, ...] = ()

    @property
    def ref(self) -> str:
        """The public name of the pool."""
        return f"allocation:{self.reference}"

    def is_in_force(self, on: date | None) -> bool:
        """Whether machines may draw on the grant on that day; dates are not judged without one."""
        if self.status is not AllocationStatus.ACTIVE:
            return False
        begun = on is None or self.valid_from is None or self.valid_from <= on
        ended = on is not None and self.valid_until is not None and self.valid_until < on
        return begun and not ended


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Carried:
    """A tier of an app by its name, as a machine carries it."""

    app: str
    tier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VM:
    """A virtual machine; `id` tells it from its namesakes, `carries` are the tiers on it."""

    id: str
    name: str
    status: VirtualMachineStatus = VirtualMachineStatus.ACTIVE
    amounts: Amounts = NOTHING
    cluster: str | None = None
    host: str | None = None
    allocation: str | None = None
    image: str = "debian-12"
    network: str | None = None
    addresses: tuple[str, ...] = ()
    carries: tuple[Carried, ...] = ()

    @property
    def is_planned(self) -> bool:
        """Whether it does not stand yet: it is planned or staged."""
        return self.status in PLANNED_STATUSES

    @property
    def is_running(self) -> bool:
        """Whether it is recorded as switched on."""
        return self.status in RUNNING_STATUSES

    @property
    def apps(self) -> tuple[str, ...]:
        """Codes of the apps it carries, each once, in order."""
        return tuple(sorted({tier.app for tier in self.carries}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """One tier of an app: what an instance takes, how many are wanted and how many must run.

    `on_devices` of its instances stand on devices of their own and take no room of any pool.
    """

    name: str
    vcpus: Decimal
    memory_mib: int
    storage_gib: int = 0
    instances_wanted: int = 1
    instances_needed: int = 1
    anti_affinity: bool = False
    co_hosted: bool = False
    on_devices: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A service app; `hard` and `soft` are the codes of the apps it rests on.

    `backup_copies` are those of its tiers that have succeeded at least once.
    """

    code: str
    name: str = ""
    owner: str = ""
    kind: AppKind = AppKind.WEB_APP
    status: AppStatus = AppStatus.ACTIVE
    blocker: Blocker | None = None
    verdict: Verdict | None = None
    category: SystemCategory | None = None
    data_class: DataClass | None = None
    provider: str | None = None
    users_per_month: int = 0
    backup_copies: int = 0
    hard: tuple[str, ...] = ()
    soft: tuple[str, ...] = ()
    workloads: tuple[Workload, ...] = ()

    @property
    def nature(self) -> Nature:
        """What decides who may hold it."""
        return Nature(self.data_class or "", self.category or "")


Pool = Cluster | Allocation


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The whole, at the record's `serial`; `as_of` is the day for which grants are judged."""

    serial: int = 0
    as_of: date | None = None
    providers: tuple[Provider, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    allocations: tuple[Allocation, ...] = ()
    vms: tuple[VM, ...] = ()
    apps: tuple[App, ...] = ()

    @property
    def pools(self) -> tuple[Pool, ...]:
        """Clusters, then grants."""
        return (*self.clusters, *self.allocations)

    def homes(self) -> dict[VM, str]:
        """The pool that holds each machine: its cluster, or its grant where hosts are not ours."""
        with_hosts = {cluster.name for cluster in self.clusters if cluster.hosts}
        homes: dict[VM, str] = {}
        for vm in self.vms:
            if vm.cluster is not None and (vm.cluster in with_hosts or vm.allocation is None):
                homes[vm] = f"cluster:{vm.cluster}"
            elif vm.allocation is not None:
                homes[vm] = f"allocation:{vm.allocation}"
        return homes

    def names(self) -> dict[VM, str]:
        """What each machine is called in plans: as recorded where hypervisors take that.

        Notes: a hypervisor knows machines by name, so no two of a pool, or of pools on one
        hypervisor, are called alike; the longest recorded keeps its name. Clouds know their
        machines by ids.
        """
        names: dict[VM, str] = {}
        site_of = {pool.ref: self._site(pool) for pool in self.pools}
        here: dict[str, list[VM]] = {site: [] for site in site_of.values()}
        for vm, home in self.homes().items():
            if home in site_of:
                here[site_of[home]].append(vm)
        for vms in here.values():
            vms.sort(key=lambda vm: (vm.name, len(vm.id), vm.id))
            names.update(zip(vms, allowed_names(vm.name for vm in vms), strict=True))
        return names

    def hypervisor_of(self, pool: Pool) -> str:
        """Where the cluster is, or the cloud of whose provider the grant is; empty: a rehearsal."""
        if isinstance(pool, Cluster):
            return pool.hypervisor
        found = (one.hypervisor for one in self.providers if one.slug == pool.provider)
        return next(found, "")

    def guests_of(self, pool: Pool) -> Guests:
        """What new machines of the pool are told; of a grant its provider says it."""
        if isinstance(pool, Cluster):
            return pool.guests
        found = (one.guests for one in self.providers if one.slug == pool.provider)
        return next(found, NOTHING_TOLD)

    def _site(self, pool: Pool) -> str:
        """Pools with one site share the names of machines."""
        address = self.hypervisor_of(pool)
        return normal_uri(address) if address and driver_of(address) == LIBVIRT else pool.ref

    def carriers(self) -> dict[str, list[VM]]:
        """The machines of each app, in the order of the snapshot."""
        carriers: dict[str, list[VM]] = {app.code: [] for app in self.apps}
        for vm in self.vms:
            for code in vm.apps:
                carriers[code].append(vm)
        return carriers

"""Random snapshots for property tests: small, so that capacity binds, and as crooked as allowed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from dcim.planning.estate import (
    UNITS,
    VM,
    Allocation,
    App,
    Carried,
    Cluster,
    Host,
    PoolNetwork,
    Provider,
    Snapshot,
    Workload,
)
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices import (
    AllocationStatus,
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
from dcim.vocabulary.holding import DataResidency

CODES = ("A", "B", "A/B", "D", "E", "F")
TIERS = ("app", "B/app")
NAMES = ("vm", "vm-2", "vm", "a-app-1", "Web 1 (lama)", "web-1-lama")
NETWORKS = (
    PoolNetwork(name="apps", cidr="10.64.0.0/28", taken=("10.64.0.3/28",)),
    PoolNetwork(name="Data", cidr="10.64.0.0/24"),
    PoolNetwork(name="data", cidr="10.65.0.0/31"),
)
ADDRESSES = ("10.64.0.2/28", "10.64.0.4/28", "10.64.0.40/24", "10.65.0.1/31", "10.99.0.1/24")
HYPERVISORS = ("", "", "qemu:///system", "openstack://awan.test/v3")
RATIOS = (1.0, 1.0, 1.15, 0.7, 2.0)


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """Any snapshot that does not contradict itself."""
    clusters = tuple(draw(clusters_named(name)) for name in ("K1", "K2")[: draw(st.integers(0, 2))])
    grants = tuple(draw(grants_named(name)) for name in ("G1", "G2")[: draw(st.integers(0, 2))])
    codes = CODES[: draw(st.integers(1, 6))]
    apps = tuple(draw(apps_named(code, codes)) for code in codes)
    tiers = [Carried(app=app.code, tier=tier.name) for app in apps for tier in app.workloads]
    names = draw(st.permutations(NAMES))[: draw(st.integers(0, 6))]
    vms = tuple(
        draw(vms_named(str(n), name, clusters, grants, tiers)) for n, name in enumerate(names)
    )
    providers = draw(provider_sets())
    return Snapshot(
        serial=1, providers=providers, clusters=clusters, allocations=grants, vms=vms, apps=apps
    )


@st.composite
def bare_snapshots(draw: st.DrawFn) -> Snapshot:
    """At most four apps without machines, and other machines that all stand on a host."""
    whole = draw(snapshots())
    apps = tuple(_trimmed(app) for app in whole.apps[:4])
    kept = {app.code for app in apps}
    hosts = {one.name: one.hosts for one in whole.clusters}
    vms = tuple(
        replace(vm, carries=(), status=VirtualMachineStatus.ACTIVE, host=hosts[vm.cluster][0].name)
        for vm in whole.vms
        if vm.cluster is not None and hosts[vm.cluster]
    )
    apps = tuple(
        replace(app, hard=tuple(c for c in app.hard if c in kept), soft=()) for app in apps
    )
    return replace(whole, apps=apps, vms=vms)


def _trimmed(app: App) -> App:
    return replace(app, verdict=None) if app.verdict is Verdict.REPAIR else app


def amounts(low: int, high: int) -> st.SearchStrategy[Amounts]:
    """Amounts with each class from `low` to `high`."""
    one = st.integers(low, high)
    return st.builds(Amounts, one, one, one)


@st.composite
def clusters_named(draw: st.DrawFn, name: str) -> Cluster:
    """A cluster of no to three hosts, mostly active."""
    statuses = st.sampled_from([DeviceStatus.ACTIVE] * 5 + [DeviceStatus.OFFLINE])
    hosts = tuple(
        Host(name=f"{name}-h{n}", status=draw(statuses), amounts=draw(amounts(4, 12)))
        for n in range(draw(st.integers(0, 3)))
    )
    return Cluster(
        name=name,
        provider=draw(st.sampled_from([None, "paser"])),
        hypervisor=draw(st.sampled_from(HYPERVISORS)),
        status=draw(st.sampled_from([ClusterStatus.ACTIVE] * 5 + [ClusterStatus.OFFLINE])),
        host_failures_to_survive=draw(st.sampled_from([0, 1, 1, 2])),
        vcpu_allocation_ratio=draw(st.sampled_from(RATIOS)),
        memory_allocation_ratio=draw(st.sampled_from(RATIOS)),
        storage_allocation_ratio=draw(st.sampled_from(RATIOS)),
        reserved=draw(amounts(0, 2)),
        min_unit=draw(st.sampled_from([UNITS, UNITS, Amounts(2, 1, 3)])),
        step_size=draw(st.sampled_from([UNITS, UNITS, Amounts(1, 2, 3), Amounts(2, 3, 1)])),
        hosts=hosts,
        networks=NETWORKS[: draw(st.integers(0, 3))],
    )


def grants_named(reference: str) -> st.SearchStrategy[Allocation]:
    """A grant of the PDN or of a commercial provider."""
    return st.builds(
        Allocation,
        reference=st.just(reference),
        provider=st.sampled_from(["pdn", "pdn", "niaga"]),
        status=st.sampled_from([AllocationStatus.ACTIVE] * 4 + [AllocationStatus.RETURNED]),
        amounts=amounts(4, 10),
    )


@st.composite
def apps_named(draw: st.DrawFn, code: str, codes: tuple[str, ...]) -> App:
    """An app, mostly inactive, that may need any other: cycles included."""
    status = draw(st.sampled_from([AppStatus.INACTIVE] * 6 + list(AppStatus)))
    inactive = status is AppStatus.INACTIVE
    others = [one for one in codes if one != code]
    needs = st.lists(st.sampled_from(others), max_size=2, unique=True) if others else st.just([])
    tiers = TIERS[: draw(st.sampled_from([1, 1, 2, 2, 0]))]
    return App(
        code=code,
        status=status,
        blocker=draw(st.sampled_from([None, Blocker.SERVER, *Blocker])) if inactive else None,
        verdict=draw(st.sampled_from([None, None, None, *Verdict])) if inactive else None,
        category=draw(st.sampled_from([None, *SystemCategory])),
        data_class=draw(st.sampled_from([None, None, *DataClass])),
        users_per_month=draw(st.sampled_from([0, 0, 350, 20_000])),
        backup_copies=1,  # whether there are any is nothing that a plan could change
        hard=tuple(draw(needs)),
        workloads=tuple(draw(tiers_named(name)) for name in tiers),
    )


@st.composite
def tiers_named(draw: st.DrawFn, name: str) -> Workload:
    """A tier of one or two instances."""
    wanted = draw(st.integers(1, 2))
    return Workload(
        name=name,
        vcpus=draw(st.sampled_from([Decimal(one) for one in ("0.35", "1", "1.1", "1.9", "3")])),
        memory_mib=draw(st.integers(1, 5)),
        storage_gib=draw(st.integers(0, 5)),
        instances_wanted=wanted,
        instances_needed=draw(st.integers(1, wanted)),
        anti_affinity=draw(st.booleans()),
        co_hosted=draw(st.booleans()),
    )


@st.composite
def vms_named(
    draw: st.DrawFn,
    identity: str,
    name: str,
    clusters: tuple[Cluster, ...],
    grants: tuple[Allocation, ...],
    tiers: list[Carried],
) -> VM:
    """A machine anywhere, in any state and size, with any addresses and up to two tiers."""
    cluster = draw(st.sampled_from([None, *clusters]))
    hosts = [host.name for host in cluster.hosts] if cluster else []
    carried = st.lists(st.sampled_from(tiers), max_size=2, unique=True) if tiers else st.just([])
    usual = [VirtualMachineStatus.ACTIVE] * 6
    return VM(
        id=identity,
        name=name,
        status=draw(st.sampled_from([*usual, *VirtualMachineStatus])),
        amounts=draw(amounts(0, 4)),
        network=draw(st.sampled_from([None, "apps", "Data", "data", "elsewhere"])),
        addresses=tuple(draw(st.lists(st.sampled_from(ADDRESSES), max_size=3))),
        cluster=cluster.name if cluster else None,
        host=draw(st.sampled_from([None, *hosts])),
        allocation=draw(st.sampled_from([None, *(grant.reference for grant in grants)])),
        carries=tuple(draw(carried)),
    )


@st.composite
def provider_sets(draw: st.DrawFn) -> tuple[Provider, ...]:
    """The regency, a commercial provider, and mostly the PDN."""
    classes = st.lists(st.sampled_from(list(DataClass)), max_size=2, unique=True)
    kinds = {"paser": ProviderKind.REGENCY, "niaga": ProviderKind.COMMERCIAL}
    kinds["pdn"] = draw(st.sampled_from([ProviderKind.PDN] * 4 + [ProviderKind.COMMERCIAL]))
    return tuple(
        Provider(
            slug=slug,
            kind=kind,
            hypervisor=draw(st.sampled_from(HYPERVISORS)),
            data_classes=tuple(draw(classes)),
            highest_category=draw(st.sampled_from([*[None] * 4, *SystemCategory])),
            residency=draw(st.sampled_from([*[None] * 6, *DataResidency])),
        )
        for slug, kind in kinds.items()
    )

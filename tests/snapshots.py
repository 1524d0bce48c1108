"""Snapshots for tests: small ones by default, and one that resembles the register of Paser."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from dcim.planning.capacity.demand import missing_vms
from dcim.planning.estate import (
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
    AppKind,
    AppStatus,
    Blocker,
    ProviderKind,
    SystemCategory,
)

ChoiceT = TypeVar("ChoiceT", bound=StrEnum)
HOST = Amounts(32, 131072, 10000)
REGISTER = Path(__file__).parents[1] / "dcim" / "sample_data" / "paser_apps.csv"
BLOCKERS = {
    "expired domain": Blocker.DOMAIN,
    "no server": Blocker.SERVER,
    "broken app": Blocker.CODE,
    "no operator": Blocker.OPERATOR,
    "superseded": Blocker.SUPERSEDED,
}
PROVIDERS = (
    Provider(slug="kementerian", name="Ministries", kind=ProviderKind.MINISTRY),
    Provider(slug="niaga", name="Commercial provider", kind=ProviderKind.COMMERCIAL),
    Provider(slug="paser", name="Paser", kind=ProviderKind.REGENCY),
    Provider(slug="pdn", name="PDN", kind=ProviderKind.PDN),
)


def tier(name: str = "web", vcpus: str = "2", **fields: object) -> Workload:
    """A tier of 2 vCPUs, 4 GiB memory and 50 GiB storage."""
    defaults = {"memory_mib": 4096, "storage_gib": 50}
    return Workload(name=name, vcpus=Decimal(vcpus), **{**defaults, **fields})  # type: ignore[arg-type]


def app(code: str, *tiers: Workload, **fields: object) -> App:
    """An inactive app with a backup copy that lacks a server, of one tier unless more are given."""
    defaults: dict[str, object] = {"status": AppStatus.INACTIVE, "backup_copies": 1}
    if fields.get("status", AppStatus.INACTIVE) is AppStatus.INACTIVE:
        defaults["blocker"] = Blocker.SERVER
    defaults["workloads"] = tiers or (tier(),)
    return App(code=code, **{**defaults, **fields})  # type: ignore[arg-type]


def active(code: str, *tiers: Workload, **fields: object) -> App:
    """An active app."""
    return app(code, *tiers, status=AppStatus.ACTIVE, **fields)


def vm(name: str, *carries: str, cluster: str | None = "KVM", **fields: object) -> VM:
    """A machine of 2 vCPUs, 4 GiB memory and 50 GiB storage on cluster KVM; tiers as APP/TIER."""
    defaults = {"id": name, "amounts": Amounts(2, 4096, 50), "carries": carried(*carries)}
    return VM(name=name, cluster=cluster, **{**defaults, **fields})  # type: ignore[arg-type]


def carried(*tiers: str) -> tuple[Carried, ...]:
    """Tiers written as APP/TIER."""
    return tuple(Carried(app=one.split("/")[0], tier=one.split("/")[1]) for one in tiers)


def cluster(*sizes: Amounts, name: str = "KVM", **fields: object) -> Cluster:
    """A cluster that survives no host failure, with hosts h1, h2, … of the given sizes."""
    hosts = tuple(Host(name=f"{name.lower()}-h{n + 1}", amounts=one) for n, one in enumerate(sizes))
    defaults = {"provider": "paser", "host_failures_to_survive": 0, "hosts": hosts}
    return Cluster(name=name, **{**defaults, **fields})  # type: ignore[arg-type]


def grant(amounts: Amounts, reference: str = "G1", **fields: object) -> Allocation:
    """A grant of the PDN."""
    return Allocation(reference=reference, amounts=amounts, **{"provider": "pdn", **fields})  # type: ignore[arg-type]


def snapshot(*parts: App | VM | Cluster | Allocation, **fields: object) -> Snapshot:
    """A snapshot of `parts`, with a regency, a ministry, a commercial provider and the PDN."""
    by_kind: dict[str, object] = {
        "apps": tuple(part for part in parts if isinstance(part, App)),
        "vms": tuple(part for part in parts if isinstance(part, VM)),
        "clusters": tuple(part for part in parts if isinstance(part, Cluster)),
        "allocations": tuple(part for part in parts if isinstance(part, Allocation)),
        "providers": PROVIDERS,
    }
    return Snapshot(**{**by_kind, **fields})  # type: ignore[arg-type]


def paser(hosts: int = 8, host: Amounts = HOST) -> Snapshot:
    """The 94 apps of the register on one cluster, one grant of the PDN and a commercial one.

    Each app of the cluster, the PDN and the commercial provider has one machine per tier; machines
    are spread over the hosts in turn, so that a recorded placement always exists.
    """
    rows = tuple(csv.DictReader(REGISTER.read_text("utf-8").splitlines()))
    apps = tuple(_register_app(row) for row in rows)
    return snapshot(
        *apps,
        *_register_vms(rows, apps, [f"kvm-h{n + 1}" for n in range(hosts)]),
        cluster(
            *[host] * hosts,
            host_failures_to_survive=1,
            vcpu_allocation_ratio=4.0,
            networks=(PoolNetwork(name="apps", cidr="10.64.10.0/24", vlan=10),),
        ),
        grant(Amounts(64, 163840, 3000), "PDN-1"),
        grant(Amounts(200, 400000, 9000), "NIAGA-1", provider="niaga"),
        serial=7,
    )


def member(kind: type[ChoiceT], value: str) -> ChoiceT:
    """The member of `kind` with that value."""
    return kind(value)


def _register_app(row: dict[str, str]) -> App:
    names = [name for name in row["tiers"].split(";") if name]
    whole = Amounts(int(row["vcpu"]), int(row["memory_mib"]), int(row["storage_gib"]))
    national = row["kind"] == "shared_national" and not names
    return App(
        code=row["code"],
        name=row["name"],
        owner=row["owner"],
        kind=member(AppKind, row["kind"]),
        status=member(AppStatus, row["status"]),
        blocker=BLOCKERS.get(row["inactive_reason"]),
        category=member(SystemCategory, row["criticality"]),
        provider="kementerian" if national else None,
        users_per_month=int(row["users_per_month"]),
        backup_copies=1,
        hard=tuple(code for code in row["depends_on"].split(";") if code),
        workloads=tuple(_register_tiers(names, whole)),
    )


def _register_tiers(names: Sequence[str], whole: Amounts) -> Iterator[Workload]:
    """Near equal parts of the app's demand; tiers of apps under 4 vCPUs share one machine."""
    shared = whole.vcpus < 4 and len(names) > 1
    for n, name in enumerate(names):
        vcpus, memory_mib, storage_gib = (
            amount * (n + 1) // len(names) - amount * n // len(names)
            for amount in (
                whole.vcpus * (100 if shared else 1),
                whole.memory_mib,
                whole.storage_gib,
            )
        )
        yield Workload(
            name=name,
            vcpus=Decimal(vcpus) / (100 if shared else 1),
            memory_mib=memory_mib,
            storage_gib=storage_gib,
            co_hosted=shared,
        )


def _register_vms(
    rows: Sequence[dict[str, str]], apps: Sequence[App], hosts: Sequence[str]
) -> Iterator[VM]:
    turn = 0
    grants = {"pdn": "PDN-1", "third_party": "NIAGA-1"}
    for row, one in zip(rows, apps, strict=True):
        runs = row["hosting"] == "local" or (row["status"] == "active" and row["hosting"] in grants)
        for new in missing_vms(one, (), set()) if runs else ():
            turn += 1
            local = row["hosting"] == "local"
            yield VM(
                id=str(turn),
                name=new.name,
                amounts=new.amounts,
                cluster="KVM" if local else None,
                host=hosts[turn % len(hosts)] if local else None,
                allocation=None if local else grants[row["hosting"]],
                network="apps" if local else None,
                addresses=(f"10.64.10.{turn + 1}/24",) if local and turn < 250 else (),
                carries=tuple(Carried(app=one.code, tier=name) for name in new.workloads),
            )

"""Service apps, their tiers, and what they rest on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Model, Q, QuerySet

from dcim.planning import estate
from dcim.planning.load.members import member, stated
from dcim.record.planner.service_apps import AppDependency, ServiceApp, Workload
from dcim.vocabulary.choices import (
    AppKind,
    AppStatus,
    Blocker,
    DataClass,
    Hardness,
    SystemCategory,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class Tiers:
    """The tiers of each app, and those on each machine, by the keys of these."""

    of_apps: dict[int, list[estate.Workload]]
    on_machines: dict[int, list[estate.Carried]]


def read_tiers(tiers: QuerySet[Workload], carriers: QuerySet[Model]) -> Tiers:
    """The tiers in order, and the machines that carry them."""
    found = Tiers(defaultdict(list), defaultdict(list))
    names: dict[int, estate.Carried] = {}
    counted = tiers.annotate(on_devices=Count("devices")).order_by("pk")
    columns = counted.values_list(
        "pk", "app_id", "app__code", "name", "vcpus", "memory_mib", "storage_gib",
        "instances_wanted", "instances_needed", "anti_affinity", "co_hosted", "on_devices",
    )  # fmt: skip
    for (
        pk, app_id, app, name, vcpus, memory_mib, storage_gib, wanted, needed, apart, co_hosted,
        on_devices,
    ) in columns:  # fmt: skip
        names[pk] = estate.Carried(app=app, tier=name)
        found.of_apps[app_id].append(
            estate.Workload(
                name=name,
                vcpus=vcpus,
                memory_mib=memory_mib,
                storage_gib=storage_gib,
                instances_wanted=wanted,
                instances_needed=needed,
                anti_affinity=apart,
                co_hosted=co_hosted,
                on_devices=on_devices,
            )
        )
    carrying = carriers.order_by("pk").values_list("workload_id", "virtualmachine_id")
    for tier_id, vm_id in carrying:
        found.on_machines[vm_id].append(names[tier_id])
    return found


def read_apps(
    rows: QuerySet[ServiceApp],
    needs: QuerySet[AppDependency],
    tiers: Mapping[int, Sequence[estate.Workload]],
) -> tuple[estate.App, ...]:
    """The apps in order, with the tiers that are known by their keys."""
    below: dict[tuple[int, str], list[str]] = defaultdict(list)
    for app, needed, hardness in needs.values_list("app_id", "needs__code", "hardness"):
        below[app, hardness].append(needed)
    succeeded = Count(
        "workloads__backup_copies", filter=Q(workloads__backup_copies__last_success__isnull=False)
    )
    columns = rows.annotate(copies=succeeded).order_by("code").values_list(
        "pk", "code", "name", "owner__slug", "kind", "status", "blocker", "verdict", "category",
        "data_class", "provider__slug", "users_per_month", "copies",
    )  # fmt: skip
    return tuple(
        estate.App(
            code=code,
            name=name,
            owner=owner,
            kind=member(AppKind, kind),
            status=member(AppStatus, status),
            blocker=stated(Blocker, blocker),
            verdict=stated(Verdict, verdict),
            category=stated(SystemCategory, category),
            data_class=stated(DataClass, data_class),
            provider=provider,
            users_per_month=users,
            backup_copies=copies,
            hard=tuple(below.get((pk, Hardness.HARD.value), ())),
            soft=tuple(below.get((pk, Hardness.SOFT.value), ())),
            workloads=tuple(tiers.get(pk, ())),
        )
        for (
            pk, code, name, owner, kind, status, blocker, verdict, category, data_class, provider,
            users, copies,
        ) in columns
    )  # fmt: skip

"""Import a register: the offices of a regency, and its apps with tiers and dependencies.

Everything is checked before anything is written, and all is written or nothing. Sizes of an app
fall on its tiers by the rule in `register_tiers`. Machines are not the register's matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.actions.refusals import writing
from dcim.actions.register.rows import AppRow, Hosting, Row, read_apps, read_offices
from dcim.actions.register.tiers import tiers_of
from dcim.record.people.organisation import Tenant
from dcim.record.planner.allocations import Provider
from dcim.record.planner.service_apps import AppDependency, ServiceApp, Workload
from dcim.vocabulary.choices import AppKind, AppStatus, Blocker, ProviderKind, Verdict

VERDICT_OF_BLOCKER: Final = {Blocker.SUPERSEDED: Verdict.RETIRE, Blocker.SERVER: Verdict.REVIVE}
# Made when the register is the first to name such a provider; rename them as needed.
NEW_PROVIDERS: Final = {
    ProviderKind.PDN: ("pdn", "Pusat Data Nasional"),
    ProviderKind.COMMERCIAL: ("pihak-ketiga", "Penyedia Pihak Ketiga"),
    ProviderKind.MINISTRY: ("kementerian", "Kementerian dan Lembaga"),
}


@dataclass(frozen=True, slots=True)
class ImportedApp:
    """An app as recorded, its tiers, and where the register says it runs."""

    app: ServiceApp
    workloads: tuple[Workload, ...]
    hosting: Hosting


def import_offices(rows: Sequence[Row], *, by: Actor) -> list[Tenant]:
    """A tenant per row, all or none.

    Raises: BadRow, BadRows: naming row, field, reason and way out.
    """
    slugs = set(Tenant.objects.values_list("slug", flat=True))
    offices = read_offices(rows, recorded=slugs)
    values = [
        {"slug": one.slug, "name": one.name, "name_en": one.name_en, "kind": one.kind}
        for one in offices
    ]
    return record.create_many(Tenant, values, by=by)


def import_apps(rows: Sequence[Row], *, by: Actor) -> list[ImportedApp]:
    """An app per row with its workloads and dependencies, all or none, in the order of `rows`.

    An app names a provider only where it runs on machines that are not ours: a ministry's for a
    shared national app, else the PDN or a commercial provider. Those the record lacks are made.

    Raises: BadRow, BadRows: naming row, field, reason and way out.
    """
    owners = {one.slug: one for one in Tenant.objects.all()}
    recorded = set(ServiceApp.objects.values_list("code", flat=True))
    parsed = read_apps(rows, owners=owners, recorded=recorded)
    with writing():
        providers = _providers(parsed, by)
        values = [_app_values(one, owners[one.owner], providers) for one in parsed]
        apps = record.create_many(ServiceApp, values, by=by)
        _write_dependencies(parsed, apps, by)
        workloads = _write_workloads(parsed, apps, by)
    return [
        ImportedApp(app, tuple(mine), row.hosting)
        for row, app, mine in zip(parsed, apps, workloads, strict=True)
    ]


def provider_kind_of(app: AppRow) -> ProviderKind | None:
    """Who runs `app` when it is not on our own machines; None when it is, or runs nowhere."""
    if app.hosting is Hosting.LOCAL or app.status is not AppStatus.ACTIVE:
        return None
    if app.kind is AppKind.SHARED_NATIONAL:
        return ProviderKind.MINISTRY
    return {Hosting.PDN: ProviderKind.PDN, Hosting.THIRD_PARTY: ProviderKind.COMMERCIAL}.get(
        app.hosting
    )


def _providers(apps: Sequence[AppRow], by: Actor) -> dict[ProviderKind, Provider]:
    found: dict[ProviderKind, Provider] = {}
    for kind in sorted({kind for app in apps if (kind := provider_kind_of(app)) is not None}):
        slug, name = NEW_PROVIDERS[kind]
        found[kind] = Provider.objects.filter(kind=kind.value).order_by("id").first() or (
            record.create(Provider, {"slug": slug, "name": name, "kind": kind.value}, by=by)
        )
    return found


def _app_values(
    row: AppRow, owner: Tenant, providers: dict[ProviderKind, Provider]
) -> dict[str, Any]:
    kind = provider_kind_of(row)
    return {
        "code": row.code,
        "name": row.name,
        "name_en": row.name_en,
        "owner": owner,
        "kind": row.kind.value,
        "service_group": row.service_group,
        "status": row.status.value,
        "blocker": "" if row.blocker is None else row.blocker.value,
        "verdict": (
            "" if row.blocker is None else VERDICT_OF_BLOCKER.get(row.blocker, Verdict.REPAIR).value
        ),
        "category": row.category.value,
        "provider": None if kind is None else providers[kind],
        "users_per_month": row.users_per_month,
    }


def _write_dependencies(rows: Sequence[AppRow], apps: Sequence[ServiceApp], by: Actor) -> None:
    named = {code for row in rows for code in row.depends_on}
    by_code = {app.code: app for app in ServiceApp.objects.filter(code__in=named)}
    values = [
        {"app": app, "needs": by_code[code]}
        for row, app in zip(rows, apps, strict=True)
        for code in row.depends_on
    ]
    record.create_many(AppDependency, values, by=by)


def _write_workloads(
    rows: Sequence[AppRow], apps: Sequence[ServiceApp], by: Actor
) -> list[list[Workload]]:
    values = [
        {
            "app": app,
            "name": tier.name,
            "vcpus": tier.vcpus,
            "memory_mib": tier.memory_mib,
            "storage_gib": tier.storage_gib,
            "instances_wanted": tier.wanted,
            "instances_needed": tier.needed,
            "anti_affinity": tier.anti_affinity,
            "co_hosted": tier.co_hosted,
        }
        for row, app in zip(rows, apps, strict=True)
        for tier in tiers_of(row)
    ]
    written = iter(record.create_many(Workload, values, by=by))
    return [[next(written) for _ in row.tiers] for row in rows]

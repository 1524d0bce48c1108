"""The backup copies of the sample: what matters most is copied, not all of it well.

Some copies lie where the app runs, some are overdue, some have never succeeded or been restored on
trial, and many an app has none: so that the loss of a site or of the PDN tells them apart. Copies
are as old as their habit says on the day of the load.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.actions.register.imports import ImportedApp
from dcim.record.places.sites import Site
from dcim.record.planner.allocations import Provider
from dcim.record.planner.backups import BackupCopy
from dcim.record.planner.service_apps import Workload
from dcim.vocabulary.choices import CopyKind, ProviderKind

DAY: Final = 24
WEEK: Final = 7 * DAY


@dataclass(frozen=True, slots=True)
class Habit:
    """How the tiers of some apps are copied: where, how often, and how it last went.

    `place` is the slug of a site or the kind of a provider; `age_hours` and `tested_days_ago` are
    None for what has never happened.
    """

    apps: tuple[str, ...]
    place: str | ProviderKind
    kind: CopyKind
    frequency_hours: int
    retention_days: int
    age_hours: int | None
    tested_days_ago: int | None = None


HABITS: Final = (
    Habit(("DNS", "SIMPEG", "ETPP"), "drc", CopyKind.FULL, DAY, 30, 9, 45),
    Habit(("DBC",), "drc", CopyKind.INCREMENTAL, 6, 14, 3, 45),
    Habit(("OBJ",), "drc", CopyKind.REPLICA, DAY, 30, 20),
    Habit(("PBB", "BPHTB", "PAJAK"), "drc", CopyKind.FULL, DAY, 30, 9),
    Habit(("PBB", "ABSENSI"), ProviderKind.PDN, CopyKind.FULL, WEEK, 90, 4 * DAY, 200),
    Habit(("ADMINDUK", "PSS"), ProviderKind.PDN, CopyKind.INCREMENTAL, DAY, 30, 11),
    Habit(("SIMWASDA",), "drc", CopyKind.FULL, WEEK, 90, 40 * DAY),
    Habit(("MPP",), ProviderKind.PDN, CopyKind.FULL, DAY, 30, None),
    Habit(("SIMPEG", "CCTV", "SIMBADA", "ESAKIP"), "pdr", CopyKind.SNAPSHOT, DAY, 7, 5),
    Habit(("SSO", "MAIL", "PAYGW", "SIMRS"), "pdr", CopyKind.FULL, DAY, 30, 10, 120),
    Habit(("PORTAL", "JDIH"), "pdr", CopyKind.FULL, WEEK, 60, 3 * DAY),
    Habit(("SATUDATA", "PPDB", "OPENSID"), ProviderKind.PDN, CopyKind.SNAPSHOT, DAY, 7, 6),
    Habit(("CC112",), ProviderKind.PDN, CopyKind.FULL, DAY, 30, 8, 90),
    Habit(("EPUSKESMAS",), ProviderKind.COMMERCIAL, CopyKind.SNAPSHOT, DAY, 7, 4),
)


def create_copies(
    apps: Sequence[ImportedApp],
    sites: Sequence[Site],
    providers: Mapping[ProviderKind, Provider],
    *,
    by: Actor,
) -> list[BackupCopy]:
    """The copies of `HABITS`, one for each tier of each app."""
    workloads = {one.app.code: one.workloads for one in apps}
    places: dict[str, dict[str, Any]] = {site.slug: {"site": site} for site in sites}
    places |= {kind: {"provider": provider} for kind, provider in providers.items()}
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    values = [
        {**places[habit.place], **one} for habit in HABITS for one in _copies(habit, workloads, now)
    ]
    return record.create_many(BackupCopy, values, by=by)


def _copies(
    habit: Habit, workloads: Mapping[str, Sequence[Workload]], now: datetime
) -> Iterator[dict[str, Any]]:
    age, tested = habit.age_hours, habit.tested_days_ago
    day = timezone.localdate(now)
    for tier in (tier for code in habit.apps for tier in workloads[code]):
        yield {
            "workload": tier,
            "kind": habit.kind.value,
            "frequency_hours": habit.frequency_hours,
            "retention_days": habit.retention_days,
            "size_gib": tier.storage_gib,
            "last_success": None if age is None else now - timedelta(hours=age),
            "last_restore_test": None if tested is None else day - timedelta(days=tested),
        }

"""Keeps what the ledgers say today, one row per pool and class, so that forecasts have a past."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.utils import timezone

from dcim.actions.ledgers import current_books
from dcim.actions.refusals import writing
from dcim.planning.capacity.ledger import LedgerLine, PoolLedger
from dcim.record.planner.ledger_snapshots import LedgerSnapshot

KEPT_DAILY_FOR: Final = timedelta(days=400)
MEASURES: Final = ("capacity", "used", "planned", "reclaimable")


def snapshot_ledgers() -> list[LedgerSnapshot]:
    """The rows of today, written or written anew: the day's last word counts.

    Notes: days older than 400 are thinned out to the first of each month. No part of the change
        log: what is measured follows from the record.
    """
    today = timezone.localdate()
    rows = [
        LedgerSnapshot(
            day=today,
            pool=book.pool,
            resource_class=line.inventory.resource_class.value,
            capacity=given(book, line),
            used=line.used,
            planned=line.planned,
            reclaimable=line.reclaimable,
        )
        for book in current_books().ledgers
        for line in book.lines
    ]
    with writing():
        LedgerSnapshot.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=("pool", "resource_class", "day"),
            update_fields=MEASURES,
        )
        _thin_out(today)
    return rows


def given(book: PoolLedger, line: LedgerLine) -> int:
    """The capacity that may be drawn on; of a grant that is not in force, nothing."""
    is_grant = book.pool.startswith("allocation:")
    return 0 if is_grant and not book.is_open else line.inventory.capacity


def _thin_out(today: date) -> None:
    old = LedgerSnapshot.objects.filter(day__lt=today - KEPT_DAILY_FOR)
    old.exclude(day__day=1).delete()

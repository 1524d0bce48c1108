"""The forecasts of the record as it is now: computed once per day and change, for pages and API."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from django.db.models import Max

from dcim.actions.forecasts.snapshots import given
from dcim.planning.capacity.dates import days_of_change
from dcim.planning.estate import Snapshot
from dcim.planning.forecast.forecast import Forecast, forecast
from dcim.planning.forecast.history import Day, Series
from dcim.planning.load.record import load_snapshot
from dcim.record.log.reading import Kept
from dcim.record.planner.ledger_snapshots import LedgerSnapshot
from dcim.vocabulary.amounts import ResourceClass

Known = defaultdict[tuple[str, ResourceClass], list[tuple[date, int]]]
# Older days say little of how fast a pool fills now.
LOOKS_BACK: Final = timedelta(days=400)


def current_forecasts() -> tuple[Forecast, ...]:
    """When each pool and class of the record runs full; pools without any capacity are left out.

    Raises: BadDocument when the record contradicts itself.

    Notes: kept until the record changes or another day is measured, see `Kept`.
    """
    return _current.now(LedgerSnapshot.objects.aggregate(newest=Max("day"))["newest"])


def histories(pools: Sequence[str]) -> Iterator[Series]:
    """The history of each class of `pools`, in their order; empty where nothing was measured."""
    rows = LedgerSnapshot.objects.filter(pool__in=pools)
    newest = rows.aggregate(newest=Max("day"))["newest"] or date.min
    since = newest - LOOKS_BACK if newest > date.min else newest
    columns = ("pool", "resource_class", "day", "capacity", "used", "planned", "reclaimable")
    found: dict[tuple[str, str], list[Day]] = defaultdict(list)
    for pool, name, *values in rows.filter(day__gte=since).order_by("day").values_list(*columns):
        found[pool, name].append(Day(*values))
    for pool in pools:
        for one in ResourceClass:
            yield Series(pool, one, tuple(found[pool, one.value]))


def _of_record() -> tuple[Forecast, ...]:
    snapshot = load_snapshot()
    known = _known_changes(snapshot)
    return tuple(
        forecast(series, known[series.pool, series.resource_class])
        for series in histories([pool.ref for pool in snapshot.pools])
        if not series.days or series.days[-1].capacity or series.days[-1].committed
    )


def _known_changes(snapshot: Snapshot) -> Known:
    """The days from which pools are known to give more or less: hosts and grants with dates."""
    known: Known = defaultdict(list)
    for day in days_of_change(snapshot):
        changed = {one.pool for one in day.changes}
        for book in day.ledgers:
            if book.pool in changed:
                for line in book.lines:
                    key = book.pool, line.inventory.resource_class
                    known[key].append((day.day, given(book, line)))
    return known


_current: Final = Kept(_of_record)

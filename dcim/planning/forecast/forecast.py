"""When each pool and resource class runs full, as far as its own history tells.

Full is the first day on which as much is committed (used and planned) as there is capacity. What is
known of the future counts as known: hosts and grants that come and go. What is not known is drawn
from the past; where there is too little of it, that is the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import ceil
from typing import TYPE_CHECKING, Final

from dcim.planning.forecast.history import Series, pairs
from dcim.planning.forecast.steps import Step, steps_of
from dcim.vocabulary.amounts import ResourceClass

if TYPE_CHECKING:
    from dcim.planning.forecast.paths import Paths

NEEDED_DAYS: Final = 56  # eight weeks: fewer tell next to nothing of what a week may bring
NEEDED_CHANGES: Final = 5  # of a pool that changes at all: of fewer nobody can tell how often
HORIZON_DAYS: Final = 5 * 365
PATHS: Final = 1_000
LOW, LIKELY, HIGH = 0.10, 0.50, 0.90  # four of five futures lie between the outer two
DAYS_PER_MONTH: Final = 30
BAND_POINTS: Final = 24


class Verdict(StrEnum):
    """What a forecast says."""

    NOT_ENOUGH_HISTORY = "not_enough_history"
    FULL_NOW = "full_now"
    RUNS_FULL = "runs_full"
    NOT_WITHIN_HORIZON = "not_within_horizon"


@dataclass(frozen=True, slots=True)
class Spread:
    """What grows least, most likely and most, in four of five futures."""

    low: float
    likely: float
    high: float


@dataclass(frozen=True, slots=True)
class FullOn:
    """Between which days a pool runs full, and most likely when; None: not within the horizon."""

    earliest: date | None
    likely: date | None
    latest: date | None


@dataclass(frozen=True, slots=True)
class Point:
    """What may be committed at the end of a day, in the units of the class, beside the capacity."""

    day: date
    capacity: int
    low: float
    likely: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """One pool and class.

    Attributes:
        as_of: The last day of the history, from which the forecast looks ahead.
        days: How many days were measured, of `NEEDED_DAYS` at least.
        changes: On how many of them something changed, steps aside; none, or `NEEDED_CHANGES`.
        committed: Used and planned on that day; `capacity` what there is that day.
        per_month: Growth in 30 days.
        steps: What came or went at once, and is not read as growth.
        full_on: Only where the verdict is that it may run full.
        band: The way there, for a drawing.
    """

    pool: str
    resource_class: ResourceClass
    verdict: Verdict
    as_of: date | None
    days: int
    changes: int
    committed: int = 0
    capacity: int = 0
    per_month: Spread | None = None
    full_on: FullOn | None = None
    steps: tuple[Step, ...] = ()
    band: tuple[Point, ...] = ()


def forecast(
    series: Series,
    changes_of_capacity: Sequence[tuple[date, int]] = (),
    *,
    horizon_days: int = HORIZON_DAYS,
    count: int = PATHS,
) -> Forecast:
    """When `series` runs full.

    Args:
        series: The history of one pool and class.
        changes_of_capacity: Days after the history's last from which another capacity is known to
            hold, in order: a grant that ends is (the day after, 0).
        horizon_days: How far to look.
        count: How many futures to draw.

    Notes: deterministic; with the defaults about 30 ms and 30 MB.
    """
    from dcim.planning.forecast.paths import first_days_full, paths, shares  # numpy, only here

    measured, steps = len(series.days), steps_of(series)
    changes = changed_days(series) - len(steps)
    if measured < NEEDED_DAYS or 0 < changes < NEEDED_CHANGES:
        return _not_enough(series, changes, steps)
    last = series.days[-1]
    added = paths(_without(series, steps), horizon_days, count)
    capacity = _capacity_by_day(last.day, last.capacity, changes_of_capacity, horizon_days)
    full = FullOn(last.day, last.day, last.day)
    verdict = Verdict.FULL_NOW
    if last.committed < last.capacity:
        first = first_days_full(added, [one - last.committed for one in capacity])
        full = _dates(sorted(int(one) or horizon_days + 1 for one in first), last.day, horizon_days)
        verdict = Verdict.NOT_WITHIN_HORIZON if full.earliest is None else Verdict.RUNS_FULL
    monthly = shares(added, [DAYS_PER_MONTH], [LOW, LIKELY, HIGH])[0]
    return Forecast(
        pool=series.pool,
        resource_class=series.resource_class,
        verdict=verdict,
        as_of=last.day,
        days=measured,
        changes=changes,
        committed=last.committed,
        capacity=last.capacity,
        per_month=Spread(*monthly),
        full_on=None if verdict is Verdict.NOT_WITHIN_HORIZON else full,
        steps=steps,
        band=_band(added, capacity, last.day, last.committed, _shown_days(full, last.day)),
    )


def changed_days(series: Series) -> int:
    """On how many days something was not as on the day before."""
    return sum(before.committed != after.committed for before, after in pairs(series.days))


def _not_enough(series: Series, changes: int, steps: tuple[Step, ...]) -> Forecast:
    last = series.days[-1] if series.days else None
    return Forecast(
        pool=series.pool,
        resource_class=series.resource_class,
        verdict=Verdict.NOT_ENOUGH_HISTORY,
        as_of=last.day if last else None,
        days=len(series.days),
        changes=changes,
        committed=last.committed if last else 0,
        capacity=last.capacity if last else 0,
        steps=steps,
    )


def _without(series: Series, steps: Sequence[Step]) -> list[float]:
    """What was added day by day, steps left out.

    A change over days that nobody measured is spread evenly over them.
    """
    at_once = {one.day for one in steps}
    changes: list[float] = []
    for before, after in pairs(series.days):
        gap = (after.day - before.day).days
        change = 0.0 if after.day in at_once else (after.committed - before.committed) / gap
        changes += [change] * gap
    return changes


def _capacity_by_day(
    today: date, capacity: int, changes: Sequence[tuple[date, int]], horizon_days: int
) -> list[int]:
    """The capacity on each of the next days; what was to change before them holds already."""
    by_day, known = [], sorted(changes)
    for offset in range(1, horizon_days + 1):
        while known and known[0][0] <= today + timedelta(days=offset):
            capacity = known.pop(0)[1]
        by_day.append(capacity)
    return by_day


def _dates(ordered: Sequence[int], today: date, horizon_days: int) -> FullOn:
    """The days at the shares of paths; what lies after the horizon has none."""
    earliest, likely, latest = (
        ordered[min(ceil(share * len(ordered)), len(ordered)) - 1] for share in (LOW, LIKELY, HIGH)
    )
    return FullOn(
        *(
            today + timedelta(days=one) if one <= horizon_days else None
            for one in (earliest, likely, latest)
        )
    )


def _shown_days(full: FullOn, today: date) -> int:
    """How many days a drawing looks ahead: past the likely end, at least a quarter of a year."""
    latest = full.latest or full.likely or full.earliest
    ahead = (latest - today).days if latest else 2 * 365
    return min(max(ahead * 5 // 4, 91), HORIZON_DAYS)


def _band(
    added: Paths, capacity: Sequence[int], today: date, committed: int, shown: int
) -> tuple[Point, ...]:
    from dcim.planning.forecast.paths import shares

    shown = min(shown, len(capacity))
    days = sorted({max(1, shown * place // BAND_POINTS) for place in range(1, BAND_POINTS + 1)})
    return tuple(
        Point(today + timedelta(days=day), capacity[day - 1], *(committed + one for one in at))
        for day, at in zip(days, shares(added, days, [LOW, LIKELY, HIGH]), strict=True)
    )

"""A scenario along time: the ledgers quarter by quarter, and the day on which each pool is full."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Final, TypeAlias

from dcim.planning.capacity.ledger import LedgerLine, PoolLedger, ledgers
from dcim.planning.estate import Snapshot
from dcim.planning.scenarios.apply import apply
from dcim.planning.scenarios.days import require_base, years_later
from dcim.planning.scenarios.overlays import Scenario
from dcim.planning.watch import UNWATCHED, Watch
from dcim.vocabulary.amounts import ResourceClass
from dcim.vocabulary.errors import InvalidInput

Books: TypeAlias = Callable[[date], tuple[PoolLedger, ...]]
MOST_YEARS: Final = 5
MONTHS_OF_A_QUARTER: Final = 3


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """The ledgers on one day."""

    on: date
    ledgers: tuple[PoolLedger, ...]


@dataclass(frozen=True, slots=True)
class FullDay:
    """The first day on which nothing of a class is free in a pool; None: not within the series.

    `is_closed` says that the pool is closed then, a grant that lapsed, while machines stand on it.
    """

    pool: str
    resource_class: ResourceClass
    on: date | None
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """A scenario from its base date on; stopped, it ends early and has no full days."""

    points: tuple[SeriesPoint, ...]
    full: tuple[FullDay, ...]
    is_complete: bool = True


def series(
    snapshot: Snapshot, scenario: Scenario, *, years: int = MOST_YEARS, watch: Watch = UNWATCHED
) -> Series:
    """The ledgers of the scenario each quarter, and when each pool runs full.

    Args:
        snapshot: as it is recorded.
        scenario: laid over it.
        years: from the base date on, at most 5.
        watch: told of every quarter.

    Raises: InvalidInput for other years or a base date far away; BadDocument as `apply`.

    Notes: between a quarter in which there is room and one in which there is none the day is found
    by bisection, about seven estates more; where a pool fills and empties within a quarter, that is
    not seen.
    """
    if not 1 <= years <= MOST_YEARS:
        raise InvalidInput(
            f"{years} years can't be looked ahead.",
            field="years",
            hint=f"Write 1 to {MOST_YEARS}.",
        )
    require_base(scenario.base_date)

    @cache
    def books(on: date) -> tuple[PoolLedger, ...]:
        return ledgers(apply(snapshot, scenario, on=on))

    days = list(quarters(scenario.base_date, years))
    points: list[SeriesPoint] = []
    for at, day in enumerate(days):
        watch.report(at, len(days), day.isoformat())
        if watch.is_stopped():
            return Series(tuple(points), (), is_complete=False)
        points.append(SeriesPoint(day, books(day)))
    return Series(tuple(points), tuple(_full_days(points, books)))


def quarters(base: date, years: int) -> Iterator[date]:
    """The base date and the first days of the quarters that follow it.

    >>> [str(day) for day in quarters(date(2026, 12, 1), 1)]
    ['2026-12-01', '2027-01-01', '2027-04-01', '2027-07-01', '2027-10-01', '2027-12-01']
    """
    last = years_later(base, years)
    yield base
    month = base.month + MONTHS_OF_A_QUARTER - (base.month - 1) % MONTHS_OF_A_QUARTER
    while (day := date(base.year + (month - 1) // 12, (month - 1) % 12 + 1, 1)) < last:
        yield day
        month += MONTHS_OF_A_QUARTER
    yield last


def _full_days(points: list[SeriesPoint], books: Books) -> Iterator[FullDay]:
    pools = dict.fromkeys(book.pool for point in points for book in point.ledgers)
    for pool in pools:
        for one in ResourceClass:
            gauge = _Gauge(books, pool, one)
            if any(gauge.is_of_account(point.on) for point in points):
                yield gauge.full_day([point.on for point in points])


@dataclass(frozen=True, slots=True)
class _Gauge:
    """One class of one pool, asked day by day."""

    books: Books
    pool: str
    resource_class: ResourceClass

    def is_of_account(self, on: date) -> bool:
        """Whether the pool has capacity of the class, or anything in use."""
        line = self._line(on)
        return line is not None and bool(line.inventory.capacity > 0 or line.used + line.planned)

    def is_full(self, on: date) -> bool:
        """Whether nothing is free, or what is there stands on a pool that is closed."""
        line = self._line(on)
        return (
            line is not None and self.is_of_account(on) and (line.free <= 0 or self._is_closed(on))
        )

    def full_day(self, days: list[date]) -> FullDay:
        """The first day on which it is full, between `days` found by bisection."""
        found = days[0] if self.is_full(days[0]) else None
        for before, after in pairwise(days):
            if found is None and self.is_full(after):
                found = self._first_between(before, after)
        is_closed = found is not None and self._is_closed(found)
        return FullDay(self.pool, self.resource_class, found, is_closed)

    def _first_between(self, low: date, high: date) -> date:
        while (high - low).days > 1:
            middle = low + timedelta(days=(high - low).days // 2)
            low, high = (low, middle) if self.is_full(middle) else (middle, high)
        return high

    def _is_closed(self, on: date) -> bool:
        book = self._book(on)
        return book is not None and not book.is_open

    def _line(self, on: date) -> LedgerLine | None:
        book = self._book(on)
        lines = book.lines if book is not None else ()
        of_class = (one for one in lines if one.inventory.resource_class is self.resource_class)
        return next(of_class, None)

    def _book(self, on: date) -> PoolLedger | None:
        return next((book for book in self.books(on) if book.pool == self.pool), None)

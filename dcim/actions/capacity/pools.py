"""Ledgers of the record for any day, who holds them, and what still fits; for pages and API."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from dcim.actions.ledgers import Books, current_books
from dcim.planning.capacity.dates import Day, days_of_change, on_day
from dcim.planning.capacity.fitting import Fitting, Size, fitting
from dcim.planning.capacity.floor import floors
from dcim.planning.capacity.holdings import By, Holding, holdings
from dcim.planning.capacity.ledger import LedgerLine, PoolLedger, ledgers
from dcim.planning.estate import Snapshot
from dcim.planning.load.record import load_cluster, load_snapshot
from dcim.record.log.reading import Kept
from dcim.vocabulary.errors import InvalidInput, UnknownThing

DAYS_KEPT: Final = 4


@dataclass(frozen=True, slots=True)
class Holdings:
    """Who holds what, in the state `serial` of the record."""

    serial: int
    rows: tuple[Holding, ...]

    def of(self, pool: str) -> tuple[Holding, ...]:
        """Those of one pool; all where none is named.

        Raises: UnknownThing when no pool is called that.
        """
        known = known_pool(pool)
        return tuple(one for one in self.rows if known in {"", one.pool})


@dataclass(frozen=True, slots=True)
class Days:
    """The days to come on which pools change, in the state `serial` of the record."""

    serial: int
    days: tuple[Day, ...] = field(default_factory=tuple)


def known_pool(name: str) -> str:
    """`name` as it is, for a pool, or for all where it is empty.

    Raises: UnknownThing when no pool is called that.
    """
    if name and not any(one.pool == name for one in current_books().ledgers):
        raise _unknown(name)
    return name


def books_on(day: date | None, pool: str = "") -> Books:
    """The ledgers as they stand on `day`, or today.

    Args:
        day: today or one to come.
        pool: the public name of the only one asked about; all where it is empty.

    Raises:
        InvalidInput: the day is over.
        UnknownThing: no pool is called that.

    Notes: kept until the record changes, those of the last few days asked for.
    """
    books, known = _all_books_on(day), known_pool(pool)
    return Books(books.serial, tuple(one for one in books.ledgers if known in {"", one.pool}))


def _all_books_on(day: date | None) -> Books:
    today = timezone.localdate()
    if day is None or day == today:
        return current_books()
    if day < today:
        raise InvalidInput(
            _("%(day)s is over; the record tells of now.") % {"day": day.isoformat()},
            field="on",
            hint=_("Name today or a day to come."),
        )
    return _books_of(day).now(today)


def holdings_now(by: By) -> Holdings:
    """Who holds what now; kept until the record changes."""
    return _HOLDINGS[by].now(timezone.localdate())


def days_to_come() -> Days:
    """The days on which hosts come or go, or grants begin or end; kept until the record changes."""
    return _days.now(timezone.localdate())


def fitting_of(pool: str, size: Size) -> Fitting:
    """How many machines of `size` the pool takes.

    Args:
        pool: its public name (`cluster:PDR-KVM`, `allocation:PDN-1`).
        size: of one machine.

    Raises:
        UnknownThing: no pool is called that.
        InvalidInput: the size is nothing.

    Notes: of a cluster only its own hosts and machines are read; a grant's ledger is kept.
    """
    kind, _colon, name = pool.partition(":")
    if kind == "cluster":
        snapshot = load_cluster(name)
        floor, book = next(iter(floors(snapshot)), None), _book_of(snapshot, pool)
    else:
        floor, book = None, next((one for one in current_books().ledgers if one.pool == pool), None)
    if book is None:
        raise _unknown(pool)
    return fitting(book, size, floor)


def overcommitted(cluster: str) -> tuple[LedgerLine, ...]:
    """The classes of which the cluster has promised more than it has; none of an unknown one.

    Args:
        cluster: its name.

    Notes: only its own hosts and machines are read, so a form that writes a machine can afford it.
    """
    book = _book_of(load_cluster(cluster), f"cluster:{cluster}")
    return tuple(line for line in book.lines if line.free < 0) if book else ()


def _book_of(snapshot: Snapshot, pool: str) -> PoolLedger | None:
    return next((one for one in ledgers(snapshot) if one.pool == pool), None)


def _unknown(pool: str) -> UnknownThing:
    return UnknownThing(
        _("No pool is called “%(name)s”.") % {"name": pool},
        field="pool",
        hint=_("Write cluster:NAME or allocation:REFERENCE."),
    )


def _make_holdings(by: By) -> Holdings:
    snapshot = load_snapshot()
    return Holdings(snapshot.serial, holdings(snapshot, by))


def _make_days() -> Days:
    snapshot = load_snapshot()
    return Days(snapshot.serial, days_of_change(snapshot))


def _make_books(day: date) -> Books:
    snapshot = load_snapshot()
    return Books(snapshot.serial, ledgers(on_day(snapshot, day)))


@lru_cache(maxsize=DAYS_KEPT)
def _books_of(day: date) -> Kept[Books]:
    return Kept(partial(_make_books, day))


_HOLDINGS: Final = {by: Kept(partial(_make_holdings, by)) for by in By}
_days: Final = Kept(_make_days)

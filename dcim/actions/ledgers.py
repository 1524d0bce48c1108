"""The ledgers of the record as it is now: computed once per change and day, for pages and API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from dcim.planning.capacity.ledger import PoolLedger, ledgers
from dcim.planning.load.record import load_snapshot
from dcim.record.log.reading import Kept


@dataclass(frozen=True, slots=True)
class Books:
    """The ledger of every pool, clusters first, in the state `serial` of the record."""

    serial: int
    ledgers: tuple[PoolLedger, ...]


def current_books() -> Books:
    """The ledgers as they stand today.

    Raises: BadDocument when the record contradicts itself.

    Notes: kept until the record changes, see `Kept`; grants are judged by the day, so a new day
    computes them anew.
    """
    return _current.now(timezone.localdate())


def _of_today() -> Books:
    snapshot = load_snapshot()
    return Books(snapshot.serial, ledgers(snapshot))


_current: Final = Kept(_of_today)

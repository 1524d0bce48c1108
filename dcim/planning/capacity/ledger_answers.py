"""Ledgers, holdings and what still fits as JSON: the same keys by command and by API."""

from __future__ import annotations

from typing import TypedDict

from dcim.planning.capacity.dates import Day
from dcim.planning.capacity.fitting import Fitting, Size
from dcim.planning.capacity.holdings import Holding
from dcim.planning.capacity.ledger import LedgerLine, PoolLedger
from dcim.vocabulary.amounts import Amounts


class LineAnswer(TypedDict):
    """One resource class of a pool, in Placement's words."""

    resource_class: str
    total: int
    reserved: int
    allocation_ratio: float
    min_unit: int
    max_unit: int
    step_size: int
    capacity: int
    used: int
    planned: int
    reclaimable: int
    free: int


class LedgerAnswer(TypedDict):
    """A pool's ledger in the state `serial` of the record."""

    serial: int
    pool: str
    provider: str | None
    is_open: bool
    lines: list[LineAnswer]
    odd: list[str]


class HoldingAnswer(TypedDict):
    """What one holder has of a pool, by resource class."""

    pool: str
    holder: str
    used: dict[str, int]
    planned: dict[str, int]
    reclaimable: dict[str, int]


class ChangeAnswer(TypedDict):
    """What happens to a pool."""

    pool: str
    event: str
    name: str


class DayAnswer(TypedDict):
    """A day of change, and the ledgers of the pools that change, as they are from then on."""

    day: str
    changes: list[ChangeAnswer]
    ledgers: list[LedgerAnswer]


class FittingAnswer(TypedDict):
    """How many machines of a size a pool takes, and what stops the next one."""

    pool: str
    amounts: dict[str, int]
    apart: bool
    count: int
    at_most: int
    without_reserve: int | None
    binding: str
    resource_class: str | None
    hosts: dict[str, int]


def answer_of_ledger(book: PoolLedger, serial: int) -> LedgerAnswer:
    """A ledger as JSON."""
    return {
        "serial": serial,
        "pool": book.pool,
        "provider": book.provider,
        "is_open": book.is_open,
        "lines": [_line(line) for line in book.lines],
        "odd": list(book.odd),
    }


def answer_of_holding(one: Holding) -> HoldingAnswer:
    """A holding as JSON."""
    return {
        "pool": one.pool,
        "holder": one.holder,
        "used": by_class(one.used),
        "planned": by_class(one.planned),
        "reclaimable": by_class(one.reclaimable),
    }


def answer_of_day(one: Day, serial: int) -> DayAnswer:
    """A day of change as JSON."""
    touched = {change.pool for change in one.changes}
    return {
        "day": one.day.isoformat(),
        "changes": [
            {"pool": change.pool, "event": change.event.value, "name": change.name}
            for change in one.changes
        ],
        "ledgers": [answer_of_ledger(book, serial) for book in one.ledgers if book.pool in touched],
    }


def answer_of_fitting(found: Fitting, size: Size) -> FittingAnswer:
    """What still fits as JSON."""
    return {
        "pool": found.pool,
        "amounts": by_class(size.amounts),
        "apart": size.apart,
        "count": found.count,
        "at_most": found.at_most,
        "without_reserve": found.without_reserve,
        "binding": found.binding.value,
        "resource_class": None if found.resource_class is None else found.resource_class.value,
        "hosts": dict(found.hosts),
    }


def by_class(amounts: Amounts) -> dict[str, int]:
    """The amounts by the names of their classes."""
    return {kind.value: amount for kind, amount in amounts.as_mapping().items()}


def _line(line: LedgerLine) -> LineAnswer:
    stock = line.inventory
    return {
        "resource_class": stock.resource_class.value,
        "total": stock.total,
        "reserved": stock.reserved,
        "allocation_ratio": stock.allocation_ratio,
        "min_unit": stock.min_unit,
        "max_unit": stock.max_unit,
        "step_size": stock.step_size,
        "capacity": stock.capacity,
        "used": line.used,
        "planned": line.planned,
        "reclaimable": line.reclaimable,
        "free": line.free,
    }

"""Standings, differences and series as JSON: the same keys from command and API."""

from __future__ import annotations

from typing import TypedDict

from dcim.graph.failures.impact import Hit
from dcim.planning.capacity.ledger import LedgerLine, PoolLedger
from dcim.planning.scenarios.curve_answers import by_class
from dcim.planning.scenarios.falling import Falls
from dcim.planning.scenarios.series import Series
from dcim.planning.scenarios.standing import Difference, LineChange, Standing


class FiguresAnswer(TypedDict):
    """A class of a pool, in the words of the ledgers."""

    total: int
    reserved: int
    allocation_ratio: float
    max_unit: int
    capacity: int
    used: int
    planned: int
    reclaimable: int
    free: int


class LineAnswer(FiguresAnswer):
    """One class of a pool's ledger."""

    resource_class: str


class LedgerAnswer(TypedDict):
    """The ledger of a pool."""

    pool: str
    provider: str | None
    is_open: bool
    lines: list[LineAnswer]


class LineChangeAnswer(TypedDict):
    """A class of a pool on two sides."""

    pool: str
    resource_class: str
    before: FiguresAnswer | None
    after: FiguresAnswer | None
    was_open: bool
    is_open: bool


class SurvivalChangeAnswer(TypedDict):
    """What a cluster survives on two sides."""

    cluster: str
    before: str | None
    after: str | None


class SideAnswer(TypedDict):
    """What the plan of one side comes to."""

    name: str
    revived: list[str]
    weight: int
    bound: int
    proved: bool
    asked: dict[str, int]


class DifferenceAnswer(TypedDict):
    """Two sides on one day."""

    serial: int
    on: str
    stance: str
    before: SideAnswer
    after: SideAnswer
    ledgers: list[LineChangeAnswer]
    n_plus_one: list[SurvivalChangeAnswer]
    gained: list[str]
    lost: list[str]


class FullDayAnswer(TypedDict):
    """When nothing of a class is free in a pool; null: not within the series."""

    pool: str
    resource_class: str
    on: str | None
    is_closed: bool


class SeriesPointAnswer(TypedDict):
    """The ledgers on one day."""

    on: str
    ledgers: list[LedgerAnswer]


class SeriesAnswer(TypedDict):
    """A scenario along time."""

    serial: int
    is_complete: bool
    points: list[SeriesPointAnswer]
    full: list[FullDayAnswer]


class FallAnswer(TypedDict):
    """A running app that is hit, and a shortest chain of causes."""

    app: str
    chain: list[str]


class FurtherAnswer(TypedDict):
    """Apps that stop when this fails too."""

    thing: str
    apps_down: list[str]


class FallsAnswer(TypedDict):
    """What falls on a day; `further` is null where there are too many hosts and racks to ask."""

    serial: int
    on: str
    failed: list[str]
    apps_down: list[FallAnswer]
    apps_degraded: list[FallAnswer]
    further: list[FurtherAnswer] | None


def answer_of_falls(found: Falls, on: str, serial: int) -> FallsAnswer:
    """What falls, with stable keys."""
    further = found.further
    return {
        "serial": serial,
        "on": on,
        "failed": [str(ref) for ref in found.failed],
        "apps_down": [_fall(hit) for hit in found.down],
        "apps_degraded": [_fall(hit) for hit in found.degraded],
        "further": None
        if further is None
        else [{"thing": str(one.thing), "apps_down": list(one.apps)} for one in further],
    }


def _fall(hit: Hit) -> FallAnswer:
    return {"app": hit.thing.id.name, "chain": [str(node.id) for node in hit.chain]}


def answer_of_ledger(book: PoolLedger) -> LedgerAnswer:
    """The ledger of a pool with stable keys."""
    return {
        "pool": book.pool,
        "provider": book.provider,
        "is_open": book.is_open,
        "lines": [
            {"resource_class": line.inventory.resource_class.value, **_figures(line)}
            for line in book.lines
        ],
    }


def answer_of_difference(
    found: Difference, names: tuple[str, str], serial: int
) -> DifferenceAnswer:
    """Two sides, called by `names`, with stable keys."""
    return {
        "serial": serial,
        "on": str(found.after.on or ""),
        "stance": found.after.plan.stance,
        "before": _side(found.before, names[0]),
        "after": _side(found.after, names[1]),
        "ledgers": [_line_change(one) for one in found.lines],
        "n_plus_one": [
            {
                "cluster": one.cluster,
                "before": one.before.value if one.before else None,
                "after": one.after.value if one.after else None,
            }
            for one in found.survivals
        ],
        "gained": list(found.gained),
        "lost": list(found.lost),
    }


def answer_of_series(found: Series, serial: int) -> SeriesAnswer:
    """The series with stable keys."""
    return {
        "serial": serial,
        "is_complete": found.is_complete,
        "points": [
            {
                "on": point.on.isoformat(),
                "ledgers": [answer_of_ledger(book) for book in point.ledgers],
            }
            for point in found.points
        ],
        "full": [
            {
                "pool": one.pool,
                "resource_class": one.resource_class.value,
                "on": one.on.isoformat() if one.on else None,
                "is_closed": one.is_closed,
            }
            for one in found.full
        ],
    }


def _side(one: Standing, name: str) -> SideAnswer:
    objective = one.plan.objective
    return {
        "name": name,
        "revived": sorted(one.revived),
        "weight": objective.revived_weight,
        "bound": objective.bound,
        "proved": objective.proved,
        "asked": by_class(one.asked),
    }


def _line_change(one: LineChange) -> LineChangeAnswer:
    return {
        "pool": one.pool,
        "resource_class": one.resource_class.value,
        "before": _figures(one.before) if one.before else None,
        "after": _figures(one.after) if one.after else None,
        "was_open": one.was_open,
        "is_open": one.is_open,
    }


def _figures(line: LedgerLine) -> FiguresAnswer:
    inventory = line.inventory
    return {
        "total": inventory.total,
        "reserved": inventory.reserved,
        "allocation_ratio": inventory.allocation_ratio,
        "max_unit": inventory.max_unit,
        "capacity": inventory.capacity,
        "used": line.used,
        "planned": line.planned,
        "reclaimable": line.reclaimable,
        "free": line.free,
    }

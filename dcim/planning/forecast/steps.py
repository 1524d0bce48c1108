"""Tells a step from growth: an import or a move of many machines on one day is no trend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Final

from dcim.planning.forecast.history import Series, pairs

# A step is both: a large part of the pool, and far from what changes there on other days.
LEAST_SHARE: Final = 0.10  # of the capacity
LEAST_RATIO: Final = 6.0  # to the median change of the other days on which anything changed


@dataclass(frozen=True, slots=True)
class Step:
    """A change on one day that is not read as growth, in the units of its class."""

    day: date
    amount: int


def steps_of(series: Series) -> tuple[Step, ...]:
    """The steps in `series`, oldest first.

    Notes: growth by large lumps stays growth, since the lumps resemble one another; the first
        import into a pool that had nothing is a step, since there is nothing it resembles.
    """
    moves = [
        (after.day, after.committed - before.committed, after.capacity)
        for before, after in pairs(series.days)
        if after.committed != before.committed
    ]
    return tuple(
        Step(day, amount)
        for place, (day, amount, capacity) in enumerate(moves)
        if abs(amount) > LEAST_SHARE * max(capacity, 1)
        and abs(amount) > LEAST_RATIO * _usual([one[1] for one in moves], place)
    )


def _usual(amounts: list[int], place: int) -> float:
    """The median size of the other changes; 0 when there are none."""
    others = [abs(one) for other, one in enumerate(amounts) if other != place]
    return float(median(others)) if others else 0.0

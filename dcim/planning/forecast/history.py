"""What a pool's ledger said day by day: the ground that forecasts stand on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from dcim.vocabulary.amounts import ResourceClass


@dataclass(frozen=True, slots=True)
class Day:
    """One line of a ledger as it stood on a day, in the units of its class."""

    day: date
    capacity: int
    used: int
    planned: int = 0
    reclaimable: int = 0

    @property
    def committed(self) -> int:
        """What is taken or promised: a planned machine that is then built is no growth."""
        return self.used + self.planned


@dataclass(frozen=True, slots=True)
class Series:
    """The days of one pool and class, oldest first; days may be missing."""

    pool: str
    resource_class: ResourceClass
    days: tuple[Day, ...]


def pairs(days: Sequence[Day]) -> list[tuple[Day, Day]]:
    """Each measured day with the one before it."""
    return list(pairwise(days))

"""Quarters of a year, as reports are asked for and filed: `2026-Q4`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from dcim.vocabulary.errors import InvalidInput

WRITTEN: Final = re.compile(r"([1-9][0-9]{3})-Q([1-4])", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """Three months of a year, `number` from 1 to 4.

    >>> str(Quarter.of(date(2026, 11, 29))), Quarter(2026, 1).previous
    ('2026-Q4', Quarter(year=2025, number=4))
    >>> Quarter(2026, 4).first.isoformat(), Quarter(2026, 4).last.isoformat()
    ('2026-10-01', '2026-12-31')
    """

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    @classmethod
    def of(cls, day: date) -> Quarter:
        """The quarter that the day is in."""
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """The quarter written as `2026-Q4`.

        Raises: InvalidInput.
        """
        found = WRITTEN.fullmatch(text.strip())
        if found is None:
            raise InvalidInput(
                f"“{text}” is no quarter.", field="quarter", hint="Write it as 2026-Q4."
            )
        return cls(int(found[1]), int(found[2]))

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        month = date(self.year, 3 * self.number, 28)
        return (month + timedelta(days=4)).replace(day=1) - timedelta(days=1)

    @property
    def previous(self) -> Quarter:
        """The quarter before it."""
        return Quarter.of(self.first - timedelta(days=1))

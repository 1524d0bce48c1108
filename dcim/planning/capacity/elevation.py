"""The geometry of a rack's elevation: which units there are, where a device is drawn, what is free.

Pure numbers, for whoever draws: pages and the API each have their own pen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Frame:
    """The units of a rack: they count from `starting_unit` up, or downwards from the top."""

    starting_unit: int
    u_height: int
    desc_units: bool

    @property
    def numbers(self) -> range:
        """The numbers of the units."""
        return range(self.starting_unit, self.starting_unit + self.u_height)

    def above(self, half_unit: int, half_units: int) -> Fraction:
        """Units between the top of the rack and the top of what begins at `half_unit`.

        Args:
            half_unit: Twice the lowest unit number that it takes.
            half_units: Twice its height.

        >>> Frame(1, 10, desc_units=False).above(half_unit=6, half_units=4)
        Fraction(6, 1)
        >>> Frame(1, 10, desc_units=True).above(half_unit=2, half_units=4)
        Fraction(0, 1)
        """
        first = 2 * self.starting_unit
        if self.desc_units:
            return Fraction(half_unit - first, 2)
        return Fraction(first + 2 * self.u_height - half_unit - half_units, 2)


def largest_run(free: Sequence[int]) -> int:
    """The length of the longest run of consecutive numbers in ascending `free`.

    >>> largest_run([1, 2, 3, 7, 8])
    3
    """
    runs = groupby(enumerate(free), key=lambda pair: pair[1] - pair[0])
    return max((len(list(run)) for _start, run in runs), default=0)

"""The days of which scenarios may speak, and of which they may be asked: one rule for all ways in.

A base date is one of this century; whatever begins, or is asked for, lies at most fifty years on.
So no sum of days, years or growth leaves what dates and amounts can hold.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from dcim.vocabulary.errors import InvalidInput

FIRST_BASE: Final = date(2000, 1, 1)
LAST_BASE: Final = date(2100, 12, 31)
YEARS_AHEAD: Final = 50


def years_later(day: date, years: int) -> date:
    """The same day so many years on; of 29 February the 28th where there is none.

    >>> str(years_later(date(2028, 2, 29), 1))
    '2029-02-28'
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def require_base(base: date) -> None:
    """Refuse a base date that is far away.

    Raises: InvalidInput of the field `base_date`.
    """
    if not FIRST_BASE <= base <= LAST_BASE:
        raise InvalidInput(
            f"{base} is no base date of a scenario.",
            field="base_date",
            hint=f"Write a day from {FIRST_BASE} to {LAST_BASE}.",
        )


def day_fault(day: date, base: date) -> tuple[str, str] | None:
    """What is wrong with a day of a scenario with that base date: reason and way out.

    Notes: the base date is one that `require_base` lets pass.
    """
    if day < base:
        return f"{day} lies before the base date {base}.", "Write a later day."
    last = years_later(base, YEARS_AHEAD)
    if day > last:
        return (
            f"{day} lies more than {YEARS_AHEAD} years after the base date {base}.",
            f"Write a day up to {last}.",
        )
    return None

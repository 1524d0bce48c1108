"""How long a grant lasts still, and whether to warn of its end: derived from its dates each day.

The last day of a grant counts as one of its days: with 0 days left it holds until midnight.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from dcim.vocabulary.choices import AllocationStatus
from dcim.vocabulary.choices_grants import GrantState

WARN_AT: Final = (7, 30, 90)  # days before the last day, the most urgent first
LONGEST: Final = timedelta(days=max(WARN_AT))


@dataclass(frozen=True, slots=True)
class Expiry:
    """A grant on a day.

    Attributes:
        state: Where it stands.
        days_left: Days until its last one, below 0 after it; None without a last day, and for
            what has been returned.
        warning: The most urgent of 90, 30 and 7 that is reached; None before the first, after the
            end, and for what has been returned.
    """

    state: GrantState
    days_left: int | None = None
    warning: int | None = None


def expiry(status: str, valid_from: date | None, valid_until: date | None, on: date) -> Expiry:
    """Where a grant of these dates stands on the day `on`.

    >>> expiry("active", None, date(2026, 12, 31), date(2026, 12, 1))
    Expiry(state=<GrantState.EXPIRING: 'expiring'>, days_left=30, warning=30)
    """
    if status == AllocationStatus.RETURNED:
        return Expiry(GrantState.RETURNED)
    left = None if valid_until is None else (valid_until - on).days
    if left is not None and left < 0:
        return Expiry(GrantState.EXPIRED, left)
    warning = next((one for one in WARN_AT if left is not None and left <= one), None)
    if valid_from is not None and on < valid_from:
        return Expiry(GrantState.UPCOMING, left, warning)
    return Expiry(GrantState.ACTIVE if warning is None else GrantState.EXPIRING, left, warning)

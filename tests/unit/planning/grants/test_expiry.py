"""When a grant is warned of: at 90, 30 and 7 days before its last day, which counts as one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dcim.planning.grants.expiry import Expiry, expiry
from dcim.vocabulary.choices_grants import GrantState

TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("left", "state", "warning"),
    [
        (91, GrantState.ACTIVE, None),
        (90, GrantState.EXPIRING, 90),
        (31, GrantState.EXPIRING, 90),
        (30, GrantState.EXPIRING, 30),
        (8, GrantState.EXPIRING, 30),
        (7, GrantState.EXPIRING, 7),
        (0, GrantState.EXPIRING, 7),
        (-1, GrantState.EXPIRED, None),
    ],
)
def test_a_grant_is_warned_of_by_its_last_day(
    left: int, state: GrantState, warning: int | None
) -> None:
    found = expiry("active", None, TODAY + timedelta(days=left), TODAY)
    assert found == Expiry(state, left, warning)


def test_a_grant_without_a_last_day_never_expires() -> None:
    assert expiry("active", TODAY, None, TODAY) == Expiry(GrantState.ACTIVE)


def test_a_grant_that_has_not_begun_is_upcoming() -> None:
    tomorrow = TODAY + timedelta(days=1)
    assert expiry("active", tomorrow, None, TODAY).state is GrantState.UPCOMING
    assert expiry("active", tomorrow, tomorrow, TODAY) == Expiry(GrantState.UPCOMING, 1, 7)


def test_a_returned_grant_is_not_warned_of() -> None:
    assert expiry("returned", None, TODAY, TODAY) == Expiry(GrantState.RETURNED)

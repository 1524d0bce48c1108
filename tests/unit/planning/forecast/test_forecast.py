"""What forecasts say of histories whose future is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest

from dcim.planning.forecast.forecast import NEEDED_DAYS, Forecast, Verdict, forecast
from dcim.planning.forecast.history import Day, Series
from dcim.planning.forecast.steps import Step
from dcim.vocabulary.amounts import ResourceClass

FIRST = date(2026, 1, 5)
NEVER = date.max
AHEAD = 500


def series(levels: Sequence[int], capacity: int = 1_000) -> Series:
    days = tuple(
        Day(FIRST + timedelta(days=number), capacity, level) for number, level in enumerate(levels)
    )
    return Series("cluster:PDR-KVM", ResourceClass.VCPU, days)


def looked_at(levels: Sequence[int], capacity: int = 1_000) -> Forecast:
    return forecast(series(levels, capacity), horizon_days=AHEAD, count=200)


def grown(draw: np.random.Generator, days: int) -> list[int]:
    """Machines of 2, 4 or 8 vCPUs that come on three of ten working days."""
    comes = (draw.random(days) < 0.3) & (np.arange(days) % 7 < 5)
    return [int(one) for one in 100 + np.cumsum(comes * draw.choice([2, 4, 8], days))]


def test_the_days_it_names_hold_the_truth_as_often_as_it_claims() -> None:
    """A backtest: 90 days are seen, the day on which the pool ran full is not."""
    draw, held, tried = np.random.default_rng(11), 0, 150
    for _ in range(tried):
        levels = grown(draw, 90 + AHEAD)
        capacity = levels[89] + 100
        found = looked_at(levels[:90], capacity).full_on
        truth = next((n for n, level in enumerate(levels) if level >= capacity), None)
        day = FIRST + timedelta(days=truth) if truth is not None else NEVER
        assert found is not None
        held += (found.earliest or NEVER) <= day <= (found.latest or NEVER)
    assert held / tried == pytest.approx(0.8, abs=0.08)


def test_steady_growth_is_told_to_the_week() -> None:
    found = looked_at([100 + day for day in range(90)], 289)
    assert found.verdict is Verdict.RUNS_FULL
    assert found.full_on is not None
    truth = FIRST + timedelta(days=189)
    assert (found.full_on.earliest, found.full_on.likely, found.full_on.latest) == (truth,) * 3
    assert found.per_month is not None
    assert found.per_month.likely == 30


def test_a_flat_pool_never_runs_full() -> None:
    found = looked_at([999] * 200)
    assert (found.verdict, found.full_on, found.changes) == (Verdict.NOT_WITHIN_HORIZON, None, 0)


@pytest.mark.parametrize("days", [0, 1, NEEDED_DAYS - 1])
def test_a_short_history_says_how_short_it_is(days: int) -> None:
    found = looked_at(range(days))
    assert (found.verdict, found.days) == (Verdict.NOT_ENOUGH_HISTORY, days)
    assert found.full_on is None


def test_few_changes_are_too_few_to_tell_how_often() -> None:
    found = looked_at([100] * 60 + [104] * 60 + [110] * 60)
    assert (found.verdict, found.changes) == (Verdict.NOT_ENOUGH_HISTORY, 2)


def test_an_import_is_no_growth() -> None:
    before = [100 + day // 3 for day in range(60)]
    found = looked_at([*before, *(one + 500 for one in before)], 2_000)
    plain = looked_at([*before, *(one + 20 for one in before)], 2_000)
    assert found.steps == (Step(FIRST + timedelta(days=60), 481),)
    assert plain.steps == ()
    assert found.per_month is not None
    assert found.per_month.high == pytest.approx(10, abs=2)


def test_growth_by_large_lumps_is_growth() -> None:
    found = looked_at([day // 7 * 120 for day in range(70)], 1_100)
    assert found.steps == ()
    assert found.verdict is Verdict.RUNS_FULL


def test_what_is_full_is_full_now() -> None:
    assert looked_at([1_000] * 60).verdict is Verdict.FULL_NOW


def test_the_end_of_a_grant_is_known() -> None:
    flat = series([500] * 60)
    ends = flat.days[-1].day + timedelta(days=100)
    found = forecast(flat, [(ends, 0)], horizon_days=AHEAD, count=50)
    assert found.full_on is not None
    assert (found.full_on.earliest, found.full_on.latest) == (ends, ends)


def test_days_that_nobody_measured_leave_the_pace_as_it_is() -> None:
    whole = series([100 + day for day in range(130)])
    holes = Series(whole.pool, whole.resource_class, whole.days[::2])
    assert forecast(holes, count=50).per_month == forecast(whole, count=50).per_month


def test_the_same_history_gives_the_same_forecast() -> None:
    levels = grown(np.random.default_rng(5), 90)
    assert looked_at(levels) == looked_at(levels)

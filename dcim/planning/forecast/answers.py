"""Forecasts in the form that programs get: stable English keys, ISO days."""

from __future__ import annotations

from collections.abc import Mapping

from dcim.planning.forecast.forecast import (
    HIGH,
    LOW,
    NEEDED_CHANGES,
    NEEDED_DAYS,
    Forecast,
    Spread,
)

SHARE_BETWEEN = round(HIGH - LOW, 2)  # of the futures that lie between the outer two


def answer_of(one: Forecast) -> Mapping[str, object]:
    """The forecast of one pool and class; what isn't known is null."""
    full = one.full_on
    return {
        "pool": one.pool,
        "resource_class": one.resource_class.value,
        "verdict": one.verdict.value,
        "as_of": one.as_of,
        "days": one.days,
        "needed_days": NEEDED_DAYS,
        "changes": one.changes,
        "needed_changes": NEEDED_CHANGES,
        "capacity": one.capacity,
        "committed": one.committed,
        "per_month": _rounded(one.per_month),
        "full_earliest": full.earliest if full else None,
        "full_likely": full.likely if full else None,
        "full_latest": full.latest if full else None,
        "share_between": SHARE_BETWEEN,
        "steps": [{"day": step.day, "amount": step.amount} for step in one.steps],
    }


def _rounded(spread: Spread | None) -> Mapping[str, float] | None:
    if spread is None:
        return None
    return {
        "low": round(spread.low, 2),
        "likely": round(spread.likely, 2),
        "high": round(spread.high, 2),
    }

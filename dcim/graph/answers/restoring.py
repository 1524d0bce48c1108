"""What can be restored, as JSON: the same keys from the command line and from the API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, TypedDict

from dcim.vocabulary.amounts import Amounts

if TYPE_CHECKING:
    from dcim.graph.failures.restoring import LostTier, Restorable, Restoration, Source
    from dcim.vocabulary.things import Ref


class CopyAnswer(TypedDict):
    """The copy that a tier is restored from; hours of work since it was made are lost."""

    name: str
    kind: str
    site: str | None
    provider: str | None
    last_success: str | None
    age_hours: float
    frequency_hours: int | None
    is_overdue: bool
    last_restore_test: str | None
    size_gib: int | None


class LostTierAnswer(TypedDict):
    """A tier that has to be restored; `reason` is the code of what keeps it from that, if any."""

    tier: str
    copy: CopyAnswer | None
    reason: str
    reason_text: str


class RestorationAnswer(TypedDict):
    """Whether and how an app comes back, and what that takes: to run at all, to run as wanted."""

    code: str
    is_restorable: bool
    reason: str
    reason_text: str
    because: str | None
    age_hours: float | None
    needed: dict[str, int]
    wanted: dict[str, int]
    tiers: list[LostTierAnswer]


class PoolAnswer(TypedDict):
    """What a pool that still stands has free; negative where it is over-committed."""

    pool: str
    free: dict[str, int]


class RestorableAnswer(TypedDict):
    """Every running app that is down, and what restoring those that can be restored takes.

    `pools` is null unless it was asked for by someone who may see all pools.
    """

    apps_restorable: int
    apps_not_restorable: int
    needed: dict[str, int]
    wanted: dict[str, int]
    apps: list[RestorationAnswer]
    pools: list[PoolAnswer] | None


def answer_of_restorable(
    found: Restorable, part: slice, pools: Mapping[str, Amounts] | None
) -> RestorableAnswer:
    """`found` as JSON; amounts by resource class, of all apps; `part` of these is listed.

    Args:
        found: What can be restored.
        part: Which apps are listed.
        pools: What each pool that still stands has free, where that was asked for.
    """
    count = sum(one.is_restorable for one in found.apps)
    return {
        "apps_restorable": count,
        "apps_not_restorable": len(found.apps) - count,
        "needed": _amounts(found.needed),
        "wanted": _amounts(found.wanted),
        "apps": [_restoration(one) for one in found.apps[part]],
        "pools": None if pools is None else [_pool(*one) for one in pools.items()],
    }


def _pool(pool: str, free: Amounts) -> PoolAnswer:
    return {"pool": pool, "free": _amounts(free)}


def _restoration(one: Restoration) -> RestorationAnswer:
    return {
        "code": one.app.name,
        "is_restorable": one.is_restorable,
        "reason": one.obstacle.value if one.obstacle else "",
        "reason_text": one.obstacle.label if one.obstacle else "",
        "because": str(one.cause.id) if one.cause else None,
        "age_hours": one.age_hours,
        "needed": _amounts(one.needed),
        "wanted": _amounts(one.wanted),
        "tiers": [_tier(tier) for tier in one.tiers],
    }


def _tier(one: LostTier) -> LostTierAnswer:
    return {
        "tier": str(one.tier.id),
        "copy": _copy(one.source) if one.source else None,
        "reason": one.obstacle.value if one.obstacle else "",
        "reason_text": one.obstacle.label if one.obstacle else "",
    }


def _copy(one: Source) -> CopyAnswer:
    copy = one.copy
    return {
        "name": str(copy.id),
        "kind": copy.kind,
        "site": _name(copy.site),
        "provider": _name(copy.provider),
        "last_success": _text(copy.last_success),
        "age_hours": one.age_hours,
        "frequency_hours": copy.frequency_hours,
        "is_overdue": one.is_overdue,
        "last_restore_test": _text(copy.last_restore_test),
        "size_gib": copy.size_gib,
    }


def _text(moment: date | None) -> str | None:
    return moment.isoformat() if moment else None


def _name(place: Ref | None) -> str | None:
    return str(place) if place else None


def _amounts(amounts: Amounts) -> dict[str, int]:
    return {one.value: amount for one, amount in amounts.as_mapping().items()}

"""What two plans decide otherwise as JSON: the same keys from the command line and from the API."""

from __future__ import annotations

from typing import TypedDict

from dcim.planning.differences.differences import (
    Decided,
    MachineDifference,
    Place,
    PlanDifference,
    PoolDifference,
)
from dcim.planning.document import Objective
from dcim.vocabulary.amounts import Amounts


class SideAnswer(TypedDict):
    """One of the two plans: what it was made from, what it reaches, how sure that is."""

    plan: int | None
    base_serial: int
    stance: str
    revived_weight: int
    revived: int
    bound: int
    gap: float
    proved: bool
    asked: dict[str, int]
    reclaimed: dict[str, int]


class DecidedAnswer(TypedDict):
    """What a plan decides for an app."""

    outcome: str
    pool: str


class AppDifferenceAnswer(TypedDict):
    """An app that the plans decide on differently."""

    code: str
    name: str
    first: DecidedAnswer | None
    second: DecidedAnswer | None


class PlaceAnswer(TypedDict):
    """Where a plan has a machine."""

    pool: str
    host: str
    change: str
    running: bool
    vcpus: int
    memory_mib: int
    storage_gib: int


class MachineDifferenceAnswer(TypedDict):
    """A machine that the plans place, keep or size differently."""

    name: str
    app: str
    moved: bool
    first: PlaceAnswer | None
    second: PlaceAnswer | None


class PoolDifferenceAnswer(TypedDict):
    """What one class of a pool is used to under each plan."""

    pool: str
    resource_class: str
    first: int | None
    second: int | None


class PlanDifferenceAnswer(TypedDict):
    """Two plans side by side."""

    first: SideAnswer
    second: SideAnswer
    same_record: bool
    same: bool
    apps: list[AppDifferenceAnswer]
    machines: list[MachineDifferenceAnswer]
    pools: list[PoolDifferenceAnswer]


def answer_of_difference(
    found: PlanDifference, plans: tuple[int | None, int | None] = (None, None)
) -> PlanDifferenceAnswer:
    """`found` as JSON; `plans` are the ids of those that are stored."""
    first, second = (
        _side(plans[n], found.serials[n], found.stances[n], found.objectives[n]) for n in (0, 1)
    )
    return {
        "first": first,
        "second": second,
        "same_record": found.is_of_one_record,
        "same": found.is_empty,
        "apps": [
            {
                "code": one.code,
                "name": one.name,
                "first": _decided(one.first),
                "second": _decided(one.second),
            }
            for one in found.apps
        ],
        "machines": [_machine(one) for one in found.machines],
        "pools": [_pool(one) for one in found.pools],
    }


def _side(plan: int | None, serial: int, stance: str, reached: Objective) -> SideAnswer:
    return {
        "plan": plan,
        "base_serial": serial,
        "stance": stance,
        "revived_weight": reached.revived_weight,
        "revived": reached.revived,
        "bound": reached.bound,
        "gap": reached.gap,
        "proved": reached.proved,
        "asked": _amounts(reached.asked),
        "reclaimed": _amounts(reached.reclaimed),
    }


def _amounts(amounts: Amounts) -> dict[str, int]:
    return {str(name): amount for name, amount in amounts.as_mapping().items()}


def _decided(one: Decided | None) -> DecidedAnswer | None:
    return None if one is None else {"outcome": one.outcome.value, "pool": one.pool}


def _machine(one: MachineDifference) -> MachineDifferenceAnswer:
    return {
        "name": one.name,
        "app": one.app,
        "moved": one.is_moved,
        "first": _place(one.first),
        "second": _place(one.second),
    }


def _place(one: Place | None) -> PlaceAnswer | None:
    if one is None:
        return None
    vcpus, memory_mib, storage_gib = one.size
    return {
        "pool": one.pool,
        "host": one.host,
        "change": one.change,
        "running": one.running,
        "vcpus": vcpus,
        "memory_mib": memory_mib,
        "storage_gib": storage_gib,
    }


def _pool(one: PoolDifference) -> PoolDifferenceAnswer:
    return {
        "pool": one.pool,
        "resource_class": one.resource_class.value,
        "first": one.first,
        "second": one.second,
    }

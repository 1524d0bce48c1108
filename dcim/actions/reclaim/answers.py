"""The overview of a reclaim as JSON: the same keys from the command line and from the API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from dcim.actions.reclaim.overview import Going, Overview
from dcim.graph.answers.impact import HitApp, names
from dcim.graph.failures.impact import Hit
from dcim.record.planner.reclaims import ReclaimedMachine
from dcim.vocabulary.amounts import Amounts


class CopyAnswer(TypedDict):
    """The newest copy of a tier that is young enough, and where it lies."""

    tier: str
    place: str
    last_success: str


class WaiverAnswer(TypedDict):
    """Who did without a copy, when and why."""

    user: str
    created: str
    reason: str


class GoingAnswer(TypedDict):
    """A machine that goes: its wave, from 1 (0: it has gone), and what keeps its data."""

    machine: str
    id: int | None
    wave: int
    apps: list[str]
    reason: str
    amounts: dict[str, int]
    allocation: str
    cover: str
    tiers: list[str]
    copies: list[CopyAnswer]
    waiver: WaiverAnswer | None


class FreedAnswer(TypedDict):
    """What a pool gets back."""

    pool: str
    amounts: dict[str, int]


class ReclaimedAnswer(TypedDict):
    """A machine that has gone by the plan, and the request that gives its amounts back."""

    machine: str
    amounts: dict[str, int]
    copy: str
    allocation: str
    request: str


class ReclaimAnswer(TypedDict):
    """A plan's reclaim in the state `serial` of the record.

    `apps_down` refuse it, `apps_degraded` are a warning. `targets` is the order of the targets,
    `networks` are left without machines and go last.
    """

    serial: int
    is_free_to_go: bool
    apps_down: list[HitApp]
    apps_degraded: list[HitApp]
    going: list[GoingAnswer]
    targets: list[str]
    networks: dict[str, list[str]]
    freed: list[FreedAnswer]
    reclaimed: list[ReclaimedAnswer]


def answer_of_overview(found: Overview) -> ReclaimAnswer:
    """`found` as JSON."""
    return {
        "serial": found.verdict.serial,
        "is_free_to_go": found.is_free_to_go,
        "apps_down": _apps(found.verdict.hit.down),
        "apps_degraded": _apps(found.verdict.hit.degraded),
        "going": [_going(one) for one in found.going],
        "targets": [*found.targets],
        "networks": {target: [*names] for target, names in found.networks.items()},
        "freed": [{"pool": one.pool, "amounts": _amounts(one.amounts)} for one in found.freed],
        "reclaimed": [_reclaimed(one) for one in found.reclaimed],
    }


def _apps(hits: Iterable[Hit]) -> list[HitApp]:
    return [
        {
            "code": hit.thing.name,
            "name": hit.thing.label,
            "owner": hit.thing.owner,
            "chain": names(hit.chain),
        }
        for hit in hits
    ]


def _going(one: Going) -> GoingAnswer:
    covered, machine = one.covered, one.covered.machine
    waiver, row = covered.waiver, machine.row
    return {
        "machine": machine.name,
        "id": None if row is None else row.pk,
        "wave": one.wave,
        "apps": [*machine.apps],
        "reason": machine.planned.reason,
        "amounts": _amounts(machine.amounts),
        "allocation": row.allocation.reference if row and row.allocation else "",
        "cover": covered.cover.value,
        "tiers": [*covered.tiers],
        "copies": [
            {
                "tier": str(copy.workload),
                "place": str(copy.site or copy.provider),
                "last_success": copy.last_success.isoformat() if copy.last_success else "",
            }
            for copy in covered.copies
        ],
        "waiver": None
        if waiver is None
        else {
            "user": waiver.user.get_username(),
            "created": waiver.created.isoformat(),
            "reason": waiver.reason,
        },
    }


def _reclaimed(one: ReclaimedMachine) -> ReclaimedAnswer:
    return {
        "machine": str(one),
        "amounts": _amounts(one.amounts),
        "copy": one.copy,
        "allocation": one.allocation.reference if one.allocation else "",
        "request": one.request.number if one.request else "",
    }


def _amounts(amounts: Amounts) -> dict[str, int]:
    return {str(name): amount for name, amount in amounts.as_mapping().items()}

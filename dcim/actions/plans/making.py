"""Make plans and keep them: a plan is computed from the record as it is, and stored frozen."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache
from typing import Final

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.planning.document import PlanDocument, digest_of, encode, parse
from dcim.planning.estate import Snapshot
from dcim.planning.load.record import load_snapshot
from dcim.planning.reactivation.plan import plan_reactivation
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.solver import USUAL, Effort
from dcim.record.log.changes import current_serial
from dcim.record.planner.plans import Plan
from dcim.vocabulary.errors import InvalidInput

# Writing these does not change what a plan is made from, so a plan's base stays what it was.
NOT_PLANNED_FROM: Final = (
    "planner.plan",
    "planner.planapproval",
    "planner.provisioningrun",
    "planner.backupcopy",
    "planner.backupwaiver",
    "planner.reclaimedmachine",
    "planner.scenario",
    "planner.allocationrequest",
    "planner.requestline",
    "planner.requeststep",
    "planner.driftrule",
    "users.user",
    "users.group",
    "users.permission",
    "users.token",
)


def make_plan(
    stance: Stance, *, by: Actor, only: Collection[str] = (), effort: Effort = USUAL
) -> tuple[Plan, bool]:
    """The stored plan of the record as it is now, and whether it is new; a known one is not stored.

    Args:
        stance: How blockers are taken.
        by: Who makes it.
        only: Pools that new machines may go to; empty: all.
        effort: How long each stage may search.

    Raises: BadDocument when the record contradicts itself; InvalidInput for a pool that takes no
        machines; MissingComponent without OR-Tools.
    """
    return _store(plan_reactivation(current_snapshot(), stance, only=only, effort=effort), by)


def store_plan(document: PlanDocument, *, by: Actor) -> Plan:
    """`document` as a row; the row that holds its digest already, where there is one."""
    return _store(document, by)[0]


def _store(document: PlanDocument, by: Actor) -> tuple[Plan, bool]:
    digest = digest_of(document)
    if (known := _stored(digest)) is not None:
        return known, False
    values = {
        "name": document.name,
        "stance": document.stance,
        "base_serial": document.base_serial,
        "digest": digest,
        "document": json.loads(encode(document)),
        "created_by": by.user,
    }
    try:
        return record.create(Plan, values, by=by), True
    except InvalidInput:
        if (known := _stored(digest)) is not None:  # another writer was quicker
            return known, False
        raise


def document_of(plan: Plan) -> PlanDocument:
    """The document that `plan` keeps.

    Raises: BadDocument when what is stored is not what was digested.
    """
    return _parsed(json.dumps(plan.document))


@lru_cache(maxsize=16)
def _parsed(text: str) -> PlanDocument:
    """The document in `text`: proving a large one takes longer than all else on a page."""
    return parse(text.encode())


def _stored(digest: str) -> Plan | None:
    return Plan.objects.filter(digest=digest).first()


def current_snapshot() -> Snapshot:
    """What plans are made from, named after the newest change of it.

    Notes: the serial is read first, so that a change made meanwhile shows as newer than the plan.
    """
    serial = planning_serial()
    return replace(load_snapshot(), serial=serial)


def planning_serial() -> int:
    """The newest serial at which what plans are made from was changed, 0 when it never was."""
    return current_serial(leaving_out=NOT_PLANNED_FROM)

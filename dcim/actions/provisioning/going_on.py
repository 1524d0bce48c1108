"""How to go on from a run that leaves something to do: by a new preview, and of which plan."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from dcim.actions.plans.making import planning_serial
from dcim.actions.provisioning.approvals import is_approvable
from dcim.actions.provisioning.lapsing import what_moved
from dcim.planning.document import DocumentKind
from dcim.record.planner.plans import ProvisioningRun
from dcim.vocabulary.choices import RunKind, RunOutcome

UNDONE: Final = (RunOutcome.FAILED.value, RunOutcome.REFUSED.value, RunOutcome.STOPPED.value)


class WayOn(StrEnum):
    """What has to be asked for."""

    PREVIEW = "preview"
    """Another preview of the same plan."""
    AS_IS = "as_is"
    """A preview of the record as it stands now, which the plan is of an older day."""
    NEW_PLAN = "new_plan"
    """A new plan, for the record has moved on since this one was made; and a preview of that."""


def way_on(run: ProvisioningRun) -> WayOn | None:
    """What leads on from `run`; None while it is open, and where nothing is left to do.

    Notes: an apply that was not done, and a preview that can't be applied: since it ended badly,
        its approvals have lapsed, or the record has moved.
    """
    has_moved = run.plan.base_serial != planning_serial()
    if run.is_open or not _leaves_something(run, has_moved=has_moved):
        return None
    if run.plan.document.get("kind") == DocumentKind.AS_IS:
        return WayOn.AS_IS
    return WayOn.NEW_PLAN if has_moved else WayOn.PREVIEW


def _leaves_something(run: ProvisioningRun, *, has_moved: bool) -> bool:
    if run.kind == RunKind.REFRESH:
        return False
    if run.outcome in UNDONE or not is_approvable(run):
        return run.outcome in UNDONE
    approvals = list(run.approvals.select_related("plan", "preview", "user"))
    return has_moved or bool(approvals and all(map(what_moved, approvals)))

"""What runs of the engine ask of a reclaim: whether it may be applied, and what is gone by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from dcim.actions.changes import Actor
from dcim.actions.reclaim.following import Followed, follow_reclaim
from dcim.actions.reclaim.overview import require_reclaimable
from dcim.planning.document import PlanDocument
from dcim.record.planner.plans import ProvisioningRun
from dcim.vocabulary.choices import RunKind
from dcim.vocabulary.errors import LumbungError

# What the engine's report calls a machine: here, on Proxmox VE, on OpenStack.
MACHINES: Final = frozenset({"Domain", "VmLegacy", "Instance"})


def check_reclaim(document: PlanDocument, run: ProvisioningRun) -> None:
    """Let pass an apply under which no running app stops, and no data are lost.

    Raises: StillNeeded, NotBackedUp, AnotherMachine.
    """
    if any(target.reclaim for target in document.targets):
        require_reclaimable(run.plan, run.targets)


def follow_reclaimed(
    document: PlanDocument, run: ProvisioningRun, by: Actor
) -> Iterator[dict[str, str]]:
    """Lines of the machines of `run` that have gone from the record too, or why they could not.

    Args:
        document: What was applied.
        run: An `up` that has ended, whole or in part.
        by: Who writes.
    """
    gone = _gone(run.report or {}) if run.kind == RunKind.UP else {}
    if not any(gone.values()) or not any(target.reclaim for target in document.targets):
        return
    try:
        followed = follow_reclaim(run.plan, gone, run=run, by=by)
    except LumbungError as err:
        names = sorted(f"{target}/{name}" for target, names in gone.items() for name in names)
        yield {"machine": ", ".join(names), "error": str(err)}
        return
    yield from _lines(followed)


def _gone(report: Mapping[str, Any]) -> dict[str, set[str]]:
    """By target the machines whose deletion the engine confirms; a rehearsal deletes nothing."""
    return {
        one["name"]: {
            step["name"]
            for step in one["steps"]
            if (step["op"], step.get("outcome")) == ("delete", "done") and step["kind"] in MACHINES
        }
        for one in report.get("targets", ())
        if not one["rehearsal"]
    }


def _lines(followed: Followed) -> Iterator[dict[str, str]]:
    for one in followed.reclaimed:
        yield {
            "machine": str(one),
            "change": _("gone from the record: %(kept)s") % {"kept": one.copy},
        }
    for back in followed.given_back:
        names = ", ".join(str(one) for one in back.machines)
        if back.draft is not None:
            change = _("%(request)s gives back what it freed of %(grant)s")
            told = change % {"request": back.draft.number, "grant": back.grant}
            yield {"machine": names, "change": told}
        elif back.lacks_applicant:
            error = _("Say on the plan's page who applies to give back what it freed of %(grant)s.")
            yield {"machine": names, "error": error % {"grant": back.grant}}

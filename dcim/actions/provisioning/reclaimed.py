"""What runs of the engine ask of a reclaim: whether it may be applied, and what is gone by it."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from dcim.actions.changes import Actor
from dcim.actions.provisioning.following import confirmed_machines
from dcim.actions.reclaim.following import let_go
from dcim.actions.reclaim.giving_back import draft_give_backs
from dcim.actions.reclaim.overview import require_reclaimable
from dcim.planning.document import PlanDocument
from dcim.record.planner.plans import Plan, ProvisioningRun
from dcim.vocabulary.errors import LumbungError


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
    followed = False
    for target in document.targets:
        confirmed = confirmed_machines(run, target.name) if target.reclaim else frozenset()
        for vm in target.reclaim:
            if vm.name in confirmed:
                followed = True
                yield from _told(run, target.name, vm.name, by)
    if followed:
        yield from _given_back(run.plan, by)


def _told(run: ProvisioningRun, target: str, name: str, by: Actor) -> Iterator[dict[str, str]]:
    """Each machine by itself: one whose row is held keeps no other from going."""
    line = {"target": target, "machine": name}
    try:
        gone = let_go(run.plan, {target: {name}}, run=run, by=by)
    except LumbungError as err:
        yield {**line, "error": str(err)}
        return
    for one in gone:
        yield {**line, "change": _("gone from the record: %(kept)s") % {"kept": one.copy}}


def _given_back(plan: Plan, by: Actor) -> Iterator[dict[str, str]]:
    try:
        drafts = draft_give_backs(plan, by=by.for_deed())
    except LumbungError as err:
        yield {"machine": "–", "error": str(err)}
        return
    for back in drafts:
        names = ", ".join(str(one) for one in back.machines)
        if back.draft is not None:
            change = _("%(request)s gives back what it freed of %(grant)s")
            told = change % {"request": back.draft.number, "grant": back.grant}
            yield {"machine": names, "change": told}
        elif back.lacks_applicant:
            error = _("Say on the plan's page who applies to give back what it freed of %(grant)s.")
            yield {"machine": names, "error": error % {"grant": back.grant}}

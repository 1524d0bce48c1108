"""What runs of the engine ask of a reclaim: whether it may be applied, and what is gone by it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext_noop

from dcim.actions.changes import Actor
from dcim.actions.provisioning.following import Line, confirmed_machines
from dcim.actions.reclaim.following import let_go
from dcim.actions.reclaim.giving_back import draft_give_backs
from dcim.actions.reclaim.overview import require_reclaimable
from dcim.planning.document import PlanDocument
from dcim.planning.sentences import kept, tell, tell_error
from dcim.record.planner.plans import Plan, ProvisioningRun
from dcim.vocabulary.errors import LumbungError

GONE: Final = gettext_noop("gone from the record: %(kept)s")
GIVEN_BACK: Final = gettext_noop("%(request)s gives back what it freed of %(grant)s")
LACKS_APPLICANT: Final = gettext_noop(
    "Say on the plan's page who applies to give back what it freed of %(grant)s."
)


def check_reclaim(document: PlanDocument, run: ProvisioningRun) -> None:
    """Let pass an apply under which no running app stops, and no data are lost.

    Raises: StillNeeded, NotBackedUp, AnotherMachine.
    """
    if any(target.reclaim for target in document.targets):
        require_reclaimable(run.plan, run.targets)


def follow_reclaimed(document: PlanDocument, run: ProvisioningRun, by: Actor) -> Iterator[Line]:
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


def _told(run: ProvisioningRun, target: str, name: str, by: Actor) -> Iterator[Line]:
    """Each machine by itself: one whose row is held keeps no other from going."""
    line: Line = {"target": target, "machine": name}
    try:
        gone = let_go(run.plan, {target: {name}}, run=run, by=by)
    except LumbungError as err:
        yield {**line, **kept(tell_error(err), "error")}
        return
    for one in gone:
        yield {**line, **kept(tell(GONE, kept=one.copy), "change")}


def _given_back(plan: Plan, by: Actor) -> Iterator[Line]:
    try:
        drafts = draft_give_backs(plan, by=by.for_deed())
    except LumbungError as err:
        yield {"machine": "–", **kept(tell_error(err), "error")}
        return
    for back in drafts:
        names = ", ".join(str(one) for one in back.machines)
        if back.draft is not None:
            told = tell(GIVEN_BACK, request=back.draft.number, grant=back.grant)
            yield {"machine": names, **kept(told, "change")}
        elif back.lacks_applicant:
            yield {"machine": names, **kept(tell(LACKS_APPLICANT, grant=back.grant), "error")}

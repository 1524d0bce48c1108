"""Approve plans: by a second person, of what was shown, while the record is what it was."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dcim.actions.changes import Actor, Change, log_changes, state_of
from dcim.actions.plans.making import document_of, planning_serial
from dcim.actions.refusals import writing
from dcim.actions.rights import second_person
from dcim.actions.writes.values import known
from dcim.planning.document import digest_of
from dcim.record.planner.plans import Plan, PlanApproval
from dcim.vocabulary.errors import Refused


def approve_plan(plan: Plan, *, digest: str, comment: str = "", by: Actor) -> PlanApproval:
    """The approval of `plan` by the user of `by`, who was shown the document of `digest`.

    Raises:
        NotPermitted: the user is its author, or lacks the right.
        Refused: it is not what was shown, the record has changed since, or the user has approved.
        BadDocument: what is stored is not what was digested.
    """
    with writing():
        rows = Plan.objects.select_for_update(of=("self",)).filter(pk=plan.pk)
        stored = known(rows.first(), plan)
        approver = second_person(stored.created_by, by.user, Plan, stored)
        _check(stored, digest)
        if of_plan(stored).filter(user=approver).exists():
            raise Refused(
                _("You have approved the plan already."), hint=_("One approval of each is kept.")
            )
        approval = PlanApproval(
            plan=stored,
            digest=stored.digest,
            base_serial=stored.base_serial,
            user=approver,
            comment=comment,
        )
        approval.full_clean()
        approval.save()
        log_changes([Change(approval, approval.pk, None, state_of(approval))], by=by)
    return approval


def has_lapsed(base_serial: int) -> bool:
    """Whether the record has changed since the state `base_serial`, so that approvals lapse."""
    return planning_serial() != base_serial


def standing_approvals(plan: Plan) -> list[PlanApproval]:
    """The approvals of `plan` that hold: of these bytes, on the record as it is."""
    if has_lapsed(plan.base_serial):
        return []
    return list(of_plan(plan).filter(digest=plan.digest).select_related("user"))


def of_plan(plan: Plan) -> QuerySet[PlanApproval]:
    """The approvals of the plan itself; those of its previews are for applying these."""
    return plan.approvals.filter(preview__isnull=True)


def _check(plan: Plan, digest: str) -> None:
    if digest != plan.digest or digest_of(document_of(plan)) != plan.digest:
        raise Refused(
            _("The plan is not the one that was shown."),
            field="digest",
            hint=_("Look at it again, then approve what you see."),
        )
    if has_lapsed(plan.base_serial):
        raise Refused(
            _("The record has changed since the plan was made."),
            field="base_serial",
            hint=_("Make a new plan, and approve that."),
        )

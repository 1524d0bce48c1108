"""The word of a second person for applying one preview, and what has moved since it was given."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from dcim.actions.changes import Actor, Change, log_changes, state_of
from dcim.actions.plans.making import document_of
from dcim.actions.provisioning.lapsing import what_moved
from dcim.actions.provisioning.losses import check_losses
from dcim.actions.refusals import writing
from dcim.actions.rights import second_person
from dcim.actions.writes.values import known
from dcim.record.planner.plans import PlanApproval, ProvisioningRun
from dcim.vocabulary.choices import RunKind, RunOutcome
from dcim.vocabulary.errors import NotPermitted, Refused

APPROVABLE: Final = (RunOutcome.CHANGES.value, RunOutcome.NO_CHANGE.value)


def approve_preview(
    preview: ProvisioningRun, *, digest: str, comment: str = "", by: Actor
) -> PlanApproval:
    """The word of the user of `by` for applying what `preview` showed of the document `digest`.

    Raises:
        NotPermitted: the user made the plan or asked for the preview, or lacks the right.
        NotReclaimed: it would take away what the plan does not reclaim.
        Refused: nobody is known to have made or asked for it, it is no preview that can be applied,
            not what was shown, something has moved since, or the user has approved it already.
        BadDocument: what is stored is not what was digested.
    """
    with writing():
        rows = ProvisioningRun.objects.select_for_update(of=("self",)).filter(pk=preview.pk)
        stored = known(rows.select_related("plan").first(), preview)
        approver = second_person(stored.plan.created_by, by.user, ProvisioningRun, stored)
        if stored.requested_by_id == approver.pk:
            raise NotPermitted(
                _("You asked for this preview yourself."),
                hint=_("Someone else has to approve it."),
            )
        _check(stored, digest)
        if stored.approvals.filter(user=approver).exists():
            raise Refused(
                _("You have approved the preview already."),
                hint=_("One approval of each is kept."),
            )
        approval = PlanApproval(
            plan=stored.plan,
            preview=stored,
            digest=stored.plan.digest,
            base_serial=stored.plan.base_serial,
            bases=stored.bases,
            user=approver,
            comment=comment,
        )
        approval.full_clean()
        approval.save()
        _check_unmoved(approval)
        log_changes([Change(approval, approval.pk, None, state_of(approval))], by=by)
    return approval


def standing_approval(preview: ProvisioningRun) -> PlanApproval:
    """The newest approval of `preview` that holds.

    Raises: Refused, saying that there is none, or what has moved since.
    """
    approvals = list(preview.approvals.select_related("plan", "preview", "user"))
    for approval in approvals:
        if not what_moved(approval):
            return approval
    if approvals:
        require_unmoved(approvals[0])
    raise Refused(
        _("Nobody has approved this preview."),
        field="approval",
        hint=_("It takes someone who neither made the plan nor asked for the preview."),
    )


def require_unmoved(approval: PlanApproval) -> None:
    """Let pass an approval of what is still so.

    Raises: Refused, saying what moved.
    """
    moved = what_moved(approval)
    if moved:
        raise Refused(
            _("The approval has lapsed: %(moved)s.") % {"moved": "; ".join(moved)},
            field="approval",
            hint=_("Make a new plan where the record has moved, preview it, and approve that."),
        )


def is_approvable(run: ProvisioningRun) -> bool:
    """Whether `run` is a preview that ended well and kept its engine plans."""
    return run.kind == RunKind.PREVIEW and run.outcome in APPROVABLE and bool(run.bases)


def _check(preview: ProvisioningRun, digest: str) -> None:
    if not is_approvable(preview):
        raise Refused(
            _("Only a preview that has ended well can be approved."),
            hint=_("Preview the plan again."),
        )
    if preview.plan.created_by_id is None and preview.requested_by_id is None:
        raise Refused(
            _("Nobody is known to have asked for this preview, so nobody is a second person."),
            hint=_("Preview it on the page, by a token, or with --user."),
        )
    document = document_of(preview.plan)
    if digest != preview.plan.digest:
        raise Refused(
            _("The plan is not the one that was shown."),
            field="digest",
            hint=_("Look at it again, then approve what you see."),
        )
    check_losses(document, preview)


def _check_unmoved(approval: PlanApproval) -> None:
    moved = what_moved(approval)
    if moved:
        raise Refused(
            _("This can't be approved any more: %(moved)s.") % {"moved": "; ".join(moved)},
            hint=_("Make a new plan where the record has moved, preview it, and approve that."),
        )

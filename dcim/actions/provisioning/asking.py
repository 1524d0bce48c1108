"""Ask for runs of the engine, and for their end; a worker does them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.actions.jobs.queue import enqueue
from dcim.actions.jobs.queue import stop as stop_job
from dcim.actions.plans.making import document_of
from dcim.actions.provisioning.approvals import standing_approval
from dcim.actions.provisioning.ending import begin_inline, close_lost, ending_told
from dcim.actions.provisioning.guards import check_guards
from dcim.actions.refusals import writing
from dcim.actions.rights import require
from dcim.catalog.roles import ADD, APPLY, CHANGE
from dcim.planning.document import PlanDocument
from dcim.planning.sentences import tell
from dcim.record.planner.jobs import Job
from dcim.record.planner.plans import Plan, PlanApproval, ProvisioningRun
from dcim.vocabulary.choices import RunKind, RunOutcome, RunStatus
from dcim.vocabulary.errors import InvalidInput, Refused, UnknownThing

LOOK: Final = "provisioning.look"
CLOSED_BY: Final = gettext_noop("Closed by %(name)s: nobody was at it any more.")
APPLY_JOB: Final = "provisioning.apply"
LEFT_TO_COMMANDS: Final = timedelta(hours=1)
LOOKS: Final = (RunKind.PREVIEW, RunKind.REFRESH)


def ask_run(
    plan: Plan, kind: RunKind = RunKind.PREVIEW, targets: Sequence[str] = (), *, by: Actor
) -> ProvisioningRun:
    """The queued run of `kind` on the named targets of `plan` (none: all); it changes nothing.

    Asked twice by the same person while the first is open, it is the same run.

    Raises:
        NotPermitted: the user may not ask for runs.
        InvalidInput: it is a kind that changes things: that takes an approved preview.
        UnknownThing: the plan has no such target.
        BadDocument: what is stored is not what was digested.
    """
    if by.user is not None:
        require(by.user, ADD, ProvisioningRun)
    if kind not in LOOKS:
        raise InvalidInput(
            _("A run of the kind %(kind)s is not asked for by itself.") % {"kind": kind.value},
            field="kind",
            hint=_("Preview the plan, have the preview approved, and apply that."),
        )
    chosen = known_targets(document_of(plan), targets)
    return _queued(plan, kind, chosen, None, by)


def ask_apply(preview: ProvisioningRun, *, by: Actor) -> ProvisioningRun:
    """The queued run that applies what `preview` showed, which a second person has approved.

    Raises:
        NotPermitted: the user may not apply.
        Refused: nobody has approved it, its approval has lapsed (it says what moved), a guard
            forbids it, or a run that another asked for applies it already.
    """
    if by.user is not None:
        require(by.user, APPLY, ProvisioningRun)
    standing_approval(preview)  # of a plan that was altered nothing is read
    check_guards(document_of(preview.plan), preview)  # on what is kept of the record
    with writing():
        at_work = _applying(preview)
        if at_work is not None and by.user is not None and at_work.requested_by_id == by.user.pk:
            return at_work
        _refuse_second(at_work)
        approval = standing_approval(preview)
        return _queued(preview.plan, RunKind.UP, preview.targets, approval, by)


def begin_apply_inline(preview: ProvisioningRun, *, by: Actor) -> ProvisioningRun:
    """The row of an apply of `preview` that a command does itself, at once.

    Raises: Refused: nobody has approved it, its approval has lapsed, or another run applies it.
    """
    with writing():
        _refuse_second(_applying(preview))
        approval = standing_approval(preview)
        targets = preview.targets
        return begin_inline(preview.plan, RunKind.UP, targets, by=by, approval=approval)


def _applying(preview: ProvisioningRun) -> ProvisioningRun | None:
    """The open run that applies `preview`, which is locked: two who ask at once take turns."""
    ProvisioningRun.objects.select_for_update(of=("self",)).filter(pk=preview.pk).first()
    applies = ProvisioningRun.objects.filter(kind=RunKind.UP, approval__preview=preview)
    return applies.exclude(status=RunStatus.ENDED.value).order_by("pk").first()


def _refuse_second(at_work: ProvisioningRun | None) -> None:
    if at_work is not None:
        raise Refused(
            _("Run %(number)s applies this preview already, asked for by %(name)s.")
            % {"number": at_work.pk, "name": at_work.requested_by or "–"},
            field="approval",
            hint=_("Watch that one, or stop it; then look what is left to do."),
        )


def stop_run(run: ProvisioningRun, *, by: Actor) -> ProvisioningRun:
    """Ask for the end of `run`: it does not begin, or ends after the step that it is at.

    Raises:
        NotPermitted: the user may not end runs.
        Refused: it has ended, or a command does it that may still be at it.
    """
    if by.user is not None:
        require(by.user, CHANGE, ProvisioningRun, run)
    job = job_of(run)
    if not run.is_open:
        raise Refused(_("The run has ended already."), hint=_("Look at what came of it."))
    if job is None or not job.is_open:
        return _closed(run, by)
    # The right to end runs was judged; the job itself is its asker's.
    stop_job(job, by=Actor(None, by.name, message=by.message))
    run.refresh_from_db()
    return run


def _closed(run: ProvisioningRun, by: Actor) -> ProvisioningRun:
    """Commands end their runs themselves; one that was killed leaves its run open."""
    began = run.started or run.created
    if run.job_id is None and timezone.now() - began < LEFT_TO_COMMANDS:
        raise Refused(
            _("A command does this run."),
            hint=_("Press Ctrl-C there. If it was killed, the run can be closed after an hour."),
        )
    return close_lost(run, ending_told(RunOutcome.STOPPED, tell(CLOSED_BY, name=by.name)))


def job_of(run: ProvisioningRun) -> Job | None:
    """The work in the background that does `run`; None where a command did, or it is cleared."""
    return Job.objects.filter(job_id=run.job_id).first() if run.job_id else None


def known_targets(document: PlanDocument, names: Sequence[str]) -> list[str]:
    """`names` in order, each once.

    Raises: UnknownThing, listing the plan's targets.
    """
    known = [target.name for target in document.targets]
    for name in names:
        if name not in known:
            raise UnknownThing(
                _("The plan has no target “%(name)s”.") % {"name": name},
                field="targets",
                hint=_("Known: %(names)s.") % {"names": ", ".join(known) or "–"},
            )
    return sorted(set(names))


def _queued(
    plan: Plan, kind: RunKind, targets: Sequence[str], approval: PlanApproval | None, by: Actor
) -> ProvisioningRun:
    arguments = {"plan": plan.pk, "kind": kind.value, "targets": list(targets)}
    arguments |= {"approval": approval.pk} if approval else {}
    name = f"{kind.label}: {plan}"
    with writing():
        job = enqueue(LOOK if kind in LOOKS else APPLY_JOB, arguments, by=by, name=name)
        asked = ProvisioningRun.objects.filter(job_id=job.job_id).first()
        if asked is not None:
            return asked
        values = {
            "plan": plan,
            "kind": kind.value,
            "targets": list(targets),
            "approval": approval,
            "requested_by": by.user,
            "job_id": job.job_id,
        }
        return record.create(ProvisioningRun, values, by=by.for_deed())

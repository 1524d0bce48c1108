"""Asks for work in the background, and for its end."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from dcim.actions.changes import Actor
from dcim.actions.jobs.kinds import kind_called
from dcim.actions.jobs.rows import close, held, note
from dcim.actions.jobs.running import run_job
from dcim.actions.refusals import writing
from dcim.actions.rights import require
from dcim.actions.writes.values import known
from dcim.catalog.roles import CHANGE
from dcim.record.planner.jobs import OPEN, Job
from dcim.vocabulary.choices_extras import JobStatus
from dcim.vocabulary.errors import Refused


def enqueue(
    kind: str,
    arguments: Mapping[str, object],
    *,
    by: Actor,
    name: str = "",
    period: str | None = None,
    interval: int | None = None,
) -> Job:
    """The job that does the work `kind`, waiting for a worker.

    Who may ask for it is the caller's to judge. Asked twice by the same person with the same
    arguments before it has ended, it is the same job.

    Args:
        kind: A name of `KINDS`.
        arguments: What its function reads, as JSON.
        by: Who asks; what the job writes, it writes as them, within their rights then.
        name: What people call it; empty: the kind's label.
        period: What may be asked for only once, for example a day.
        interval: Minutes between two of them, where it comes again by itself.

    Raises: InvalidInput for an unknown kind, or a period that was asked for already.
    """
    label = str(name or kind_called(kind).label)
    same = Job.objects.filter(kind=kind, user=by.user, arguments=dict(arguments), period=period)
    with writing():
        job = same.filter(status__in=OPEN, stop_requested=False).first()
        if job is not None:
            return job
        job = Job(
            name=label[:200],
            kind=kind,
            arguments=dict(arguments),
            user=by.user,
            period=period,
            interval=interval,
        )
        note(job, _("Asked for by %(name)s") % {"name": by.name})
        job.full_clean()
        send(job)
    return job


def send(job: Job) -> None:
    """Give the job to whichever worker comes first; the task commits with the job's row."""
    job.task_id = UUID(str(run_job.enqueue(str(job.job_id)).id))
    job.save()


def stop(job: Job, *, by: Actor) -> Job:
    """Ask for the end of `job`: it doesn't begin, or ends soon with the best that it has.

    Raises:
        NotPermitted: it is another's, and the user may not change jobs.
        Refused: it has ended already.
    """
    with writing():
        row = known(held(job.pk), job)
        if by.user is not None:
            require(by.user, CHANGE, Job, row)
        if row.status == JobStatus.RUNNING:
            row.stop_requested = True
            note(row, _("To be stopped, says %(name)s") % {"name": by.name})
            row.save()
        elif row.is_open:
            row.stop_requested = True
            reason = _("Stopped by %(name)s before it began.") % {"name": by.name}
            close(row, JobStatus.FAILED, error=reason)
        else:
            raise Refused(_("The job has ended already."), hint=_("Look at what came of it."))
    return row

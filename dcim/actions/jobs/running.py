"""Does a job in a worker: claims it, runs its kind's function, and ends it with what came of it."""

from __future__ import annotations

import logging
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import TaskContext, task

from dcim.actions.changes import Actor
from dcim.actions.jobs.kinds import Data, Kept, Written, kind_called
from dcim.actions.jobs.rows import close, held, note
from dcim.actions.jobs.watching import JobWatch, watched
from dcim.actions.refusals import writing
from dcim.catalog import kind_of
from dcim.record.planner.jobs import WAITING, Job
from dcim.vocabulary.choices_extras import JobStatus
from dcim.vocabulary.errors import LumbungError

ANONYMOUS_WORKER: Final = "here"
log = logging.getLogger("dcim.jobs")


class _TakenOver(Exception):
    """The job is another worker's now, so nothing of this one's work may be kept."""


@task(takes_context=True)
def run_job(context: TaskContext, job_id: str) -> None:
    """The task behind every job: do the one that has this id."""
    perform(UUID(job_id), worker=context.task_result.worker_ids[-1])


def perform(job_id: UUID, *, worker: str = ANONYMOUS_WORKER) -> None:
    """Do a job that waits; one that has been stopped, or that another worker has, is left alone."""
    job = _claimed(job_id, worker)
    if job is None:
        return
    with watched(job) as watch:
        try:
            _end(job, watch, kind_called(job.kind).run(job, watch))
        except _TakenOver:
            log.warning("Job %s was taken over; its work here is dropped.", job.pk)
        except LumbungError as err:
            _fail(job, watch, JobStatus.FAILED, str(err))
        except Exception as err:  # the worker goes on with the next job
            log.exception("Job %s (%s) went wrong.", job.pk, job.kind)
            _fail(job, watch, JobStatus.ERRORED, f"{type(err).__name__}: {err}")


def _claimed(job_id: UUID, worker: str) -> Job | None:
    with writing():
        rows = Job.objects.select_for_update(of=("self",))
        job = rows.filter(job_id=job_id, status__in=WAITING).first()
        if job is None:
            return None
        job.status, job.worker, job.tries = JobStatus.RUNNING.value, worker, job.tries + 1
        job.started = job.heartbeat = timezone.now()
        job.done, job.total, job.text = 0, 0, ""
        note(job, _("Begun"))
        job.save()
    return job


def _end(job: Job, watch: JobWatch, made: Data | Kept) -> None:
    """Keep what was made and end the job, both or neither."""
    with writing():
        written = made.write(_actor(job)) if isinstance(made, Kept) else (made, None)
        _close(job, watch, JobStatus.COMPLETED, written=written)


def _fail(job: Job, watch: JobWatch, status: JobStatus, error: str) -> None:
    try:
        with writing():
            _close(job, watch, status, error=error)
    except _TakenOver:
        log.warning("Job %s was taken over; its failure here is dropped.", job.pk)


def _close(
    job: Job,
    watch: JobWatch,
    status: JobStatus,
    *,
    written: Written = ({}, None),
    error: str = "",
) -> None:
    """End the row of `job` if it is still this worker's.

    Raises: _TakenOver, so that the transaction is given up.
    """
    row = held(job.pk)
    claim = (JobStatus.RUNNING.value, job.worker, job.tries)
    if row is None or (row.status, row.worker, row.tries) != claim:
        raise _TakenOver
    row.done, row.total, row.text = watch.newest
    data, obj = written
    row.data = dict(data) if data else None
    if obj is not None:
        row.object_type, row.object_id = kind_of(type(obj)), obj.pk
    close(row, status, error=error)


def _actor(job: Job) -> Actor:
    message = _("Job %(number)s: %(name)s") % {"number": job.pk, "name": job.name}
    return Actor.system(message) if job.user is None else Actor.of(job.user, message=message)

"""Finds jobs whose worker is gone, and clears away what is old.

A job that its kind allows is begun again, at most `MOST_TRIES` times, since one that takes all
memory would kill every worker in turn; any other is marked as errored. Nothing is done twice: what
a job writes is written in the transaction that ends it, by the claim that holds it then.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django_tasks_db.models import DBTaskResult

from dcim.actions.jobs.kinds import kinds
from dcim.actions.jobs.queue import send
from dcim.actions.jobs.rows import close, held, note
from dcim.actions.refusals import writing
from dcim.planning.sentences import tell
from dcim.record.planner.jobs import OPEN, WAITING, Job
from dcim.vocabulary.choices_extras import JobStatus

# Without a sign of life for so long, a worker is taken for dead.
STALE_AFTER: Final = timedelta(seconds=120)
MOST_TRIES: Final = 3
WORKER_STOPPED: Final = gettext_noop("The worker stopped; this was try %(count)s.")
FINISHED: Final = frozenset({"FAILED", "SUCCESSFUL"})
TASKS_KEPT_FOR: Final = timedelta(days=1)


def recover(*, worker: str = "") -> list[Job]:
    """The jobs that a dead worker had, begun again or marked as errored.

    Args:
        worker: Whose jobs are known to be given up, for example one that has just begun again
            under its name; beside them those that are stale.
    """
    return [*_given_up(worker), *_never_begun(worker)]


def _given_up(worker: str) -> Iterator[Job]:
    stale = Q(heartbeat__lt=timezone.now() - STALE_AFTER)
    lost = stale | Q(worker=worker) if worker else stale
    running = Job.objects.filter(lost, status=JobStatus.RUNNING.value)
    for pk in list(running.order_by("pk").values_list("pk", flat=True)):
        with writing():
            job = held(pk)
            # Held now, it may have ended or given a sign of life since it was listed.
            if job is None or not running.filter(pk=pk).exists():
                continue
            _begin_again_or_close(job)
        yield job


def _begin_again_or_close(job: Job) -> None:
    tasks_of(job).delete()
    kind = kinds().get(job.kind)
    if job.stop_requested or kind is None or not kind.restarts or job.tries >= MOST_TRIES:
        reason = tell(WORKER_STOPPED, count=job.tries)
        close(job, JobStatus.ERRORED, error=reason)
        return
    job.status, job.worker, job.heartbeat = JobStatus.PENDING.value, "", None
    note(job, _("The worker stopped; the job is begun again"), level="warning")
    send(job)


def _never_begun(worker: str) -> Iterator[Job]:
    """Jobs whose task is gone, or was taken by a worker that died before it began."""
    waiting = Job.objects.filter(status__in=WAITING)
    old = waiting.filter(created__lt=timezone.now() - STALE_AFTER)
    for job in list(waiting if worker else old):
        if not _is_lost(job, worker):
            continue
        with writing():
            row = held(job.pk)
            if row is None or row.status not in WAITING or row.task_id != job.task_id:
                continue
            tasks_of(row).delete()
            send(row)
        yield row


def _is_lost(job: Job, worker: str) -> bool:
    """Whether nobody will begin the waiting job: its task is neither queued nor in good hands."""
    task = tasks_of(job).values("status", "started_at", "worker_ids").first()
    if task is None or task["status"] in FINISHED:
        return True
    if task["status"] != "RUNNING":
        return False
    return worker in task["worker_ids"] or task["started_at"] < timezone.now() - STALE_AFTER


def tasks_of(job: Job) -> QuerySet[Any]:
    """The job's task in the queue: one or none."""
    return DBTaskResult.objects.filter(pk__in=[job.task_id] if job.task_id else [])


def clear_away() -> None:
    """Forget tasks that ended a day ago, and jobs that ended longer ago than they are kept."""
    now = timezone.now()
    kept_for = timedelta(days=settings.JOB_RETENTION_DAYS)
    with writing():
        DBTaskResult.objects.finished().filter(finished_at__lt=now - TASKS_KEPT_FOR).delete()
        Job.objects.exclude(status__in=OPEN).filter(completed__lt=now - kept_for).delete()

"""Rows of jobs as they change state: held, judged and noted, one short transaction each."""

from __future__ import annotations

from typing import Final

from django.utils import timezone

from dcim.actions.jobs.kinds import kinds
from dcim.planning.sentences import kept
from dcim.record.planner.jobs import Job
from dcim.vocabulary.choices_extras import JobStatus

MOST_NOTES: Final = 100
MOST_TEXT: Final = 200


def held(pk: int) -> Job | None:
    """The job's row, locked until the transaction ends; None when it is gone."""
    return Job.objects.select_for_update(of=("self",)).filter(pk=pk).first()


def note(job: Job, message: str, *, level: str = "info") -> None:
    """Add a line to the job's log, as NetBox writes them; the oldest give way."""
    entry = {"timestamp": timezone.now().isoformat(), "level": level, **kept(message)}
    job.log_entries = [*job.log_entries, entry][-MOST_NOTES:]


def close(job: Job, status: JobStatus, *, error: str = "") -> None:
    """End the job in a row that is held; one without a result is told to its kind."""
    job.status, job.error, job.completed = status.value, error, timezone.now()
    note(job, error or status.value, level="error" if error else "info")
    job.save()
    kind = kinds().get(job.kind)
    if status is not JobStatus.COMPLETED and kind is not None:
        kind.closed(job)

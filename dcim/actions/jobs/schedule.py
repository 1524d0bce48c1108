"""Work that comes again by itself: once a day, when a worker is there.

A day that was missed is not made up for; within a day it is done as soon as a worker runs, and
tried again every hour when it went wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from dcim.actions.changes import Actor
from dcim.actions.jobs.queue import enqueue
from dcim.record.planner.jobs import OPEN, Job
from dcim.vocabulary.choices_extras import JobStatus
from dcim.vocabulary.errors import InvalidInput

TRY_AGAIN_AFTER: Final = timedelta(hours=1)
MINUTES_PER_DAY: Final = 1_440


@dataclass(frozen=True, slots=True)
class Daily:
    """A kind of job, and the hour from which it is due, where the data centre is."""

    kind: str
    at: time


SCHEDULE: Final = (Daily("ledgers.snapshot", time(0, 30)), Daily("drift.scan", time(5, 30)))


def enqueue_due(now: datetime, schedule: tuple[Daily, ...] = SCHEDULE) -> list[Job]:
    """The jobs that have become due by `now`, each enqueued once, whoever asks at the same time."""
    return list(_due(now, schedule))


def _due(now: datetime, schedule: tuple[Daily, ...]) -> Iterator[Job]:
    for one in schedule:
        day = now.date().isoformat()
        todays = list(Job.objects.filter(kind=one.kind, period__startswith=day).order_by("pk"))
        if now.time() < one.at or (todays and not _may_try_again(todays[-1], now)):
            continue
        by = Actor.system(f"every day from {one.at:%H:%M}")
        try:
            period = f"{day} {len(todays) + 1}"
            yield enqueue(one.kind, {}, by=by, period=period, interval=MINUTES_PER_DAY)
        except InvalidInput:  # another worker was quicker
            continue


def _may_try_again(last: Job, now: datetime) -> bool:
    if last.status in (*OPEN, JobStatus.COMPLETED.value):
        return False
    return last.completed is None or now - last.completed >= TRY_AGAIN_AFTER

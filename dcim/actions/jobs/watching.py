"""The watch over a running job: writes how far it is, and asks whether it is to stop.

A thread beside the work does both. It has a connection of its own that commits at once, so
progress is seen while the work's own transaction is open; and the work never waits for it. On
SQLite, where one writes at a time, a beat that comes while the work writes waits its turn or is
left out.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic
from typing import Final

from django.db import Error, connections
from django.utils import timezone

from dcim.actions.jobs.rows import MOST_TEXT, held, note
from dcim.actions.refusals import writing
from dcim.record.planner.jobs import Job
from dcim.vocabulary.choices_extras import JobStatus
from dcim.vocabulary.errors import Refused

BEAT_S: Final = 0.5
SIGN_OF_LIFE_S: Final = 5.0
log = logging.getLogger("dcim.jobs")


class JobWatch:
    """Takes reports at any rate, and writes the newest at each beat."""

    def __init__(self, job: Job) -> None:
        self._key: int = job.pk
        self._claim = (JobStatus.RUNNING.value, job.worker, job.tries)
        self._newest = self._written = (0, 0, "")
        self._notes: deque[str] = deque()
        self._written_at = monotonic()
        self._stopped = False
        self._ended = Event()

    def report(self, done: int, total: int, text: str = "") -> None:
        """Keep it for the next beat."""
        self._newest = (done, total, text[:MOST_TEXT] or self._newest[2])

    def note(self, text: str) -> None:
        """Keep the line for the log at the next beat."""
        self._notes.append(text)

    def is_stopped(self) -> bool:
        """Whether the last beat found that someone wants an end, or that the job is another's."""
        return self._stopped

    @property
    def newest(self) -> tuple[int, int, str]:
        """What was reported last."""
        return self._newest

    def beat_until_ended(self) -> None:
        """Beat, in a thread of its own, until `end`."""
        try:
            while not self._ended.wait(BEAT_S):
                try:
                    self._beat()
                except (Error, Refused) as err:  # the next beat tries again
                    log.debug("A beat of job %s was left out: %s", self._key, err)
        finally:
            connections.close_all()

    def end(self) -> None:
        """Beat no more."""
        self._ended.set()

    def _beat(self) -> None:
        newest = self._newest
        if newest != self._written or monotonic() - self._written_at >= SIGN_OF_LIFE_S:
            done, total, text = newest
            status, worker, tries = self._claim
            mine = Job.objects.filter(pk=self._key, status=status, worker=worker, tries=tries)
            mine.update(done=done, total=total, text=text, heartbeat=timezone.now())
            self._written, self._written_at = newest, monotonic()
        self._write_notes()
        self._stopped = self._stopped or self._is_to_stop()

    def _write_notes(self) -> None:
        """Add the new lines to the log of the row, while it is this claim's."""
        lines = list(self._notes)
        if not lines:
            return
        with writing():
            row = held(self._key)
            if row is None or (row.status, row.worker, row.tries) != self._claim:
                return
            for line in lines:
                note(row, line)
            row.save(update_fields=["log_entries"])
        for _line in lines:
            self._notes.popleft()

    def _is_to_stop(self) -> bool:
        columns = ("status", "worker", "tries", "stop_requested")
        row = Job.objects.filter(pk=self._key).values_list(*columns).first()
        if row is None:  # not committed yet, where a test runs it
            return False
        *claim, stop_requested = row
        return bool(stop_requested) or tuple(claim) != self._claim


@contextmanager
def watched(job: Job) -> Iterator[JobWatch]:
    """A watch that beats for as long as the block runs."""
    watch = JobWatch(job)
    beating = Thread(target=watch.beat_until_ended, name=f"job-{job.pk}", daemon=True)
    beating.start()
    try:
        yield watch
    finally:
        watch.end()
        beating.join()

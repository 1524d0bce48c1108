"""What a worker does beside its jobs, in a thread of its own.

It takes up what dead workers left, asks for what is due by the day, and clears away what is old.
"""

from __future__ import annotations

import logging
import os
import signal
from time import monotonic, sleep
from typing import Final

from django.db import Error, connections
from django.utils import timezone

from dcim.actions.jobs.recovery import clear_away, recover
from dcim.actions.jobs.schedule import enqueue_due
from dcim.vocabulary.errors import LumbungError

LOOK_EVERY_S: Final = 10.0
CLEAR_EVERY_S: Final = 3_600.0
PARENT_EVERY_S: Final = 0.5
LAST_WORD_S: Final = 4.0
log = logging.getLogger("dcim.jobs")


def keep_house(worker: str) -> None:
    """Look again and again, for as long as the worker lives."""
    cleared_at = -CLEAR_EVERY_S
    returned = worker  # only at the first look is it known that its own jobs are given up
    while True:
        try:
            recover(worker=returned)
            returned = ""
            enqueue_due(timezone.localtime())
            if monotonic() - cleared_at >= CLEAR_EVERY_S:
                clear_away()
                cleared_at = monotonic()
        except (Error, LumbungError):
            log.exception("The worker could not look after jobs; it tries again.")
        finally:
            connections.close_all()
        sleep(LOOK_EVERY_S)


def end_with(parent: int) -> None:
    """End this process once `parent` is not its parent any more: at once when idle, else soon."""
    while os.getppid() == parent:
        sleep(PARENT_EVERY_S)
    os.kill(os.getpid(), signal.SIGTERM)
    sleep(LAST_WORD_S)
    os.kill(os.getpid(), signal.SIGKILL)  # its job is taken up when a worker begins again

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


def take_up(worker: str) -> None:
    """What a worker of that name left when it died, begun again.

    Notes: before it takes anything new, since what it has from then on is in good hands. Where it
    can't be done now, those jobs are taken up like others', once they are stale.
    """
    try:
        recover(worker=worker)
    except (Error, LumbungError):
        log.exception("The worker could not take up what it had left.")
    finally:
        connections.close_all()


def keep_house() -> None:
    """Look again and again, for as long as the worker lives."""
    cleared_at = -CLEAR_EVERY_S
    while True:
        try:
            recover()
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

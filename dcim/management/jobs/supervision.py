"""Keeps a worker beside the server: starts it, again when it dies, and ends it with the server.

Supervisor and worker are forked from the server before it serves, so they share its memory. Either
ends by itself when its parent is gone, even where that was killed.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from time import monotonic, sleep
from types import FrameType
from typing import Final

from django.core.management import call_command

LOOK_EVERY_S: Final = 0.2
LAST_WORD_S: Final = 4.0  # as long as the server gives its own
# A worker that dies at once is started again later and later.
SETTLED_AFTER_S: Final = 10.0
LONGEST_PAUSE_S: Final = 30.0


def start_beside(worker: str) -> int:
    """Keep a worker of that name beside this process; gives the supervisor's process id.

    To be called before threads are started, and without open connections: it forks.
    """
    server = os.getpid()
    supervisor = os.fork()
    if supervisor:
        return supervisor
    try:
        _supervise(worker, server)
    finally:
        os._exit(0)


def end(supervisor: int) -> None:
    """End supervisor and worker, and wait until they have."""
    with suppress(ProcessLookupError):
        os.kill(supervisor, signal.SIGTERM)
        deadline = monotonic() + LAST_WORD_S + 1
        while monotonic() < deadline and not _is_over(supervisor):
            sleep(LOOK_EVERY_S / 4)


def _supervise(worker: str, server: int) -> None:
    def leave(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    pause = 0.0
    while os.getppid() == server:
        begun = monotonic()
        process = _start(worker)
        try:
            while os.getppid() == server and not _is_over(process):
                sleep(LOOK_EVERY_S)
        finally:
            _finish(process)
        lived = monotonic() - begun
        pause = 0.0 if lived > SETTLED_AFTER_S else min(2 * pause + 0.5, LONGEST_PAUSE_S)
        sleep(pause)


def _start(worker: str) -> int:
    process = os.fork()
    if process:
        return process
    code = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        call_command("db_worker", worker_id=worker, with_parent=True, reload=False, verbosity=0)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0
    finally:
        sys.stdout.flush()
        os._exit(code)


def _finish(process: int) -> None:
    """End the worker: idle it goes at once, else it has a few seconds."""
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGTERM)
        deadline = monotonic() + LAST_WORD_S
        while monotonic() < deadline:
            if _is_over(process):
                return
            sleep(LOOK_EVERY_S / 4)
        os.kill(process, signal.SIGKILL)


def _is_over(process: int) -> bool:
    """Whether the child has ended; one that was waited for already has."""
    try:
        ended, _status = os.waitpid(process, os.WNOHANG)
    except ChildProcessError:
        return True
    return ended == process

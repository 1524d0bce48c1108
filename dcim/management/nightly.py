"""What the running server does by night, without anyone asking: the emergency book.

Every worker looks once a minute; a lock lets one of them do it, in a process of its own, so that
neither its memory nor a fault in it is the worker's.
"""

from __future__ import annotations

import fcntl
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import Final

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from dcim.actions.emergency_book.making import folder, last_book
from dcim.actions.emergency_book.nightly import is_due
from dcim.vocabulary.errors import LumbungError

LOOK_EVERY: Final = 60.0  # s
GIVE_UP_AFTER: Final = 900.0  # s
log = logging.getLogger("dcim.emergency_book")


def keep_watch() -> None:
    """Look again and again, for as long as the process lives."""
    while True:
        sleep(LOOK_EVERY)
        try:
            make_if_due()
        except (LumbungError, OSError, subprocess.SubprocessError):
            log.exception("The emergency book can't be made by night.")


def make_if_due() -> bool:
    """Make the book where one is due and nobody else is at it; whether it was made here."""
    with _first_here() as is_first:
        if not is_first or not is_due(last_book(), settings.BOOK_AT, timezone.localtime()):
            return False
        command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "emergency_book"]
        done = subprocess.run(
            [*command, "--by", _("every night")],
            capture_output=True,
            text=True,
            timeout=GIVE_UP_AFTER,
            check=False,
        )
        if done.returncode != 0:
            log.error("The emergency book was not made by night: %s", done.stderr.strip())
        return done.returncode == 0


@contextmanager
def _first_here() -> Iterator[bool]:
    """Whether no other process of this machine is at it; for as long as the block runs."""
    with (folder() / ".nightly").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True

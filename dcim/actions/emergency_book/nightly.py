"""When the next emergency book is due: every night at the hour of the settings.

A night that was missed, since the machine was off, is made up for; one that failed is tried again
every hour. Which process makes it is for those who call.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from dcim.actions.emergency_book.making import Last, moment_of

TRY_AGAIN_AFTER: Final = timedelta(hours=1)


def is_due(last: Last, at: time | None, now: datetime) -> bool:
    """Whether a book is to be made now.

    Args:
        last: What is remembered of the newest.
        at: The hour of the night, where the data centre is; None for never.
        now: With its time zone.
    """
    if at is None:
        return False
    tried = moment_of(last.tried_at)
    if tried is not None and last.trouble and now - tried < TRY_AGAIN_AFTER:
        return False
    made = moment_of(last.made_at)
    return made is None or made < _newest_night(at, now) or bool(last.trouble)


def _newest_night(at: time, now: datetime) -> datetime:
    tonight = now.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return tonight if tonight <= now else tonight - timedelta(days=1)

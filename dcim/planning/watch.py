"""How long work is watched: it reports how far it is, and asks whether it is to stop.

Pure computing takes `watch: Watch = UNWATCHED`. Whoever runs it decides what becomes of a report: a
line on a terminal, a row that page and API show, nothing. Asking and reporting are cheap and may be
done in every round; who watches thins them out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Protocol


class Watch(Protocol):
    """Somebody who follows long work."""

    def report(self, done: int, total: int, text: str = "") -> None:
        """Tell that `done` of `total` steps are done; 0 of 0 when that isn't known.

        Args:
            done: Steps behind us, never above `total`.
            total: Steps in all; may grow while one works.
            text: What is being done, for a reader; empty: as before.
        """

    def is_stopped(self) -> bool:
        """Whether to end now, with the best that there is so far; `Stopped` where nothing is."""


class LoggedWatch(Watch, Protocol):
    """Somebody who keeps a log of the work too."""

    def note(self, text: str) -> None:
        """Tell what has happened, as a line of its own."""


class Unwatched:
    """Nobody follows, nobody stops."""

    def report(self, done: int, total: int, text: str = "") -> None:
        """Nothing becomes of it."""

    def is_stopped(self) -> bool:
        """Never."""
        return False


@dataclass(slots=True)
class Recorded:
    """Keeps what was reported, for tests; stops at the `stop_at`-th report.

    >>> watch = Recorded(stop_at=2)
    >>> for step in range(1, 4):
    ...     watch.report(step, 3)
    ...     if watch.is_stopped():
    ...         break
    >>> watch.reports
    [(1, 3, ''), (2, 3, '')]
    """

    stop_at: int | None = None
    reports: list[tuple[int, int, str]] = field(default_factory=list)

    def report(self, done: int, total: int, text: str = "") -> None:
        """Keep it."""
        self.reports.append((done, total, text))

    def is_stopped(self) -> bool:
        """Whether as many reports as `stop_at` have come."""
        return self.stop_at is not None and len(self.reports) >= self.stop_at


UNWATCHED: Final[Watch] = Unwatched()

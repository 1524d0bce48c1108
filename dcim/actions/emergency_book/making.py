"""Make the emergency book, keep it here, bring it elsewhere, and remember how that went.

It is kept as files in the data folder, since it is for the hour in which no database answers; what
is remembered of the last one stands beside them.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from dcim.actions.emergency_book.delivery import PREFIX, deliver, keep_in
from dcim.actions.emergency_book.reading import current_book
from dcim.actions.emergency_book.rendering import MOST_ON_PAPER, as_html, as_pdf
from dcim.vocabulary.data_folder import data_folder
from dcim.vocabulary.errors import LumbungError, Refused

REMEMBERED: Final = "last.json"


@dataclass(frozen=True, slots=True)
class Last:
    """What is remembered: the newest book, and the newest try.

    Attributes:
        tried_at: When a book was last to be made; `trouble` says why that went wrong.
        made_at: When the newest book was made, and by whom; empty before the first.
        files: Names of its files in the data folder.
        sent_to: Where it was brought; empty where nowhere.
    """

    tried_at: str = ""
    trouble: str = ""
    made_at: str = ""
    made_by: str = ""
    serial: int = 0
    digest: str = ""
    files: tuple[str, ...] = ()
    sent_to: str = ""


def make_emergency_book(*, by: str, to: str | None = None, html_only: bool = False) -> Last:
    """Make the book of the record as it is now, keep it here, and bring it to where it goes.

    Args:
        by: Who makes it, for those who look later.
        to: A folder or an address; None for the one of the settings.
        html_only: Leave the PDF out, as is done with a book that is too large for paper.

    Returns: what is remembered of it.

    Raises: LumbungError, DatabaseError. A book that could be made is kept here, even where it could
        not be brought elsewhere; what went wrong is remembered either way.

    Notes: one at a time on this machine; who comes second waits.
    """
    try:
        with _alone():
            return _made(by, settings.BOOK_TO if to is None else to, html_only=html_only)
    except OSError as err:
        raise Refused(
            _("The emergency book can't be written to %(folder)s: %(reason)s.")
            % {"folder": folder(), "reason": err.strerror},
            hint=_("Name a folder that is there and may be written in."),
        ) from err


def _made(by: str, target: str, *, html_only: bool) -> Last:
    last = replace(last_book(), tried_at=timezone.localtime().isoformat(), trouble="")
    # Whoever is killed from here on leaves that behind, and no night is tried every minute.
    _remember(replace(last, trouble=_("It was not finished.")))
    try:
        last = _kept(replace(last, sent_to=""), by, html_only=html_only)
        if target:
            files = {name: (folder() / name).read_bytes() for name in last.files}
            deliver(files, target, keep=settings.BOOK_KEEP, token=settings.BOOK_TOKEN)
        last = replace(last, sent_to=target)
    except (LumbungError, DatabaseError) as err:
        _remember(replace(last, trouble=str(err)))
        raise
    _remember(last)
    return last


def last_book() -> Last:
    """What is remembered of the newest book and the newest try."""
    try:
        told = json.loads((folder() / REMEMBERED).read_text("utf-8"))
        return Last(**{**told, "files": tuple(told["files"])})
    except (OSError, ValueError, TypeError, KeyError):
        return Last()


def file_of_last(suffix: str) -> Path | None:
    """The file of the newest book with that suffix, where it is there."""
    paths = (folder() / name for name in last_book().files if name.endswith(suffix))
    return next((path for path in paths if path.is_file()), None)


def folder() -> Path:
    """Where the books of this machine are kept."""
    return data_folder("emergency-book")


def _kept(last: Last, by: str, *, html_only: bool) -> Last:
    book = current_book()
    stem = f"{PREFIX}{book.made_at:%Y-%m-%dT%H%M%S}"
    files = {f"{stem}.html": as_html(book)}
    if not html_only and book.size <= MOST_ON_PAPER:
        files[f"{stem}.pdf"] = as_pdf(book)
    keep_in(folder(), files, settings.BOOK_KEEP)
    return replace(
        last,
        made_at=book.made_at.isoformat(),
        made_by=by,
        serial=book.serial,
        digest=book.digest,
        files=tuple(files),
    )


def _remember(last: Last) -> None:
    path = folder() / REMEMBERED
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(asdict(last), ensure_ascii=False, indent=2), "utf-8")
    beside.replace(path)


@contextmanager
def _alone() -> Iterator[None]:
    """Wait until no other process of this machine makes a book."""
    with (folder() / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def moment_of(text: str) -> datetime | None:
    """A remembered moment."""
    return datetime.fromisoformat(text) if text else None

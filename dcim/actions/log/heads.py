"""Heads of the chain, kept outside the database: what shows that the log was cut off at its end.

A chain that lost its newest links is a whole chain still. So the head is written down once a day,
by the first write, into a file of one JSON object a line; copies of it kept elsewhere (by mail, on
paper, at another office) prove the same to who does not trust this machine.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO, Final

from django.conf import settings
from django.utils import timezone

from dcim.record.log.changes import ChangeLink
from dcim.vocabulary.errors import InvalidInput

FILE_NAME: Final = "heads.jsonl"
_last_export: dict[Path, date] = {}


@dataclass(frozen=True, slots=True)
class Head:
    """The newest link on a day; `entries` is how many the log held with it."""

    date: str
    number: int
    mac: str
    entries: int

    def line(self) -> str:
        """The head as it is written down."""
        return json.dumps(asdict(self))


def heads_file() -> Path:
    """Where this installation writes its heads."""
    return Path(settings.LOG_HEADS) / FILE_NAME


def export_daily_head() -> None:
    """Write the head down unless one of today is there; costs nothing from the second time on."""
    today, path = timezone.localdate(), heads_file()
    if _last_export.get(path) != today:
        export_head(unless_of=today)
        _last_export[path] = today


def export_head(*, unless_of: date | None = None) -> Head | None:
    """Write the chain's head down and return it; None when nothing was ever logged.

    Args:
        unless_of: a day; when the newest head that is written down is of it, no other is added.

    Raises: InvalidInput when the file can't be written.

    Notes: processes wait for one another, and the line is on the disk when this returns. A line
    that a crash left unfinished is ended first.
    """
    path = heads_file()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            return _append(file, unless_of)
    except OSError as err:
        raise InvalidInput(
            f"{path} can't be written: {err.strerror}.",
            field="LUMBUNG_LOG_HEADS",
            hint="Name a folder that exists and is writable.",
        ) from err


def _append(file: BinaryIO, unless_of: date | None) -> Head | None:
    written = file.read()
    known = list(parsed_heads(written.decode("utf-8", "replace")))
    if unless_of is not None and known and known[-1].date == unless_of.isoformat():
        return known[-1]
    link = ChangeLink.objects.order_by("-number").first()
    if link is None:
        return None
    head = Head(timezone.localdate().isoformat(), link.number, link.mac, link.total)
    if head not in known[-1:]:
        ends_well = not written or written.endswith(b"\n")
        file.write(b"" if ends_well else b"\n")
        file.write(f"{head.line()}\n".encode())
        os.fsync(file.fileno())
    return head


def read_heads(paths: Iterable[Path]) -> list[Head]:
    """The heads that the files at `paths` hold; of a file that is not there, none.

    Raises: InvalidInput when a file can't be read, or a line of it is no head.
    """
    heads = list[Head]()
    for path in paths:
        try:
            text = path.read_text("utf-8") if path.exists() else ""
        except (OSError, UnicodeDecodeError) as err:
            raise InvalidInput(
                f"{path} can't be read.", field="heads", hint="Name a file of heads."
            ) from err
        found = list(parsed_heads(text))
        # The last line may be one that a crash left unfinished.
        whole = [line for line in text.split("\n")[:-1] if line.strip()]
        if len(found) < len(whole):
            raise InvalidInput(
                f"{path} holds lines that are no heads.",
                field="heads",
                hint="Take the file from a copy that was kept elsewhere.",
            )
        heads += found
    return heads


def parsed_heads(text: str) -> Iterator[Head]:
    """The heads in `text`, one a line; other lines are left out."""
    for line in text.splitlines():
        try:
            values = json.loads(line)
            yield Head(
                str(values["date"]),
                int(values["number"]),
                str(values["mac"]),
                int(values["entries"]),
            )
        except (ValueError, TypeError, KeyError):
            continue

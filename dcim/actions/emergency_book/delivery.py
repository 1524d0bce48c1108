"""Where the emergency book goes: a folder, or an address that takes files with PUT.

Each file arrives whole or not at all. What can't be delivered is refused in words that say where,
which file, and what the other side said.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, quote, urlsplit

from django.utils.translation import gettext as _

from dcim.vocabulary.errors import InvalidInput, Refused

PREFIX: Final = "buku-darurat-"
ANSWER_S: Final = 60
TYPES: Final = {".html": "text/html; charset=utf-8", ".pdf": "application/pdf"}


def is_address(target: str) -> bool:
    """Whether `target` is an address rather than a folder."""
    return "://" in target


def deliver(files: Mapping[str, bytes], target: str, *, keep: int, token: str = "") -> None:
    """Bring `files`, by name, to a folder or an address.

    Args:
        files: The book, HTML and PDF.
        target: A folder that exists, or an https address; http only on this machine.
        keep: How many books a folder keeps; what an address keeps is its own matter.
        token: Sent to an address as a bearer token.

    Raises:
        InvalidInput: The target can't be one.
        Refused: The folder can't be written, or the other side did not take a file.
    """
    if is_address(target):
        put(files, target, token)
    else:
        keep_in(Path(target), files, keep)


def keep_in(folder: Path, files: Mapping[str, bytes], keep: int) -> None:
    """Write `files` into `folder`, each whole or not at all, and leave the newest `keep` books.

    Raises: Refused. A folder that is not there is not made: it may be a disk that is not mounted.
    """
    try:
        for name, data in files.items():
            _write_whole(folder / name, data)
        for old in _older_books(folder, keep):
            old.unlink(missing_ok=True)
    except OSError as err:
        raise Refused(
            _("The emergency book can't be written to %(folder)s: %(reason)s.")
            % {"folder": folder, "reason": err.strerror},
            hint=_("Name a folder that is there and may be written in."),
        ) from err


def _write_whole(path: Path, data: bytes) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def _older_books(folder: Path, keep: int) -> list[Path]:
    """The files of all but the newest books; names begin with the time, so they sort by it."""
    found = sorted(one for one in folder.glob(f"{PREFIX}*") if one.suffix in TYPES)
    kept = sorted({one.stem for one in found}, reverse=True)[:keep]
    return [one for one in found if one.stem not in kept]


def put(files: Mapping[str, bytes], address: str, token: str) -> None:
    """PUT each of `files` below `address`.

    Raises: InvalidInput, Refused.

    Notes: redirects are not followed; they would carry the token elsewhere.
    """
    parts = _checked(address)
    for name, data in files.items():
        path = f"{parts.path.rstrip('/')}/{quote(name)}"
        status, reason = _answer(parts, path, data, _headers(name, token), name)
        if not 200 <= status < 300:
            raise Refused(
                _("%(address)s did not take %(file)s: %(status)s %(reason)s.")
                % {"address": address, "file": name, "status": status, "reason": reason},
                hint=_("Look at LUMBUNG_BOOK_TO and LUMBUNG_BOOK_TOKEN, and at the other side."),
            )


def _checked(address: str) -> SplitResult:
    """The parts of an address that files may be sent to: the book holds telephone numbers."""
    parts = urlsplit(address)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.hostname))
    more = parts.query or parts.fragment or parts.username
    if not is_safe or not parts.hostname or more:
        raise InvalidInput(
            _("“%(address)s” is no address that the book may be sent to.")
            % {"address": shown(address)},
            field="to",
            hint=_("Write https://HOST/PATH, or the path of a folder."),
        )
    return parts


def shown(target: str) -> str:
    """The target for people: of an address only scheme, host and path, since more may be secret."""
    if not is_address(target):
        return target
    parts = urlsplit(target)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _is_here(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


def _headers(name: str, token: str) -> dict[str, str]:
    headers = {"Content-Type": TYPES[Path(name).suffix]}
    return headers | ({"Authorization": f"Bearer {token}"} if token else {})


def _answer(
    parts: SplitResult, path: str, data: bytes, headers: Mapping[str, str], name: str
) -> tuple[int, str]:
    secure = parts.scheme == "https"
    make = HTTPSConnection if secure else HTTPConnection
    connection = make(parts.hostname or "", parts.port, timeout=ANSWER_S)
    try:
        connection.request("PUT", path, data, dict(headers))
        answer = connection.getresponse()
    except (OSError, HTTPException) as err:
        raise Refused(
            _("%(file)s can't be sent to %(address)s: %(reason)s.")
            % {"file": name, "address": parts.geturl(), "reason": str(err) or type(err).__name__},
            hint=_("Look whether the other side runs and can be reached from here."),
        ) from err
    else:
        return answer.status, answer.reason
    finally:
        connection.close()

"""JSON as our documents are written and read: one form of bytes, and nothing ambiguous in them.

Plans and snapshots share it. Runs where Django is not installed; what may stand in a document is
left to its own module.
"""

from __future__ import annotations

import json
from collections import Counter

from dcim.vocabulary.errors import BadDocument

JSONValue = None | bool | int | float | str | list["JSONValue"] | dict[str, "JSONValue"]


def read_object(data: bytes, remake: str) -> dict[str, JSONValue]:
    """The object that `data` writes.

    Args:
        data: the file.
        remake: how to make the file again: the way out of damage that nobody mends by hand.

    Raises: BadDocument when `data` is not UTF-8, not JSON, no object, or writes a field twice.
    """
    try:
        raw = json.loads(data.decode(), object_pairs_hook=_unique, parse_constant=_no_number)
    except UnicodeDecodeError as err:
        raise BadDocument(f"is not UTF-8 text (byte {err.start}).", field="$", hint=remake) from err
    except (ValueError, RecursionError) as err:  # not JSON; a number of thousands of digits
        raise BadDocument(f"is not JSON: {err}.", field="$", hint=remake) from err
    if not isinstance(raw, dict):
        raise BadDocument("is not an object: it has no fields.", field="$", hint=remake)
    return raw


def canonical_bytes(content: object) -> bytes:
    """The one way to write `content`: sorted keys, no spaces, UTF-8, newline at the end."""
    text = json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return f"{text}\n".encode()


def _unique(pairs: list[tuple[str, JSONValue]]) -> dict[str, JSONValue]:
    members = dict(pairs)
    if len(members) < len(pairs):
        ((twice, _),) = Counter(name for name, _ in pairs).most_common(1)
        raise BadDocument("is written twice in one object.", field=twice, hint="Delete one.")
    return members


def _no_number(constant: str) -> float:
    raise BadDocument(
        f"{constant} is not a number that JSON knows.", field="$", hint="Write a number."
    )

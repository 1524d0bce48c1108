"""The chain over the change log: keyed digests of entries, and of the transactions they came in.

An entry's digest covers all of its columns, so that an altered entry is found by itself. A link's
digest covers its columns, the digest of the link before and those of its entries in the order of
their ids, so that none can be taken out, put in or moved. All are HMAC-SHA256 under a key that the
database never sees: who can write to the tables still can't make a digest.

The canonical form is JSON without blanks, keys sorted, in UTF-8; times in UTC with microseconds.
JSON data are settled before they are stored (`settled`), so that PostgreSQL, which keeps numbers as
decimals, gives back what SQLite does.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import orjson

BEGINNING: Final = "0" * 64  # what the first link has for the digest of the one before
ENTRY_COLUMNS: Final = (
    "id",
    "link_id",
    "time",
    "user_id",
    "user_name",
    "request_id",
    "source_address",
    "action",
    "changed_object_type",
    "changed_object_id",
    "object_repr",
    "message",
    "prechange_data",
    "postchange_data",
)
LINK_COLUMNS: Final = ("id", "number", "time", "count", "total", "key_id", "previous")


@dataclass(frozen=True, slots=True)
class Key:
    """A secret of the chain, and the name that its links keep; the name tells nothing of it."""

    secret: bytes
    id: str

    @classmethod
    def of(cls, text: str) -> Key:
        """The key that is written as `text`."""
        secret = text.encode()
        return cls(secret, hmac.digest(secret, b"lumbung log key", "sha256").hex()[:16])


def keys_of(texts: Iterable[str]) -> dict[str, Key]:
    """The keys by their names, the one that new links are made with first."""
    return {key.id: key for key in map(Key.of, texts)}


def entry_mac(key: Key, columns: tuple[Any, ...]) -> str:
    """The digest of an entry, from its values of `ENTRY_COLUMNS`."""
    return hmac.digest(key.secret, b"entry" + _canonical(columns), "sha256").hex()


def print_of(key: Key, secret: str) -> str:
    """A keyed digest that stands for `secret`, after the name of its key."""
    digest = hmac.digest(key.secret, b"secret" + secret.encode(), "sha256").hex()
    return f"{key.id}:{digest[:32]}"


class LinkMac:
    """The digest of a link in the making: from its columns, then from its entries' digests."""

    def __init__(self, key: Key, columns: tuple[Any, ...]) -> None:
        """Begin with the link's values of `LINK_COLUMNS`."""
        self._hmac = hmac.new(key.secret, b"link" + _canonical(columns), hashlib.sha256)

    def add(self, mac: str) -> None:
        """Take in the digest of the next entry."""
        self._hmac.update(mac.encode())

    def result(self) -> str:
        """The digest of what was taken in."""
        return self._hmac.hexdigest()


def settled(value: Any) -> Any:
    """`value` with each number in the one form that both engines give back, and text keys.

    Notes: PostgreSQL reads 1e3 as 1000, and -0.0 as 0.
    """
    if isinstance(value, float):
        if value.is_integer():
            return int(Decimal(repr(value)))
        return value
    if isinstance(value, Mapping):
        return {str(name): settled(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [settled(one) for one in value]
    return value


def digest_of_json(value: Any) -> str:
    """A digest of JSON data that is the same on both engines and whatever the order of keys.

    >>> digest_of_json({"a": 1, "b": 2.0}) == digest_of_json({"b": 2, "a": 1.0})
    True
    """
    return f"sha256:{hashlib.sha256(_canonical((settled(value),))).hexdigest()}"


def _canonical(columns: tuple[Any, ...]) -> bytes:
    plain = [_text(one) if isinstance(one, datetime) else one for one in columns]
    try:
        return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # a number of more than 64 bits
        return json.dumps(
            plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=str
        ).encode()


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")

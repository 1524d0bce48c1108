"""Entity tags of single objects: what a reader has seen, by which a writer undoes nobody's change.

A tag is made of the object's id and of the moment it was last changed, to the microsecond. It is
weak, since the same object is shown in several forms (`fields`, `brief`).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from dcim.vocabulary.errors import Stale

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
TAG: Final = re.compile(r'\s*(?:W/)?"([^"]*)"\s*')
LIST_OF_TAGS: Final = re.compile(r'\s*(?:W/)?"[^"]*"\s*(?:,\s*(?:W/)?"[^"]*"\s*)*')


def etag_of(pk: int, last_updated: datetime | None) -> str:
    """The tag of an object; empty for what is never changed and so bears no date.

    >>> etag_of(7, datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    'W/"7-1000000"'
    """
    if last_updated is None:
        return ""
    return f'W/"{pk}-{(last_updated - EPOCH) // timedelta(microseconds=1)}"'


def tag_in(body: Any) -> str:
    """The tag of an object's wire form; empty where the form leaves out id or date."""
    if not isinstance(body, dict) or not body.get("id") or not body.get("last_updated"):
        return ""
    return etag_of(body["id"], datetime.fromisoformat(str(body["last_updated"])))


def tags_named(request: Request, header: str) -> frozenset[str] | None:
    """The tags that a header names, as they are compared; None where it is absent, or `*`.

    Raises: ValidationError when the header holds something else.
    """
    text = request.headers.get(header, "").strip()
    if text in {"", "*"}:
        return None
    if LIST_OF_TAGS.fullmatch(text) is None:
        raise ValidationError({header: [f"“{text[:60]}” is no list of entity tags and no *."]})
    return frozenset(TAG.findall(text))


def is_named(tag: str, tags: frozenset[str]) -> bool:
    """Whether `tag` is one of the `tags` that a header names."""
    return tag.removeprefix("W/").strip('"') in tags


def seen_by(request: Request, obj: Any) -> datetime | None:
    """The `last_updated` that a writer has seen of `obj`; None when it does not care.

    Raises:
        Stale: the caller has seen another state of the object than the present one.
        ValidationError: the header can't be read.
    """
    tags = tags_named(request, "If-Match")
    last_updated: datetime | None = getattr(obj, "last_updated", None)
    if tags is None or last_updated is None:
        return None
    if not is_named(etag_of(obj.pk, last_updated), tags):
        raise Stale(
            f"{obj} has been changed since you read it.",
            hint="Read it again, and write what still applies.",
        )
    return last_updated

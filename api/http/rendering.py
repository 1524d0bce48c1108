"""Answers as JSON, with the parts that are encoded already put in as they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import orjson
from rest_framework.renderers import BaseRenderer
from rest_framework.utils.encoders import JSONEncoder

OPTIONS: Final = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


class JSONRenderer(BaseRenderer):
    """JSON in UTF-8; date-times in UTC with a Z at their end."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else encoded(data)


def encoded(data: Any) -> bytes:
    """`data` as JSON."""
    try:
        return orjson.dumps(data, default=plain, option=OPTIONS)
    except TypeError:
        # Whole numbers beyond 64 bits and halves of characters: people write them into JSON fields.
        return json.dumps(data, default=plain, separators=(",", ":")).encode()


def plain(value: Any) -> Any:
    """What an encoder doesn't know, in types that it does."""
    if isinstance(value, orjson.Fragment):
        return json.loads(orjson.dumps(value))
    return JSONEncoder().default(value)

"""Bodies are JSON both ways, whatever the caller says it accepts.

What is taken in has a limited size and depth; what can't be read is the caller's mistake.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class BodyParser(JSONParser):
    """JSON, refused when it is larger than DATA_UPLOAD_MAX_MEMORY_SIZE or nested too deep."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        length = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or 0
        if int(length) > limit:
            raise ParseError(f"The body is larger than {limit} bytes. Send it in several parts.")
        try:
            return super().parse(stream, media_type, dict(parser_context or {}))
        except RecursionError as err:
            raise ParseError("The body is nested too deep.") from err


class JsonAlways(DefaultContentNegotiation):
    """Answers in JSON: a browser that asks for a page is told as much as a program."""

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type

"""What a served product does once, and a test would do again for each client and each answer."""

from __future__ import annotations

from typing import Any

from django.core.servers.basehttp import WSGIRequestHandler
from whitenoise.middleware import WhiteNoiseMiddleware


def answer_at_once() -> None:
    """Let the live server send head and body, which it sends apart, without waiting.

    Else the body waits 40 ms until the client has confirmed the head.
    """
    WSGIRequestHandler.disable_nagle_algorithm = True


def look_for_static_files_once() -> None:
    """Look at the product's static files once in this process, not for each client of a test."""
    look = WhiteNoiseMiddleware.add_files_from_finders
    seen: dict[str, Any] = {}

    def look_once(middleware: WhiteNoiseMiddleware) -> None:
        if not seen:
            look(middleware)
            seen.update(middleware.files)
        middleware.files.update(seen)

    WhiteNoiseMiddleware.add_files_from_finders = look_once

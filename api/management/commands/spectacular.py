"""`spectacular`, as drf-spectacular has it, but with lines indented by one blank.

Indented by four, most of the document would be blanks.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.management.commands.spectacular import Command as Original
from drf_spectacular.renderers import OpenApiJsonRenderer


class NarrowJson(OpenApiJsonRenderer):
    """JSON with a line per key, so that a change shows as lines."""

    def get_indent(self, accepted_media_type: str, renderer_context: Any) -> int:
        return 1


class Command(Original):
    """Write the OpenAPI of the API."""

    def get_renderer(self, format: str) -> Any:
        return NarrowJson() if format == "openapi-json" else super().get_renderer(format)

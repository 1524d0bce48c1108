"""`spectacular`, as drf-spectacular has it, but with few blanks, which would be most of it."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from drf_spectacular.management.commands.spectacular import Command as Original
from drf_spectacular.renderers import OpenApiJsonRenderer

SHORT: Final = 88  # characters


class NarrowJson(OpenApiJsonRenderer):
    """JSON with a line per key, parameter and short thing, so that a change shows as lines."""

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        """The document, indented by one blank."""
        lines = list[str]()
        said = _without(json.loads(super().render(data, *args, **kwargs)), lines)
        text = json.dumps(said, indent=1, ensure_ascii=False)
        return re.sub(r'"\\u0000(\d+)"', lambda at: lines[int(at[1])], text).encode()


def _without(shape: Any, lines: list[str], *, is_one_line: bool = False) -> Any:
    """`shape` with NUL and a number for what is to stand on a line of its own, which is added."""
    if not isinstance(shape, list | dict):
        return shape
    line = json.dumps(shape, ensure_ascii=False)
    if is_one_line or len(line) <= SHORT:
        lines.append(line)
        return f"\0{len(lines) - 1}"
    if isinstance(shape, list):
        return [_without(one, lines) for one in shape]
    return {key: _under(key, one, lines) for key, one in shape.items()}


def _under(key: str, shape: Any, lines: list[str]) -> Any:
    if key == "parameters" and isinstance(shape, list):
        return [_without(one, lines, is_one_line=True) for one in shape]
    return _without(shape, lines)


class Command(Original):
    """Write the OpenAPI of the API."""

    def get_renderer(self, format: str) -> Any:
        return NarrowJson() if format == "openapi-json" else super().get_renderer(format)

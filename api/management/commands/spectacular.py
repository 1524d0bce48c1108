"""`spectacular`, as drf-spectacular has it, but with few blanks, which would be most of it."""

from __future__ import annotations

import json
import re
from typing import Any

from drf_spectacular.management.commands.spectacular import Command as Original
from drf_spectacular.renderers import OpenApiJsonRenderer


class NarrowJson(OpenApiJsonRenderer):
    """JSON with a line per key, and one per parameter, so that a change shows as lines."""

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        """The document, indented by one blank."""
        parameters = list[str]()
        said = _without(json.loads(super().render(data, *args, **kwargs)), parameters)
        text = json.dumps(said, indent=1, ensure_ascii=False)
        return re.sub(r'"\\u0000(\d+)"', lambda at: parameters[int(at[1])], text).encode()


def _without(shape: Any, parameters: list[str]) -> Any:
    """`shape` with NUL and a number for each parameter, and what is to stand there added."""
    if isinstance(shape, list):
        return [_without(one, parameters) for one in shape]
    if not isinstance(shape, dict):
        return shape
    left = {key: _without(one, parameters) for key, one in shape.items()}
    if isinstance(listed := shape.get("parameters"), list):
        first = len(parameters)
        parameters += (json.dumps(one, ensure_ascii=False) for one in listed)
        left["parameters"] = [f"\0{at}" for at in range(first, len(parameters))]
    return left


class Command(Original):
    """Write the OpenAPI of the API."""

    def get_renderer(self, format: str) -> Any:
        return NarrowJson() if format == "openapi-json" else super().get_renderer(format)

"""Columns of JSON whose values have one shape, which the outside is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from django.db import models

if TYPE_CHECKING:
    JSONColumn = models.JSONField[Any, Any]
else:  # generic to the type checker only
    JSONColumn = models.JSONField

Shape = Mapping[str, Any]  # as JSON Schema says it

OBJECT: Final[Shape] = {"type": "object", "additionalProperties": {}}
TEXTS: Final[Shape] = {"type": "array", "items": {"type": "string"}}


def list_of(item: Shape, **limits: int) -> Shape:
    """A list whose members have the shape `item`.

    >>> list_of({"type": "integer"}, minItems=1)
    {'type': 'array', 'items': {'type': 'integer'}, 'minItems': 1}
    """
    return {"type": "array", "items": item, **limits}


def one_of(words: Sequence[str]) -> Shape:
    """One of a few words."""
    return {"type": "string", "enum": list(words)}


class ShapedField(JSONColumn):
    """JSON of one shape; that a value has it is checked where the model checks its values."""

    def __init__(self, *args: Any, shape: Shape | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.shape = shape or {}

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """As plain JSON: the shape is nothing to a database."""
        name, _, args, options = super().deconstruct()
        return name, "django.db.models.JSONField", args, options

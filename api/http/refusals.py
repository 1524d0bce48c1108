"""What bodies are refused with beside wrong fields: rows of a set each by name, and their size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError

ALL_FIELDS: Final = "__all__"
SOME_ROWS: Final = "Some rows can't be taken; nothing was written."


class RowsRefused(ValidationError):
    """Rows of a set that can't be read: how each is named, and its reasons per wire field."""

    def __init__(self, rows: Sequence[tuple[Mapping[str, int], Any]]) -> None:
        super().__init__(SOME_ROWS)
        self.rows = rows


class TooLarge(APIException):
    """The body is larger than the server takes."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The body is larger than {limit} bytes. Send it in several parts.")

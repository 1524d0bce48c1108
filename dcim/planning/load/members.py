"""Choices as the record states them, or leaves them open."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

ChoiceT = TypeVar("ChoiceT", bound=StrEnum)


def member(kind: type[ChoiceT], value: str) -> ChoiceT:
    """The member whose value was recorded; actions let no other stand there."""
    return kind(value)


def stated(kind: type[ChoiceT], value: str) -> ChoiceT | None:
    """The member whose value was recorded; None where none was."""
    return member(kind, value) if value else None

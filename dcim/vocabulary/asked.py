"""Words that a question is asked with."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from dcim.vocabulary.errors import InvalidInput

WordT = TypeVar("WordT", bound=StrEnum)


def chosen(words: type[WordT], text: str, field: str) -> WordT:
    """The word among `words` that `text` is.

    Raises: InvalidInput, which carries `field` and names the words.
    """
    try:
        return words(text)
    except ValueError as err:
        raise InvalidInput(
            f"“{text}” is not known here.", field=field, hint=f"Choose one of: {', '.join(words)}."
        ) from err


def number_in(text: str, field: str, least: int, most: int) -> int:
    """The whole number that `text` is, between `least` and `most`.

    Raises: InvalidInput, which carries `field` and names the bounds.
    """
    hint = f"Write a whole number from {least} to {most}."
    if not text.isascii() or not text.isdigit() or len(text) > len(str(most)):
        raise InvalidInput(f"“{text[:20]}” is no such number.", field=field, hint=hint)
    if not least <= int(text) <= most:
        raise InvalidInput(f"{text} is out of bounds.", field=field, hint=hint)
    return int(text)

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

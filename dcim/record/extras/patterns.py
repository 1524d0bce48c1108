"""Regular expressions that people write, matched in a time that grows with the text alone.

Python's own engine tries one way after the other and may never come to an end: `(a+)+$` doubles
its time with each letter. RE2 follows all ways at once, and refuses what it can't do so:
look-around and references back.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

import re2

LONGEST_PATTERN: Final = 500
# PostgreSQL, which matches filters, means a backspace by it.
WORD_BOUNDARY: Final = re.compile(r"(?<!\\)(?:\\\\)*\\[bB]")


class NotAPattern(ValueError):
    """Why a text is no regular expression that can be matched here."""


class Pattern:
    """A regular expression that was understood."""

    def __init__(self, expression: Any) -> None:
        self._expression = expression

    def begins(self, text: str) -> bool:
        """Whether `text` begins with the pattern."""
        return self._expression.match(text) is not None

    def is_in(self, text: str) -> bool:
        """Whether a part of `text` fits the pattern."""
        return self._expression.search(text) is not None


@lru_cache(maxsize=128)
def compiled(text: str, *, ignores_case: bool = False) -> Pattern:
    r"""The pattern that `text` is.

    Raises: NotAPattern.

    >>> compiled(r"^PDR-\d+$").is_in("PDR-01")
    True
    """
    if len(text) > LONGEST_PATTERN:
        raise NotAPattern(f"A pattern has at most {LONGEST_PATTERN} characters.")
    if WORD_BOUNDARY.search(text):
        raise NotAPattern("Word boundaries can't be used; name the characters around the word.")
    options = re2.Options()
    options.case_sensitive = not ignores_case
    options.log_errors = False
    try:
        return Pattern(re2.compile(text, options))
    except re2.error as err:
        reason = err.args[0].decode() if isinstance(err.args[0], bytes) else err
        raise NotAPattern(f"This regular expression can't be matched: {reason}.") from err

"""Why a plan decides so for an app, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext

from dcim.planning.document import AppLine
from dcim.planning.sentences import PLACE, texts, told


def why_of(line: AppLine) -> str:
    """The reason of `line`, translated; empty where it can only be shown in English.

    Notes: never half of it. Plans that were stored before carry no sentences, later versions of us
    may word a text differently, and sentences that do not say what the reason says are not ours.
    """
    if told(line.why) != line.reason or not all(_is_translated(one) for one in texts(line.why)):
        return ""
    return told(line.why, gettext)


def _is_translated(text: str) -> bool:
    """Whether the catalogue says `text` in the reader's language, or it has no words to say."""
    has_words = any(one.isalpha() for one in PLACE.sub("", text))
    return not has_words or gettext(text) != text

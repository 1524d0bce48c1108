"""Texts that rows hold in English, told in the reader's language by the sentence kept with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext

from dcim.planning.sentences import Sentence, retold

Entry = Mapping[str, Any]


def line_of(entry: Entry) -> str:
    """The line of a log."""
    return retold(str(entry["message"]), entry.get("said"), gettext)


def retelling(entries: Iterable[Entry]) -> Callable[[str], str]:
    """Tells texts, line by line, that stand in the log `entries` or in a part of a line there."""
    said = (Sentence.of_plain(one["said"]) for one in entries if one.get("said"))
    known = {str(part): part for one in said for part in one.parts()}

    def line(text: str) -> str:
        return (known[text].told_whole(gettext) if text in known else "") or text

    return lambda text: "\n".join(map(line, text.split("\n")))

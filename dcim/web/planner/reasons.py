"""What plans, runs and comparisons say, in the reader's language.

Their documents and rows hold it in English, with the sentences that it was told by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext

from dcim.planning.document import AppLine
from dcim.planning.sentences import Sentence, told

Entry = Mapping[str, Any]


def why_of(line: AppLine) -> str:
    """The reason of `line`, translated; empty where it can only be shown in English.

    Notes: plans that were stored before carry no sentences, and sentences that do not say what the
    reason says are not ours.
    """
    if told(line.why) != line.reason:
        return ""
    whole = [one.told_whole(gettext) for one in line.why]
    return " ".join(whole) if all(whole) else ""


def line_of(entry: Entry) -> str:
    """The line of a log, in the reader's language where it was kept with its sentence."""
    said = entry.get("said")
    return (Sentence.of_plain(said).told_whole(gettext) if said else "") or str(entry["message"])


def retelling(entries: Iterable[Entry]) -> Callable[[str], str]:
    """Tells texts, line by line, that stand in the log `entries` or in a part of a line there."""
    said = (Sentence.of_plain(one["said"]) for one in entries if one.get("said"))
    known = {str(part): part for one in said for part in one.parts()}

    def line(text: str) -> str:
        return (known[text].told_whole(gettext) if text in known else "") or text

    return lambda text: "\n".join(map(line, text.split("\n")))

"""What a check of the change log can find, and where."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Problem(StrEnum):
    """What is wrong; the values are stable, for programs."""

    ENTRY_ALTERED = "entry.altered"
    ENTRY_FORGED = "entry.forged"
    ENTRY_WITHOUT_LINK = "entry.without_link"
    ENTRIES_GONE = "entries.gone"
    LINK_ALTERED = "link.altered"
    LINK_MOVED = "link.moved"
    LINKS_GONE = "links.gone"
    CUT_OFF = "log.cut_off"
    REWRITTEN = "log.rewritten"
    ROW_ALTERED = "row.altered"
    ROW_UNLOGGED = "row.unlogged"
    ROW_GONE = "row.gone"
    UNITS_ALTERED = "units.altered"
    UNPROTECTED = "table.unprotected"
    KEY_MISSING = "key.missing"
    HEADS_MISSING = "heads.missing"

    @property
    def is_tampering(self) -> bool:
        """Whether it proves a hand in the tables; else something could not be checked."""
        return self not in {Problem.KEY_MISSING, Problem.HEADS_MISSING}

    @property
    def is_grave(self) -> bool:
        """Whether it may be tampering: links under another's key are what a forger would write."""
        return self is not Problem.HEADS_MISSING


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem and its place; what does not apply is None or empty.

    Attributes:
        number: The link's number.
        entry: The entry's id.
        kind: The type of the object that the entry or row is about.
        pk: The object's id.
        time: When the link or entry says it was written (ISO, UTC).
        detail: What else helps: fields, counts, names.
    """

    problem: Problem
    number: int | None = None
    entry: int | None = None
    kind: str = ""
    pk: int | None = None
    name: str = ""
    time: str = ""
    detail: dict[str, Any] = field(default_factory=dict)

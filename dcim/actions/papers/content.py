"""What papers are made of before they are a PDF, a DOCX or an XLSX: sentences and tables of values.

Cells keep their values: a sheet holds numbers and dates, and print has the same figures as text.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

Cell: TypeAlias = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        share: Its part of the table's width, against the other columns'.
        is_amount: Whether its cells are numbers, set flush right.
        repeats: Whether one printed cell stands for all below it that say the same.
        on_paper: Whether it is printed; a sheet has them all.
    """

    title: str
    share: float = 1
    is_amount: bool = False
    repeats: bool = False
    on_paper: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A table; its `name` is that of its sheet, 31 characters at most.

    Attributes:
        foot: The last row, of sums; empty where nothing is summed up.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    foot: tuple[Cell, ...] = ()

    @property
    def printed(self) -> Table:
        """The table without the columns that only a sheet has."""
        places = [place for place, one in enumerate(self.columns) if one.on_paper]
        columns = tuple(self.columns[place] for place in places)
        rows = tuple(tuple(row[place] for place in places) for row in self.rows)
        foot = tuple(self.foot[place] for place in places) if self.foot else ()
        return replace(self, columns=columns, rows=rows, foot=foot)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report: a heading, sentences, and a table where there is one."""

    title: str
    lines: tuple[str, ...] = ()
    table: Table | None = None

"""Heads and tables as the Typst templates take them: plain data with every value as text."""

from __future__ import annotations

from typing import Any

from dcim.actions.papers.content import Cell, Section, Table
from dcim.actions.papers.letterheads import Head
from dcim.actions.papers.words import written


def printed_head(head: Head) -> dict[str, Any]:
    """The head and the lines of the signature."""
    return {"lines": head.lines, "contact": head.contact, "signature": head.signature}


def printed_section(section: Section) -> dict[str, Any]:
    """Heading, sentences and table."""
    table = None if section.table is None else printed_table(section.table)
    return {"title": section.title, "lines": section.lines, "table": table}


def printed_table(table: Table) -> dict[str, Any]:
    """Columns, and rows of cells; one cell stands for those that a column repeats."""
    table = table.printed
    columns = [
        {"title": one.title, "share": one.share, "amount": one.is_amount} for one in table.columns
    ]
    foot = [
        {"text": "" if cell is None else written(cell), "amount": column.is_amount}
        for column, cell in zip(table.columns, table.foot, strict=bool(table.foot))
    ]
    return {"columns": columns, "rows": printed_rows(table), "foot": foot}


def printed_rows(table: Table) -> list[list[dict[str, Any]]]:
    """The cells that are drawn, each with its text and the number of rows that it spans."""
    rows: list[list[dict[str, Any]]] = []
    spanning: list[dict[str, Any]] = [{} for _column in table.columns]
    above: tuple[Cell, ...] | None = None
    for cells in table.rows:
        same, row = above is not None, []
        for place, (column, cell) in enumerate(zip(table.columns, cells, strict=True)):
            same = same and column.repeats and above is not None and cell == above[place]
            if same:
                spanning[place]["rows"] += 1
            else:
                spanning[place] = {
                    "text": written(cell),
                    "rows": 1,
                    "amount": column.is_amount,
                    "column": place,
                }
                row.append(spanning[place])
        rows.append(row)
        above = cells
    return rows

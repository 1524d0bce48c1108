"""Tables as XLSX: a sheet each, numbers and dates as such, ready to filter and to print."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from io import BytesIO
from math import ceil
from typing import Any, Final

from dcim.actions.papers.content import Cell, Column, Table

A4: Final = 9
FONT: Final = {"font_name": "Arial", "font_size": 10, "valign": "top"}
NOT_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\']")
LONGEST_NAME: Final = 31
WIDTH_OF_SHARE: Final = 7.5  # characters
LINE_HEIGHT: Final = 13.5  # points
INDONESIAN_DATE: Final = "[$-421]d mmmm yyyy"


def workbook(
    title: str, facts: Sequence[tuple[str, str]], tables: Sequence[Table], made: date
) -> bytes:
    """The XLSX: a first sheet of facts, then a sheet for each table.

    Args:
        title: What stands at its head and in its properties.
        facts: Label and text of each line of the first sheet.
        tables: The other sheets.
        made: The day that the file says it was made on.

    Notes: the same content gives the same bytes. Text is never run as a formula.
    """
    import xlsxwriter  # here: only papers need it

    out = BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": title, "created": datetime.combine(made, time())})
    styles = _styles(book)
    _first_sheet(book, title, facts, styles)
    for table in tables:
        _sheet(book, title, table, styles)
    book.close()
    return out.getvalue()


def _styles(book: Any) -> dict[str, Any]:
    looks: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 14},
        "label": {"bold": True},
        "text": {"text_wrap": True},
        "head": {"bold": True, "text_wrap": True, "bg_color": "#E7E0D5", "border": 1},
        "cell": {"text_wrap": True, "border": 1},
        "amount": {"num_format": "#,##0.##", "border": 1},
        "whole": {"num_format": "#,##0", "border": 1},
        "date": {"num_format": INDONESIAN_DATE, "align": "left", "border": 1},
    }
    return {name: book.add_format({**FONT, **look}) for name, look in looks.items()}


def _first_sheet(
    book: Any, title: str, facts: Sequence[tuple[str, str]], styles: dict[str, Any]
) -> None:
    sheet = book.add_worksheet("Ringkasan")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, title, styles["title"])
    for row, (label, text) in enumerate(facts, 2):
        sheet.write_string(row, 0, label, styles["label"])
        sheet.write_string(row, 1, text, styles["text"])
    _print_set_up(sheet, title)


def _sheet(book: Any, title: str, table: Table, styles: dict[str, Any]) -> None:
    sheet = book.add_worksheet(NOT_IN_NAMES.sub(" ", table.name)[:LONGEST_NAME])
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, _width(column))
        sheet.write_string(0, place, column.title, styles["head"])
    sheet.set_row(0, 2 * LINE_HEIGHT)
    for row, cells in enumerate(table.rows, 1):
        sheet.set_row(row, LINE_HEIGHT * _lines_of(cells, table))
        for place, cell in enumerate(cells):
            _write(sheet, row, place, cell, styles)
    printed = sum(one.on_paper for one in table.columns)
    sheet.print_area(0, 0, len(table.rows), printed - 1)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.autofilter(0, 0, max(1, len(table.rows)), len(table.columns) - 1)
    _print_set_up(sheet, title)


def _lines_of(cells: Sequence[Cell], table: Table) -> int:
    """How many lines the row's longest wrapped text takes: not every program measures that."""
    texts = zip(cells, table.columns, strict=True)
    return max(
        (
            ceil(len(cell) / _width(column))
            for cell, column in texts
            if isinstance(cell, str) and cell
        ),
        default=1,
    )


def _width(column: Column) -> float:
    return max(9, WIDTH_OF_SHARE * column.share)


def _write(sheet: Any, row: int, place: int, cell: Cell, styles: dict[str, Any]) -> None:
    if cell is None:
        sheet.write_blank(row, place, None, styles["cell"])
    elif isinstance(cell, str):
        sheet.write_string(row, place, cell, styles["cell"])
    elif isinstance(cell, date):
        sheet.write_datetime(row, place, datetime.combine(cell, time()), styles["date"])
    else:
        look = "whole" if float(cell).is_integer() else "amount"
        sheet.write_number(row, place, cell, styles[look])


def _print_set_up(sheet: Any, title: str) -> None:
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
    sheet.set_header(f"&L&9{title.replace('&', '&&')}")
    sheet.set_footer("&L&9&A&R&9Halaman &P dari &N")

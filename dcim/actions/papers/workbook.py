"""Tables as XLSX: a sheet each, numbers and dates as such, ready to filter and to print."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from io import BytesIO
from math import ceil
from typing import Any, Final

from dcim.actions.papers.content import Cell, Table

A4: Final = 9
FONT: Final = {"font_name": "Arial", "font_size": 10, "valign": "top"}
NOT_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\']")
LONGEST_NAME: Final = 31
# In characters: of a share, of a column, and of a sheet that prints legibly on one page's width.
WIDEST_SHARE: Final = 9.0
NARROWEST_SHARE: Final = 5.2
NARROWEST: Final = 6.5
WIDTH_OF_PAGE: Final = 140.0
LETTERS_TO_DIGITS: Final = 1.15  # widths count digits; letters are narrower
WIDTHS_OF_FACTS: Final = (30, 90)
LINE_HEIGHT: Final = 13.5  # points
TALLEST: Final = 409.0  # that a sheet takes
INDONESIAN: Final = "[$-421]"
SUM: Final = {"bold": True, "bg_color": "#F5F2EC", "border": 1}


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
        "label": {"bold": True, "text_wrap": True},
        "text": {"text_wrap": True},
        "head": {"bold": True, "text_wrap": True, "bg_color": "#E7E0D5", "border": 1},
        "cell": {"text_wrap": True, "border": 1},
        "amount": {"num_format": f"{INDONESIAN}#,##0.##", "border": 1},
        "whole": {"num_format": f"{INDONESIAN}#,##0", "border": 1},
        "sum": {"num_format": f"{INDONESIAN}#,##0.##", **SUM},
        "whole sum": {"num_format": f"{INDONESIAN}#,##0", **SUM},
        "foot": SUM,
        "date": {"num_format": f"{INDONESIAN}d mmmm yyyy", "align": "left", "border": 1},
    }
    return {name: book.add_format({**FONT, **look}) for name, look in looks.items()}


def _first_sheet(
    book: Any, title: str, facts: Sequence[tuple[str, str]], styles: dict[str, Any]
) -> None:
    sheet = book.add_worksheet("Ringkasan")
    for place, width in enumerate(WIDTHS_OF_FACTS):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, title, styles["title"])
    for row, (label, text) in enumerate(facts, 2):
        sheet.set_row(row, _height((label, text), WIDTHS_OF_FACTS))
        sheet.write_string(row, 0, label, styles["label"])
        sheet.write_string(row, 1, text, styles["text"])
    _print_set_up(sheet, title)


def _sheet(book: Any, title: str, table: Table, styles: dict[str, Any]) -> None:
    sheet = book.add_worksheet(NOT_IN_NAMES.sub(" ", table.name)[:LONGEST_NAME])
    widths = _widths(table)
    titles = [column.title for column in table.columns]
    for place, (title_of_column, width) in enumerate(zip(titles, widths, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, title_of_column, styles["head"])
    # Bold letters are wider, and the filter's button takes room.
    sheet.set_row(0, _height(titles, [0.8 * width for width in widths]))
    for row, cells in enumerate(table.rows, 1):
        sheet.set_row(row, _height(cells, widths))
        for place, cell in enumerate(cells):
            _write(sheet, row, place, cell, styles)
    for place, cell in enumerate(table.foot):
        _write_foot(sheet, len(table.rows), place, cell, styles)
    printed = sum(one.on_paper for one in table.columns)
    sheet.print_area(0, 0, len(table.rows) + bool(table.foot), printed - 1)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.autofilter(0, 0, max(1, len(table.rows)), len(table.columns) - 1)
    _print_set_up(sheet, title)


def _height(cells: Sequence[Cell], widths: Sequence[float]) -> float:
    """What the longest wrapped text takes: not every program measures that."""
    texts = zip(cells, widths, strict=True)
    lines = (_wrapped(cell, width) for cell, width in texts if isinstance(cell, str))
    return min(TALLEST, LINE_HEIGHT * max(lines, default=1))


def _wrapped(text: str, width: float) -> int:
    """The lines of a text that breaks between words, and within what is longer than a line."""
    width *= LETTERS_TO_DIGITS
    lines, left = 1, width
    for word in text.split():
        if left < len(word) and left < width:
            lines, left = lines + 1, width
        more = max(0, ceil(len(word) / width) - 1)
        lines, left = lines + more, left + more * width - len(word) - 1
    return lines


def _widths(table: Table) -> list[float]:
    """Of each column, such that what is printed fits on a page's width where it can."""
    whole = sum(one.share for one in table.columns if one.on_paper)
    per_share = min(WIDEST_SHARE, max(NARROWEST_SHARE, WIDTH_OF_PAGE / whole))
    return [max(NARROWEST, per_share * one.share) for one in table.columns]


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


def _write_foot(sheet: Any, rows: int, place: int, cell: Cell, styles: dict[str, Any]) -> None:
    """A sum follows the filter: it is of the rows that are shown."""
    if not isinstance(cell, int | float):
        sheet.write_string(rows + 1, place, str(cell or ""), styles["foot"])
        return
    from xlsxwriter.utility import xl_range  # here: only papers need it

    look = "whole sum" if float(cell).is_integer() else "sum"
    formula = f"=SUBTOTAL(109,{xl_range(1, place, rows, place)})"
    sheet.write_formula(rows + 1, place, formula, styles[look], cell)


def _print_set_up(sheet: Any, title: str) -> None:
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
    sheet.set_header(f"&L&9{title.replace('&', '&&')}")
    sheet.set_footer("&L&9&A&R&9Halaman &P dari &N")

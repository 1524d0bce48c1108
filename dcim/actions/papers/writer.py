"""Writing DOCX by python-docx: what papers need beyond it, in one place.

A gap, “[isi: …]”, is highlighted wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Cm, Length, Pt
from docx.table import Table as DocxTable
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from dcim.actions.papers.content import Table
from dcim.actions.papers.words import BLANK, written

FONT: Final = "Bookman Old Style"
# Of ruled tables: narrower, and word processors without it have one of the same widths.
FONT_OF_TABLES: Final = "Arial"
LABEL: Final = 2.9  # centimetres
CELL_MARGIN: Final = "45"  # twentieths of a point
A4: Final = (Cm(21), Cm(29.7))
# Neither XML nor a word processor takes these.
CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
GREY: Final = "EBEBEB"


class Writer:
    """A document that is being written, A4 in Bookman."""

    def __init__(self, title: str, moment: datetime) -> None:
        self.document = Document()
        known = self.document.core_properties
        known.title, known.author, known.comments = plain(title)[:255], "Lumbung", ""
        known.created = known.modified = moment.astimezone(UTC).replace(tzinfo=None)
        self._set_styles()
        first = self.document.sections[0]
        _set_page(first, landscape=False, margins=(2.8, 2.2, 1.6, 2))
        first.different_first_page_header_footer = True

    def _set_styles(self) -> None:
        normal = self.document.styles["Normal"]
        normal.font.name, normal.font.size = FONT, Pt(11)
        normal.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
        normal.paragraph_format.space_after = Pt(4)
        normal.paragraph_format.line_spacing = 1
        for name in ("Heading 1", "Heading 2"):
            style = self.document.styles[name]
            style.font.name, style.font.size, style.font.bold = FONT, Pt(12), True
            style.font.color.rgb = None
            style.element.rPr.rFonts.set(qn("w:asciiTheme"), "")

    @property
    def first(self) -> Section:
        """The section that the document begins with."""
        first: Section = self.document.sections[0]
        return first

    def add(
        self,
        text: str,
        *,
        align: WD_ALIGN_PARAGRAPH | None = None,
        indent: float = 0,
        first_line: float = 0,
        keep: bool = False,
        after: float | None = None,
        style: str | None = None,
    ) -> Paragraph:
        """A paragraph; indents in centimetres, `after` in points, `keep` with what follows."""
        one = self.document.add_paragraph(style=style)
        write(one, text)
        if align is not None:
            one.alignment = align
        shape = one.paragraph_format
        shape.left_indent, shape.first_line_indent = Cm(indent), Cm(first_line)
        shape.keep_with_next = shape.keep_together = keep
        if after is not None:
            shape.space_after = Pt(after)
        return one

    def add_section(self, *, landscape: bool) -> Section:
        """A new page on which a section begins, with a header of its own."""
        one: Section = self.document.add_section(WD_SECTION.NEW_PAGE)
        _set_page(one, landscape=landscape, margins=(1.4, 1.4, 1.6, 1.6))
        one.different_first_page_header_footer = False
        for part in (one.header, one.footer):
            part.is_linked_to_previous = False
        return one

    def add_table(self, table: Table, *, points: float, width: Length) -> DocxTable:
        """A ruled table whose head repeats and whose rows stay whole."""
        table = table.printed
        made: DocxTable = self.document.add_table(
            rows=1, cols=len(table.columns), style="Table Grid"
        )
        made.autofit = False
        whole = sum(one.share for one in table.columns)
        widths = [Length(int(width * one.share / whole)) for one in table.columns]
        _fill(made.rows[0].cells, [one.title for one in table.columns], widths, points, table)
        _mark_row(made.rows[0], "w:tblHeader")
        _embolden(made.rows[0].cells)
        _set_grid(made, widths)
        _set_margins(made)
        for cells in table.rows:
            row = _row_of(made)
            _mark_row(row, "w:cantSplit")
            _fill(row.cells, [written(one) for one in cells], widths, points, table)
        if table.foot:
            row = _row_of(made)
            _mark_row(row, "w:cantSplit")
            told = ["" if one is None else written(one) for one in table.foot]
            _fill(row.cells, told, widths, points, table)
            _embolden(row.cells)
        return made

    def add_facts(self, rows: Sequence[tuple[str, str]], *, indent: float, width: float) -> None:
        """Label, colon and text in columns without rules; widths in centimetres."""
        made = self.document.add_table(rows=0, cols=3)
        made.autofit = False
        sizes = (Cm(LABEL + indent), Cm(0.5), Cm(width - LABEL - 0.5 - indent))
        _set_grid(made, sizes)
        for label, text in rows:
            row = _row_of(made)
            _mark_row(row, "w:cantSplit")
            for cell, told, size in zip(row.cells, (label, ":", text), sizes, strict=True):
                cell.width = size
                write(cell.paragraphs[0], told)
                shape = cell.paragraphs[0].paragraph_format
                shape.space_after, shape.keep_with_next = Pt(1), (label, text) != rows[-1]
            row.cells[0].paragraphs[0].paragraph_format.left_indent = Cm(indent)

    def add_block(
        self, lines: Sequence[tuple[str, float, bool, float]], *, at: float, width: float
    ) -> None:
        """Lines that stay on one page, from `at` to `width` centimetres of the margin.

        Args:
            lines: Text, points, whether it is bold, and points of room below.
            at: Where they begin.
            width: Where they end.
        """
        made = self.document.add_table(rows=0, cols=2)
        made.autofit = False
        sizes = (Cm(at), Cm(width - at))
        _set_grid(made, sizes)
        row = _row_of(made)
        _mark_row(row, "w:cantSplit")
        for cell, size in zip(row.cells, sizes, strict=True):
            cell.width = size
        for number, (text, points, is_bold, after) in enumerate(lines):
            cell = row.cells[1]
            one = cell.add_paragraph() if number else cell.paragraphs[0]
            write(one, text)
            one.paragraph_format.space_after = Pt(after)
            one.paragraph_format.keep_with_next = True
            for run in one.runs:
                run.font.size, run.font.bold = Pt(points), is_bold

    def as_bytes(self) -> bytes:
        """The file; the same content gives the same bytes."""
        out = BytesIO()
        self.document.save(out)
        return _undated(out.getvalue())


def write(paragraph: Paragraph, text: str) -> None:
    """Add the text to the paragraph, its gaps highlighted."""
    told, end = plain(text), 0
    for gap in BLANK.finditer(told):
        paragraph.add_run(told[end : gap.start()])
        paragraph.add_run(gap.group()).font.highlight_color = WD_COLOR_INDEX.YELLOW
        end = gap.end()
    paragraph.add_run(told[end:])


def plain(text: str) -> str:
    """The text without what no document can hold."""
    return CONTROLS.sub(" ", text)


def add_page_number(paragraph: Paragraph) -> None:
    """“Halaman 1 dari 2”, as fields that the word processor keeps right."""
    for text, field in (("Halaman ", "PAGE"), (" dari ", "NUMPAGES")):
        paragraph.add_run(text).font.size = Pt(8)
        _add_field(paragraph, field)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def rule_below(paragraph: Paragraph) -> None:
    """The double rule that closes a head."""
    edge = OxmlElement("w:bottom")
    for name, value in (("val", "thickThinSmallGap"), ("sz", "24"), ("space", "4")):
        edge.set(qn(f"w:{name}"), value)
    borders = OxmlElement("w:pBdr")
    borders.append(edge)
    paragraph._p.get_or_add_pPr().append(borders)


def _add_field(paragraph: Paragraph, name: str) -> None:
    for kind in ("begin", "", "end"):
        run = paragraph.add_run()
        run.font.size = Pt(8)
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.text = name
        run._r.append(part)


def _set_page(
    section: Section, *, landscape: bool, margins: tuple[float, float, float, float]
) -> None:
    short, long = A4
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if landscape else (short, long)
    left, right, top, bottom = margins
    section.left_margin, section.right_margin = Cm(left), Cm(right)
    section.top_margin, section.bottom_margin = Cm(top), Cm(bottom)
    section.header_distance, section.footer_distance = Cm(1), Cm(1)


def _fill(
    cells: Sequence[_Cell],
    texts: Sequence[str],
    widths: Sequence[Length],
    points: float,
    table: Table,
) -> None:
    for cell, text, width, column in zip(cells, texts, widths, table.columns, strict=True):
        cell.width = width
        one = cell.paragraphs[0]
        write(one, text)
        one.paragraph_format.space_before = one.paragraph_format.space_after = Pt(1.5)
        one.paragraph_format.line_spacing = 1
        one.alignment = WD_ALIGN_PARAGRAPH.RIGHT if column.is_amount else WD_ALIGN_PARAGRAPH.LEFT
        for run in one.runs:
            run.font.size, run.font.name = Pt(points), FONT_OF_TABLES


def _embolden(cells: Sequence[_Cell]) -> None:
    for cell in cells:
        _shade(cell)
        for run in cell.paragraphs[0].runs:
            run.font.bold = True


def _set_grid(table: DocxTable, widths: Sequence[Length]) -> None:
    """The columns' widths, which LibreOffice takes from here and Word from the cells."""
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width


def _set_margins(table: DocxTable) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), CELL_MARGIN)
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    table._tbl.tblPr.append(margins)


def _row_of(table: DocxTable) -> Any:
    add_row: Callable[[], Any] = table.add_row
    return add_row()


def _mark_row(row: Any, mark: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(mark))


def _shade(cell: _Cell) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", GREY)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _undated(data: bytes) -> bytes:
    """The same parts without the time of packing."""
    out = BytesIO()
    with ZipFile(BytesIO(data)) as packed, ZipFile(out, "w", ZIP_DEFLATED) as anew:
        for name in packed.namelist():
            part = ZipInfo(name, EARLIEST)
            part.compress_type = ZIP_DEFLATED
            anew.writestr(part, packed.read(name))
    return out.getvalue()

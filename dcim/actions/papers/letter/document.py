"""The request letter as a DOCX that an office goes on editing in its word processor.

Styles carry the looks, the head stands in the header of the first page, page numbers are fields,
heads of tables repeat, and the annexes are sections of their own, that per machine landscape.
"""

from __future__ import annotations

from io import BytesIO

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.section import Section
from docx.shared import Cm, Pt

from dcim.actions.papers.letter.content import Annex, Letter
from dcim.actions.papers.letter.negotiation import CurveAnnex
from dcim.actions.papers.letterheads import Head
from dcim.actions.papers.typesetting import drawn
from dcim.actions.papers.writer import Writer, add_page_number, rule_below, write

CENTER, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
JUSTIFIED = WD_ALIGN_PARAGRAPH.JUSTIFY
TEXT_WIDTH = 16.0  # centimetres
ANNEX_WIDTH = 26.9
SIGNED_AT = 8.0  # from the left margin
SIGNED_IN_ANNEX_AT = 18.0
SIZE_OF_COPIES = 9


def document_of(letter: Letter, curve: CurveAnnex | None = None) -> bytes:
    """The DOCX."""
    out = Writer(letter.title, letter.moment)
    _head(out.first, letter.head)
    add_page_number(out.first.footer.paragraphs[0])
    add_page_number(out.first.first_page_footer.paragraphs[0])
    _begin(out, letter)
    _body(out, letter)
    _signature(out, letter)
    if letter.annex is not None:
        _annex(out, letter, letter.annex)
    if curve is not None:
        _curve(out, letter, curve)
    return out.as_bytes()


def _head(section: Section, head: Head) -> None:
    header = section.first_page_header
    government, office = header.paragraphs[0], header.add_paragraph()
    for one, text, points, bold in (
        (government, head.lines[0], 13, False),
        (office, head.lines[1], 14, True),
        *((header.add_paragraph(), line, 9.5, False) for line in head.contact),
    ):
        write(one, text)
        one.alignment = CENTER
        one.paragraph_format.space_after = Pt(0)
        for run in one.runs:
            run.font.size, run.font.bold = Pt(points), bold
    rule_below(header.paragraphs[-1])


def _begin(out: Writer, letter: Letter) -> None:
    out.add(letter.dated, align=RIGHT, after=6)
    out.add_facts(letter.reference, indent=0, width=TEXT_WIDTH - 2)
    out.add("", after=2)
    first, *others = letter.addressee
    out.add(f"Yth. {first}", after=0)
    for line in others:
        out.add(line, indent=0.9, after=0)
    out.add("di", after=0)
    out.add(letter.addressed_to, indent=0.8, after=10)


def _body(out: Writer, letter: Letter) -> None:
    out.add("Dasar:", keep=True, after=2)
    for number, one in enumerate(letter.basis, 1):
        out.add(f"{number}.\t{one}", indent=1, first_line=-0.6, align=JUSTIFIED, after=3)
    for paragraph in letter.opening:
        out.add(paragraph, first_line=1, align=JUSTIFIED)
    out.add_table(letter.sums, points=10, width=Cm(TEXT_WIDTH))
    out.add("", after=0)
    if letter.period:
        out.add(letter.period, align=JUSTIFIED)
    out.add(letter.details, align=JUSTIFIED)
    for who, rows in letter.managers:
        out.add(f"{who}:", keep=True, after=2)
        out.add_facts(rows, indent=0.8, width=TEXT_WIDTH)
        out.add("", after=0)


def _signature(out: Writer, letter: Letter) -> None:
    """The closing, the signature, and who gets a copy."""
    out.add(letter.closing, first_line=1, align=JUSTIFIED, keep=True, after=8)
    _signed(out, letter.head, at=SIGNED_AT, width=TEXT_WIDTH, points=11)
    if letter.head.copies_to:
        copies = enumerate(letter.head.copies_to, 1)
        for text in ("Tembusan:", *(f"{number}.\t{one}" for number, one in copies)):
            indent, hang = (0.8, -0.6) if "\t" in text else (0, 0)
            line = out.add(text, indent=indent, first_line=hang, keep=True, after=0)
            for run in line.runs:
                run.font.size = Pt(SIZE_OF_COPIES)


def _signed(out: Writer, head: Head, *, at: float, width: float, points: float) -> None:
    """Position, room for the signature, name, rank and NIP, which stay on one page."""
    position, name, rank, nip = head.signature
    lines = (
        (f"{position},", points, False, 18),
        ("(tanda tangan elektronik BSrE)", 8, False, 18),
        (name, points, True, 0),
        (rank, points, False, 0),
        (nip, points, False, 4),
    )
    out.add_block(lines, at=at, width=width)


def _annex(out: Writer, letter: Letter, annex: Annex) -> None:
    _begin_annex(out, annex.title, annex.heading, landscape=True)
    if letter.period:
        out.add(letter.period, align=CENTER)
    out.add_table(annex.table, points=7, width=Cm(ANNEX_WIDTH))
    out.add("", keep=True, after=6)
    _signed(out, letter.head, at=SIGNED_IN_ANNEX_AT, width=ANNEX_WIDTH, points=9)


def _curve(out: Writer, letter: Letter, curve: CurveAnnex) -> None:
    _begin_annex(out, letter.curve_title, "Kurva Negosiasi", landscape=False)
    for line in curve.lines:
        out.add(line, align=JUSTIFIED)
    out.document.add_picture(BytesIO(drawn(curve.svg)), width=Cm(18))
    out.add_table(curve.table, points=8, width=Cm(18))
    if curve.purchases.rows:
        out.add("", after=0)
        out.add_table(curve.purchases, points=8, width=Cm(18))


def _begin_annex(out: Writer, title: str, heading: str, *, landscape: bool) -> None:
    section = out.add_section(landscape=landscape)
    write(section.header.paragraphs[0], title)
    section.header.paragraphs[0].alignment = RIGHT
    for run in section.header.paragraphs[0].runs:
        run.font.size = Pt(9)
    add_page_number(section.footer.paragraphs[0])
    out.add(heading.upper(), style="Heading 1", align=CENTER, after=4)

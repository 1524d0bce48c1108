"""The emergency book as files: one HTML file that needs nothing beside it, and a PDF."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

from django.template import Context, Engine, Template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dcim.actions.emergency_book.sections import Printed, in_words
from dcim.actions.papers.typesetting import typeset
from dcim.planning.emergency_book import EmergencyBook

# Names in a PDF: some fifteen regencies. Typst takes 40 KB for each, and a second for a thousand.
MOST_ON_PAPER: Final = 10_000
HERE: Final = Path(__file__).parent


def as_html(book: EmergencyBook) -> bytes:
    """The book as one HTML file: no script, and nothing that is fetched from elsewhere."""
    content = {"book": _for_html(in_words(book)), "serial": book.serial, "language": _language()}
    return _template().render(Context(content)).encode()


def as_pdf(book: EmergencyBook) -> bytes:
    """The book as a PDF, typeset by Typst with the fonts that it brings.

    Raises:
        MissingComponent: Typst is not installed.
        Refused: Typst could not typeset it, in its own words.

    Notes: the same book gives the same bytes.
    """
    return typeset(
        HERE / "book.typ",
        in_words(book).as_data(),
        moment=book.made_at,
        language=_language(),
        way_out=_("It can be left out with --html-only."),
    )


def _for_html(printed: Printed) -> dict[str, Any]:
    """The book with what its template can't work out: labels beside cells."""
    told = printed.as_data()
    for section in told["sections"]:
        section["has_titles"] = any(block["title"] for block in section["blocks"])
        for block in section["blocks"]:
            block["labelled"] = [
                list(zip(block["columns"], row, strict=True)) for row in block["rows"]
            ]
    return told


def _language() -> str:
    return get_language() or "id"


@cache
def _template() -> Template:
    return Engine(dirs=[str(HERE)], autoescape=True).get_template("book.html")

"""How official papers write: in Indonesian, whatever language the reader's pages are in.

A letter to a ministry has one language, so the sentences of papers stand as they are printed and do
not go through gettext; dates and numbers are written by Django for `id`.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, override

from dcim.actions.papers.content import Cell
from dcim.vocabulary.choices import Choices
from dcim.vocabulary.quarters import Quarter

NOTHING: Final = "–"
ROMAN: Final = ("", "I", "II", "III", "IV")
# What is still to be filled in; whoever renders a paper marks it.
BLANK: Final = re.compile(r"\[isi: [^\]]+\]")
NUMERALS: Final = (
    "nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan",
    "sepuluh", "sebelas",
)  # fmt: skip


def day(value: date) -> str:
    """A date as letters have it: 29 November 2026."""
    with override("id"):
        return date_format(value, "j F Y")


def number(value: float | Decimal, places: int = 2) -> str:
    """A number with grouped thousands and no idle zeros: 1.250.000,5."""
    exact = round(Decimal(str(value)), places)
    plain = exact.to_integral_value() if exact == exact.to_integral_value() else exact.normalize()
    with override("id"):
        return number_format(f"{plain:f}", force_grouping=True)


def period(quarter: Quarter) -> str:
    """A quarter as reports name it: Triwulan IV 2026."""
    return f"Triwulan {ROMAN[quarter.number]} {quarter.year}"


def counted(count: int) -> str:
    """A count in figures and in words, as letters have it: 2 (dua); above eleven in figures."""
    return f"{count} ({NUMERALS[count]})" if count < len(NUMERALS) else number(count)


def blank(what: str) -> str:
    """A gap that is to be filled in by hand."""
    return f"[isi: {what}]"


def labelled(choices: type[Choices], value: str) -> str:
    """The Indonesian label of a stored choice; "" where there is none."""
    labels = dict(choices.pairs())
    with override("id"):
        return gettext(labels[value]) if value in labels else value


def written(cell: Cell) -> str:
    """A cell of a table as text."""
    if cell is None or cell == "":
        return NOTHING
    if isinstance(cell, date):
        return day(cell)
    return cell if isinstance(cell, str) else number(cell)

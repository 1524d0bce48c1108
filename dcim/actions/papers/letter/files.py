"""The request letter as PDF and DOCX and its annex as XLSX, for whoever may see the request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from dcim.actions.papers.files import DOCX, PDF, XLSX, Paper
from dcim.actions.papers.letter.content import Letter, letter_of
from dcim.actions.papers.letter.negotiation import CurveAnnex
from dcim.actions.papers.printed import printed_head, printed_table
from dcim.actions.papers.typesetting import typeset
from dcim.actions.papers.workbook import workbook
from dcim.actions.rights import visible
from dcim.record.people.account import User
from dcim.record.planner.requests import AllocationRequest
from dcim.vocabulary.errors import UnknownThing
from dcim.vocabulary.naming import slug

TEMPLATE: Final = Path(__file__).parents[1] / "letter.typ"


def request_seen(pk: int, reader: User) -> AllocationRequest:
    """The request with the id, for who may see it.

    Raises: UnknownThing.
    """
    rows = AllocationRequest.objects.select_related("provider", "tenant", "predecessor", "plan")
    request = visible(rows.filter(pk=pk), reader).first()
    if request is None:
        raise UnknownThing(
            _("There is no request with the id %(id)s.") % {"id": pk},
            hint=_("Look it up in the list."),
        )
    return request


def request_numbered(number: str) -> AllocationRequest:
    """The request with our number.

    Raises: UnknownThing.
    """
    rows = AllocationRequest.objects.select_related("provider", "tenant", "predecessor", "plan")
    request = rows.filter(number=number).first()
    if request is None:
        raise UnknownThing(
            _("There is no request with the number %(number)s.") % {"number": number},
            hint=_("Look it up in the list."),
        )
    return request


def paper_of(request: AllocationRequest, form: str, *, curve: CurveAnnex | None = None) -> Paper:
    """The letter with its annex per machine; as XLSX the annex alone.

    Args:
        request: With provider, tenant and predecessor.
        form: DOCX, PDF or XLSX, as in `papers.files`.
        curve: A second annex, where it is wanted.

    Raises: Refused where nothing is asked, MissingComponent.

    Notes: the same record gives the same bytes.
    """
    data = FORMS[form](letter_of(request, with_curve=curve is not None), curve)
    name = "lampiran" if form == XLSX else "surat"
    return Paper(f"{name}-{slug(request.number) or request.pk}.{form}", data)


def _as_docx(letter: Letter, curve: CurveAnnex | None) -> bytes:
    from dcim.actions.papers.letter.document import document_of  # here: 0.2 s to load

    return document_of(letter, curve)


def _as_pdf(letter: Letter, curve: CurveAnnex | None) -> bytes:
    told = {
        "title": letter.title,
        "head": printed_head(letter.head),
        "reference": letter.reference,
        "dated": letter.dated,
        "addressee": letter.addressee,
        "addressed_to": letter.addressed_to,
        "basis": letter.basis,
        "opening": letter.opening,
        "sums": printed_table(letter.sums),
        "period": letter.period,
        "details": letter.details,
        "managers": letter.managers,
        "closing": letter.closing,
        "copies_to": letter.head.copies_to,
        "annex": _printed_annex(letter),
        "curve": _printed_curve(letter, curve),
    }
    return typeset(TEMPLATE, told, moment=letter.moment, language="id")


def _as_xlsx(letter: Letter, curve: CurveAnnex | None) -> bytes:
    """A sheet of the sums, one with a row per machine, one of the curve."""
    facts = [*letter.reference, ("Tempat, tanggal", letter.dated)]
    facts += [("Jangka waktu", letter.period)] if letter.period else []
    facts += [("Rincian", letter.details)]
    title = letter.annex.title if letter.annex else letter.title
    tables = [letter.sums, *([letter.annex.table] if letter.annex else ())]
    tables += [curve.table, curve.purchases] if curve else []
    return workbook(title, facts, tables, letter.moment.date())


def _printed_annex(letter: Letter) -> dict[str, object] | None:
    if (annex := letter.annex) is None:
        return None
    return {
        "title": annex.title,
        "heading": annex.heading.upper(),
        "table": printed_table(annex.table),
    }


def _printed_curve(letter: Letter, curve: CurveAnnex | None) -> dict[str, object] | None:
    if curve is None:
        return None
    return {
        "title": letter.curve_title,
        "lines": curve.lines,
        "svg": curve.svg,
        "table": printed_table(curve.table),
        "purchases": printed_table(curve.purchases),
    }


FORMS: Final[Mapping[str, Callable[[Letter, CurveAnnex | None], bytes]]] = {
    DOCX: _as_docx,
    PDF: _as_pdf,
    XLSX: _as_xlsx,
}

"""A request letter in words: what its PDF and its DOCX both say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from dcim.actions.papers.amounts import LABELS, cells
from dcim.actions.papers.content import Column, Table
from dcim.actions.papers.letter.annex import annex_of, sums_row
from dcim.actions.papers.letter.grants import (
    grant_as_a_whole,
    granted_when_signed,
    machines_as_lines,
)
from dcim.actions.papers.letter.sentences import (
    CLOSING,
    DRAWN_ON,
    NOT_DRAWN_ON,
    OF_A_GRANT,
    OF_KIND,
    PERPRES,
    Sentences,
)
from dcim.actions.papers.letterheads import Head, head_of
from dcim.actions.papers.words import BLANK, NOTHING, ROMAN, blank, counted, day
from dcim.record.planner.allocations import Allocation, Provider
from dcim.record.planner.requests import AllocationRequest, RequestLine
from dcim.vocabulary.choices import ProviderKind
from dcim.vocabulary.choices_requests import RequestKind
from dcim.vocabulary.errors import Refused

# Who takes requests for the PDN.
OF_THE_PDN: Final = (
    "Direktur Jenderal Teknologi Pemerintah Digital",
    "Kementerian Komunikasi dan Digital",
)
PLACE_OF_THE_PDN: Final = "Jakarta"


@dataclass(frozen=True, slots=True)
class Annex:
    """What goes along with a letter, with a row per machine.

    Attributes:
        title: That it is an annex, of which letter.
        heading: What it holds.
    """

    title: str
    heading: str
    table: Table


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter with its annexes.

    Attributes:
        reference: The label and text of number, nature, annexes and subject.
        dated: Place and date.
        addressee: Its lines, without “Yth.”; the place is apart.
        basis: The regulations and grants it rests on, punctuated.
        opening: Paragraphs before the sums.
        period: For when; "" where the request names no days.
        details: What leads to the annex, or says that there is none.
        managers: Who answers for it: heading, then label and text.
        moment: When it was written, for the files' own dates.
    """

    title: str
    head: Head
    reference: tuple[tuple[str, str], ...]
    dated: str
    addressee: tuple[str, ...]
    addressed_to: str
    basis: tuple[str, ...]
    opening: tuple[str, ...]
    sums: Table
    period: str
    managers: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    details: str
    closing: str
    annex: Annex | None
    curve_title: str
    moment: datetime

    @property
    def gaps(self) -> tuple[str, ...]:
        """What is still to be filled in, in words."""
        texts = [text for _label, text in self.reference]
        texts += [text for _who, facts in self.managers for _label, text in facts]
        found = BLANK.findall(" ".join([*texts, self.dated]))
        return tuple(dict.fromkeys([*(one[6:-1] for one in found), *self.head.gaps]))


def letter_of(request: AllocationRequest, *, with_curve: bool = False) -> Letter:
    """The letter of a request, with room for the curve as a second annex.

    Raises: Refused where nothing is asked.

    Notes: three queries beside the request with its provider, tenant and predecessor; six for a
        grant as a whole; one more each for the grant when it was signed.
    """
    lines = list(request.lines.select_related("app").order_by("pk"))
    whole = None if lines else grant_as_a_whole(request)
    if not lines and whole is None:
        raise Refused(
            _("Request %(request)s has no lines: the letter would ask for nothing.")
            % {"request": request},
            hint=_("Add a line for each machine first."),
        )
    rows = machines_as_lines(whole) if whole else lines
    titles = _annex_titles(request, bool(rows) + with_curve)
    head, says = head_of(request.tenant_id), OF_KIND[request.kind]
    return Letter(
        title=request.subject or says.subject,
        head=head,
        reference=(
            ("Nomor", request.letter_number or blank("nomor surat")),
            ("Sifat", "Biasa"),
            ("Lampiran", f"{counted(len(titles))} berkas" if titles else NOTHING),
            ("Hal", request.subject or says.subject),
        ),
        dated=_dated(head, request.letter_date),
        addressee=_addressee(request.provider),
        addressed_to=PLACE_OF_THE_PDN if request.provider.kind == ProviderKind.PDN else "Tempat",
        basis=_punctuated(list(_basis(request, head))),
        opening=(_opening(request, head, says), *_paragraphs(request.purpose)),
        sums=_sums_of_grant(request, whole, says) if whole else _sums(request, says, lines),
        period=_period(request, says),
        details=(DRAWN_ON if rows else NOT_DRAWN_ON) if whole else says.details,
        managers=_managers(request),
        closing=CLOSING,
        annex=Annex(
            title=titles[0],
            heading=f"{OF_A_GRANT} {whole.reference}" if whole else says.annex,
            table=annex_of(request, rows),
        )
        if rows
        else None,
        curve_title=titles[-1] if with_curve else "",
        moment=timezone.localtime(request.last_updated),
    )


def _dated(head: Head, when: date | None) -> str:
    return head.dated(when) if when else f"{head.place}, {blank('tanggal')}"


def _addressee(provider: Provider) -> tuple[str, ...]:
    if provider.kind == ProviderKind.PDN:
        return OF_THE_PDN
    if provider.kind == ProviderKind.REGENCY:
        return (f"Pengelola {provider.name}",)
    return (f"Pimpinan {provider.name}",)


def _basis(request: AllocationRequest, head: Head) -> Iterator[str]:
    yield PERPRES
    yield from head.legal_basis
    if request.predecessor:
        yield _of_grant(request.predecessor)


def _of_grant(grant: Allocation) -> str:
    told = f"Alokasi {grant.reference}"
    if grant.letter_number:
        told += f" berdasarkan surat nomor {grant.letter_number}"
    return f"{told} tanggal {day(grant.letter_date)}" if grant.letter_date else told


def _opening(request: AllocationRequest, head: Head, says: Sentences) -> str:
    return says.opening % {
        "government": head.government or request.tenant.name,
        "provider": request.provider.name,
        "grant": request.predecessor.reference if request.predecessor else "",
    }


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _sums(request: AllocationRequest, says: Sentences, lines: Sequence[RequestLine]) -> Table:
    """What is asked in sum, beside what the grant it is about held when that was signed."""
    about = request.predecessor if request.kind != RequestKind.TERMINATION else None
    held = cells(granted_when_signed(request, about)) if about else ()
    before = dict(zip(LABELS.values(), held, strict=True)) if about else {}
    columns = (
        Column("No.", 0.5, is_amount=True),
        Column("Sumber daya", 3),
        *((Column("Semula", 1.5, is_amount=True),) if about else ()),
        Column(says.asked, 1.5, is_amount=True),
    )
    rows = tuple(
        (number, label, *((before.get(label),) if about else ()), amount)
        for number, (label, amount) in enumerate(sums_row(lines, before).items(), 1)
    )
    return Table("Jumlah", columns, rows)


def _sums_of_grant(request: AllocationRequest, grant: Allocation, says: Sentences) -> Table:
    """What the grant held when the request was signed, all of which goes on or ends."""
    columns = (
        Column("No.", 0.5, is_amount=True),
        Column("Sumber daya", 3),
        Column(says.asked, 1.5, is_amount=True),
    )
    told = zip(LABELS.values(), cells(granted_when_signed(request, grant)), strict=True)
    return Table("Jumlah", columns, tuple((n, *one) for n, one in enumerate(told, 1)))


def _period(request: AllocationRequest, says: Sentences) -> str:
    days = []
    if request.valid_from:
        days.append(f"mulai {day(request.valid_from)}")
    if request.valid_until:
        days.append(f"sampai dengan {day(request.valid_until)}")
    return says.period % {"days": " ".join(days)} if days else ""


def _managers(
    request: AllocationRequest,
) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The administrative contact, whose gaps are marked, and the technical one where named."""
    admin = (
        ("Nama", request.admin_name or blank("nama penanggung jawab")),
        ("NIP", request.admin_nip or blank("NIP penanggung jawab")),
        (
            "Pangkat/gol.",
            request.admin_rank or blank("pangkat/golongan penanggung jawab"),
        ),
        ("Jabatan", request.admin_position or blank("jabatan penanggung jawab")),
        ("Telepon", request.admin_phone or blank("telepon penanggung jawab")),
        ("Pos-el", request.admin_email or blank("pos-el penanggung jawab")),
    )
    technical = (
        ("Nama", request.technical_name),
        ("NIP", request.technical_nip),
        ("Jabatan", request.technical_position),
        ("Telepon", request.technical_phone),
        ("Pos-el", request.technical_email),
    )
    named = tuple(fact for fact in technical if fact[1])
    return (
        ("Penanggung jawab administratif", admin),
        *((("Penanggung jawab teknis", named),) if named else ()),
    )


def _annex_titles(request: AllocationRequest, count: int) -> list[str]:
    """Of so many annexes; they are numbered where there are several."""
    number = request.letter_number or blank("nomor surat")
    when = day(request.letter_date) if request.letter_date else blank("tanggal")
    names = [f"Lampiran {ROMAN[one]}" for one in range(1, count + 1)] if count > 1 else ["Lampiran"]
    return [f"{name} Surat Nomor {number} Tanggal {when}" for name in names[:count]]


def _punctuated(items: Sequence[str]) -> tuple[str, ...]:
    """Items of a list that is one sentence."""
    *others, last = items
    return (*(f"{one};" for one in others), f"{last}.")

"""The head and the signature of a paper, as the record has them; what it lacks is a marked gap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dcim.actions.papers.words import BLANK, blank, day
from dcim.record.planner.letterheads import Letterhead


@dataclass(frozen=True, slots=True)
class Head:
    """Head, place and signature.

    Attributes:
        lines: Government and office, in capitals.
        contact: Address, telephone, e-mail and site, each line of the head.
        signatory: Position, name, rank and NIP, in the order in which they stand.
        government: Its name as it is written within a sentence; "" where not recorded.
        legal_basis: Regulations that the office's letters name beside the usual.
        copies_to: Who gets a copy.
    """

    lines: tuple[str, ...]
    contact: tuple[str, ...]
    place: str
    position: str
    name: str
    rank: str
    nip: str
    government: str = ""
    legal_basis: tuple[str, ...] = ()
    copies_to: tuple[str, ...] = ()

    @property
    def gaps(self) -> tuple[str, ...]:
        """What is still to be filled in, in words."""
        told = " ".join((*self.lines, *self.contact, self.place, *self.signature))
        return tuple(dict.fromkeys(one[6:-1] for one in BLANK.findall(told)))

    @property
    def signature(self) -> tuple[str, ...]:
        """The lines of the signature that are text."""
        return self.position, self.name, self.rank, self.nip

    def dated(self, when: date) -> str:
        """Place and date, as they stand above the signature."""
        return f"{self.place}, {day(when)}"


def head_of(tenant: int | None) -> Head:
    """The head of a tenant's papers, else that of the data centre's own.

    Notes: one query; marked gaps where neither is recorded.
    """
    rows = Letterhead.objects.filter(tenant=None).order_by("name")
    own = Letterhead.objects.filter(tenant=tenant) if tenant is not None else rows.none()
    return _head(own.first() or rows.first() or Letterhead())


def _head(row: Letterhead) -> Head:
    return Head(
        lines=(
            row.government.upper() or blank("nama pemerintah daerah"),
            row.office.upper() or blank("nama perangkat daerah"),
        ),
        contact=(
            row.address or blank("alamat"),
            ", ".join(_reached(row)) or blank("telepon, pos-el"),
        ),
        place=row.place or blank("tempat"),
        position=row.signatory_position or blank("jabatan penanda tangan"),
        name=row.signatory_name or blank("nama penanda tangan"),
        rank=row.signatory_rank or blank("pangkat/golongan"),
        nip=f"NIP {row.signatory_nip or blank('NIP penanda tangan')}",
        government=row.government,
        legal_basis=_lines(row.legal_basis),
        copies_to=_lines(row.copies_to),
    )


def _reached(row: Letterhead) -> list[str]:
    named = (("Telepon", row.phone), ("Pos-el", row.email), ("Laman", row.website))
    return [f"{label} {value}" for label, value in named if value]


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())

"""Who holds the pools, as tables of the report: by office, by category and by app.

Within a pool the holders add up to its ledger, class by class, as those of the API do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from dcim.actions.papers.amounts import LABELS, cells
from dcim.actions.papers.content import Cell, Column, Section, Table
from dcim.actions.papers.words import labelled
from dcim.planning.capacity.holdings import NOBODY, UNSTATED, By, Holding, holdings
from dcim.planning.estate import Snapshot
from dcim.record.people.organisation import Tenant
from dcim.vocabulary.choices import SystemCategory
from dcim.vocabulary.things import Ref

WITHOUT_APP: Final = "(tanpa aplikasi)"
WITHOUT_OWNER: Final = "(tanpa perangkat daerah)"
WITHOUT_CATEGORY: Final = "Belum ditetapkan"
NOTE: Final = (
    "Angka tanpa keterangan adalah kapasitas terpakai. Jumlah pada setiap kumpulan sama dengan"
    " angka kumpulan tersebut pada bagian kapasitas per kumpulan."
)


@dataclass(frozen=True, slots=True)
class Told:
    """How the holders of one kind are told of: sheet, heading of the section and of the column."""

    sheet: str
    title: str
    column: str


TOLD: Final[Mapping[By, Told]] = {
    By.OWNER: Told("Perangkat daerah", "Pemakaian per perangkat daerah", "Perangkat daerah"),
    By.CATEGORY: Told("Kategori", "Pemakaian per kategori sistem elektronik", "Kategori SE"),
    By.APP: Told("Aplikasi", "Pemakaian per aplikasi", "Aplikasi"),
}


@dataclass(frozen=True, slots=True)
class Held:
    """Who holds what, by each kind of holder, and the holders' names by what they are called."""

    by: Mapping[By, tuple[Holding, ...]]
    names: Mapping[By, Mapping[str, str]]


def held_in(snapshot: Snapshot) -> Held:
    """The holders of the snapshot's pools.

    Notes: one query, for the names of offices.
    """
    offices = dict(Tenant.objects.values_list("slug", "name"))
    apps = {one.code: f"{one.code} – {one.name}" for one in snapshot.apps}
    categories = {one: labelled(SystemCategory, one) for one, _label in SystemCategory.pairs()}
    return Held(
        by={by: holdings(snapshot, by) for by in TOLD},
        names={
            By.OWNER: {**offices, NOBODY: WITHOUT_OWNER},
            By.CATEGORY: {**categories, UNSTATED: WITHOUT_CATEGORY, NOBODY: WITHOUT_APP},
            By.APP: {**apps, NOBODY: WITHOUT_APP},
        },
    )


def held_sections(held: Held) -> Iterator[Section]:
    """A section for each kind of holder."""
    for by, told in TOLD.items():
        names = held.names[by]
        rows = tuple(_row(one, names) for one in held.by[by])
        lines = (NOTE,) if rows else ("Tidak ada mesin yang memakai kumpulan kapasitas.",)
        table = Table(told.sheet, _columns(told), rows) if rows else None
        yield Section(told.title, lines, table)


def _columns(told: Told) -> tuple[Column, ...]:
    shares = (1.2, 1.5, 1.9)
    return (
        Column("Kumpulan", 3, repeats=True),
        Column(told.column, 4),
        *(
            Column(f"{label}{what}", share, is_amount=True)
            for what in ("", " dapat ditarik", " rencana")
            for label, share in zip(LABELS.values(), shares, strict=True)
        ),
    )


def _row(one: Holding, names: Mapping[str, str]) -> tuple[Cell, ...]:
    return (
        named(one.pool),
        names.get(one.holder, one.holder),
        *cells(one.used),
        *cells(one.reclaimable),
        *cells(one.planned),
    )


KINDS: Final = {"cluster": "kluster", "allocation": "alokasi"}


def named(pool: str) -> str:
    """A pool as the report names it: name and kind."""
    ref = Ref.parse(pool)
    return f"{ref.name} ({KINDS.get(ref.kind.value, ref.kind.value)})"

"""The annex of a request letter: a row per machine, with all that a provider's form asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from dcim.actions.papers.amounts import LABELS, cells
from dcim.actions.papers.content import Cell, Column, Table
from dcim.actions.papers.words import labelled
from dcim.record.planner.requests import AllocationRequest, RequestLine
from dcim.vocabulary.amounts import ResourceClass
from dcim.vocabulary.choices import DataClass, SystemCategory
from dcim.vocabulary.choices_requests import Environment

NAME: Final = "Kebutuhan"
MACHINE: Final = (
    Column("No.", 0.7, is_amount=True),
    Column("Aplikasi", 2.2),
    Column("Mesin virtual", 2),
    Column("Peruntukan", 2.6),
    Column("Lingkungan", 2.1),
    *(
        Column(label, share, is_amount=True)
        for label, share in zip(LABELS.values(), (1.1, 1.5, 2.3), strict=True)
    ),
)
METAL: Final = (
    Column("Unit rak (U)", 1, is_amount=True),
    Column("Daya (W)", 1.1, is_amount=True),
)
MORE: Final = (
    Column("Sistem operasi", 1.8),
    Column("Basis data", 1.7),
    Column("IP dan port", 1.8),
    Column("(Sub)domain", 2.2),
    Column("Akses jarak jauh", 1.7),
    Column("Kategori SE", 1.5),
    Column("Klasifikasi data", 1.9),
    Column("Jadwal pencadangan", 2.3),
)
# The letter says these once for all machines; a sheet that is cut into forms needs them per row.
OF_THE_REQUEST: Final = tuple(
    Column(title, 2.5, on_paper=False)
    for title in (
        "Mulai",
        "Sampai dengan",
        "PIC administratif",
        "NIP PIC administratif",
        "Pangkat PIC administratif",
        "Jabatan PIC administratif",
        "Telepon PIC administratif",
        "Pos-el PIC administratif",
        "PIC teknis",
        "NIP PIC teknis",
        "Jabatan PIC teknis",
        "Telepon PIC teknis",
        "Pos-el PIC teknis",
    )
)


def annex_of(request: AllocationRequest, lines: Sequence[RequestLine]) -> Table:
    """The rows of the request's lines, in the order in which they were written."""
    with_metal = any(one.rack_units or one.power_w for one in lines)
    columns = (*MACHINE, *(METAL if with_metal else ()), *MORE, *OF_THE_REQUEST)
    once = _of_the_request(request)
    rows = tuple(
        (number, *_of_the_machine(line), *(_metal(line) if with_metal else ()), *_more(line), *once)
        for number, line in enumerate(lines, 1)
    )
    return Table(NAME, columns, rows, foot=_sums_below(columns, rows))


def _sums_below(columns: Sequence[Column], rows: Sequence[tuple[Cell, ...]]) -> tuple[Cell, ...]:
    """The sums of the amounts, below the machines; “No.” is none."""
    foot: list[Cell] = [None] * len(columns)
    for place, column in enumerate(columns):
        if place and column.is_amount:
            amounts = (row[place] for row in rows)
            foot[place] = sum(one for one in amounts if isinstance(one, int | float))
    foot[1] = "Jumlah"
    return tuple(foot)


def sums_row(
    rows: Sequence[RequestLine], held: Mapping[str, int | float]
) -> dict[str, int | float]:
    """What is asked in sum, by label; only what is asked, or `held` by now and so given up."""
    sums: dict[str, int | float] = {}
    asked = [cells(one.asked) for one in rows]
    for place, one in enumerate(ResourceClass):
        sums[LABELS[one]] = sum(amounts[place] for amounts in asked)
    sums["Unit rak (U)"] = sum(one.rack_units or 0 for one in rows)
    sums["Daya (W)"] = sum(one.power_w or 0 for one in rows)
    return {label: amount for label, amount in sums.items() if amount or held.get(label)}


def _of_the_machine(line: RequestLine) -> tuple[Cell, ...]:
    app = line.app
    return (
        app.code if app else "",
        line.machine_name,
        (app.name if app else "") or line.description,
        labelled(Environment, line.environment),
        *cells(line.asked),
    )


def _metal(line: RequestLine) -> tuple[Cell, ...]:
    return line.rack_units, line.power_w


def _more(line: RequestLine) -> tuple[Cell, ...]:
    return (
        line.operating_system,
        line.database,
        line.addresses,
        line.domain,
        line.remote_access,
        labelled(SystemCategory, line.category),
        labelled(DataClass, line.data_class),
        line.backup_schedule,
    )


def _of_the_request(request: AllocationRequest) -> tuple[Cell, ...]:
    return (
        request.valid_from,
        request.valid_until,
        request.admin_name,
        request.admin_nip,
        request.admin_rank,
        request.admin_position,
        request.admin_phone,
        request.admin_email,
        request.technical_name,
        request.technical_nip,
        request.technical_position,
        request.technical_phone,
        request.technical_email,
    )

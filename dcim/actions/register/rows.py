"""Rows of a register as text become typed rows, or are refused with row, field and way out.

Says what a row may hold by itself and beside the other rows; what is written of it is decided in
`register`, and how an app's size falls on its tiers in `register_tiers`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeVar

from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices import AppKind, AppStatus, Blocker, SystemCategory
from dcim.vocabulary.errors import BadRow, InvalidInput
from dcim.vocabulary.things import APP_CODE

if TYPE_CHECKING:
    from pathlib import Path

ValueT = TypeVar("ValueT", bound=StrEnum)
Row = Mapping[str, str]

OFFICE_COLUMNS: Final = ("slug", "name", "name_en", "kind")
APP_COLUMNS: Final = (
    "code",
    "name",
    "name_en",
    "owner",
    "service_group",
    "kind",
    "status",
    "criticality",
    "tiers",
    "depends_on",
    "vcpu",
    "memory_mib",
    "storage_gib",
    "hosting",
    "inactive_reason",
    "users_per_month",
)
BLOCKER_OF_REASON: Final = {
    "no server": Blocker.SERVER,
    "expired domain": Blocker.DOMAIN,
    "broken app": Blocker.CODE,
    "no operator": Blocker.OPERATOR,
    "superseded": Blocker.SUPERSEDED,
}
TIERS: Final = ("web", "app", "db")
MAX_VCPUS: Final = 9_999  # what a machine's column holds
MIN_MEMORY_MIB: Final = 512  # per tier: what a machine starts with
MAX_COUNT: Final = 2**31 - 1  # what the other columns of whole numbers hold


class Hosting(StrEnum):
    """Where an app runs, or where its machines stand idle."""

    LOCAL = "local"
    PDN = "pdn"
    THIRD_PARTY = "third_party"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """An office of the register."""

    number: int
    slug: str
    name: str
    name_en: str
    kind: str


@dataclass(frozen=True, slots=True)
class AppRow:
    """An app of the register; `size` is its total over tiers and instances."""

    number: int
    code: str
    name: str
    name_en: str
    owner: str
    service_group: str
    kind: AppKind
    status: AppStatus
    category: SystemCategory
    tiers: tuple[str, ...]
    depends_on: tuple[str, ...]
    size: Amounts
    hosting: Hosting
    blocker: Blocker | None
    users_per_month: int


def read_rows(path: Path) -> list[Row]:
    """The rows of a CSV file with a heading, as text.

    Raises: InvalidInput when the file can't be opened or is not CSV in UTF-8.
    """
    hint = "Name a CSV file with a heading line, in UTF-8."
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [dict(row) for row in csv.DictReader(file, strict=True)]
    except OSError as err:
        reason = f"{path} can't be read: {err.strerror}."
        raise InvalidInput(reason, field="file", hint=hint) from err
    except (UnicodeDecodeError, csv.Error) as err:
        raise InvalidInput(f"{path} is not CSV: {err}.", field="file", hint=hint) from err


def read_offices(rows: Sequence[Row], *, recorded: Collection[str]) -> list[OfficeRow]:
    """The offices of `rows`; `recorded` are the slugs that the record has already.

    Raises: BadRow.
    """
    offices = [_office(number, row) for number, row in enumerate(rows, start=1)]
    _refuse_repeated([(one.number, one.slug) for one in offices], "slug", recorded)
    return offices


def read_apps(
    rows: Sequence[Row], *, owners: Collection[str], recorded: Collection[str]
) -> list[AppRow]:
    """The apps of `rows`.

    Args:
        rows: Text by column.
        owners: Slugs of the offices in the record.
        recorded: Codes of the apps in the record.

    Raises: BadRow.
    """
    apps = [_app(number, row) for number, row in enumerate(rows, start=1)]
    _refuse_repeated([(one.number, one.code) for one in apps], "code", recorded)
    codes = {one.code for one in apps} | set(recorded)
    for one in apps:
        _check_references(one, owners, codes)
    return apps


def _office(number: int, row: Row) -> OfficeRow:
    cells = _cells(number, row, OFFICE_COLUMNS)
    _refuse_empty(number, cells, ("slug", "name"))
    return OfficeRow(number, cells["slug"], cells["name"], cells["name_en"], cells["kind"])


def _app(number: int, row: Row) -> AppRow:
    cells = _cells(number, row, APP_COLUMNS)
    _refuse_empty(number, cells, ("code", "name", "owner"))
    app = AppRow(
        number,
        _code(number, cells["code"]),
        cells["name"],
        cells["name_en"],
        cells["owner"],
        cells["service_group"],
        _choice(number, cells, "kind", AppKind),
        _choice(number, cells, "status", AppStatus),
        _choice(number, cells, "criticality", SystemCategory),
        _listed(number, cells, "tiers"),
        _listed(number, cells, "depends_on"),
        Amounts(
            _count(number, cells, "vcpu", MAX_VCPUS),
            _count(number, cells, "memory_mib"),
            _count(number, cells, "storage_gib"),
        ),
        _choice(number, cells, "hosting", Hosting),
        _blocker(number, cells["inactive_reason"]),
        _count(number, cells, "users_per_month"),
    )
    _check_state(app)
    _check_size(app)
    return app


def _cells(number: int, row: Row, columns: Sequence[str]) -> dict[str, str]:
    missing = [name for name in columns if row.get(name) is None]
    if missing:
        raise BadRow(
            number,
            "The column is missing.",
            field=missing[0],
            hint=f"A row has the columns {', '.join(columns)}.",
        )
    strange = [str(name) for name in row if name not in columns]
    if strange:
        raise BadRow(
            number,
            "There are more cells than headings, or a heading that is not known.",
            field="" if strange[0] == "None" else strange[0],
            hint=f"A row has the columns {', '.join(columns)}.",
        )
    return {name: row[name].strip() for name in columns}


def _refuse_empty(number: int, cells: Row, columns: Sequence[str]) -> None:
    for name in columns:
        if not cells[name]:
            raise BadRow(number, "The cell is empty.", field=name, hint="Fill it in.")


def _refuse_repeated(
    keys: Sequence[tuple[int, str]], field: str, recorded: Collection[str]
) -> None:
    first: dict[str, int] = {}
    for number, key in keys:
        if key in first:
            reason = f"“{key}” stands in row {first[key]} already."
            raise BadRow(number, reason, field=field, hint="Remove one of the two rows.")
        if key in recorded:
            reason = f"“{key}” is in the record already."
            raise BadRow(number, reason, field=field, hint="Remove the row; change it in its form.")
        first[key] = number


def _code(number: int, text: str) -> str:
    if not re.fullmatch(APP_CODE, text):
        raise BadRow(
            number,
            f"“{text}” can't be a code.",
            field="code",
            hint="Use letters, digits and hyphens, for example WEB-DINKES.",
        )
    return text


def _choice(number: int, cells: Row, field: str, choices: type[ValueT]) -> ValueT:
    try:
        return choices(cells[field])
    except ValueError as err:
        known = ", ".join(one.value for one in choices)
        reason = f"“{cells[field]}” is not known."
        raise BadRow(number, reason, field=field, hint=f"Write one of: {known}.") from err


def _count(number: int, cells: Row, field: str, maximum: int = MAX_COUNT) -> int:
    text = cells[field]
    if not re.fullmatch(r"[0-9]{1,12}", text) or int(text) > maximum:
        raise BadRow(
            number,
            f"“{text}” is not a whole number from 0 to {maximum}.",
            field=field,
            hint="Write digits only, without sign, point or unit.",
        )
    return int(text)


def _listed(number: int, cells: Row, field: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in cells[field].split(";") if name.strip())
    repeated = [name for index, name in enumerate(names) if name in names[:index]]
    if repeated:
        reason = f"“{repeated[0]}” stands there twice."
        raise BadRow(number, reason, field=field, hint="Name each one once, parted by “;”.")
    return names


def _blocker(number: int, reason: str) -> Blocker | None:
    if not reason:
        return None
    if reason not in BLOCKER_OF_REASON:
        known = ", ".join(BLOCKER_OF_REASON)
        raise BadRow(
            number,
            f"“{reason}” is not known.",
            field="inactive_reason",
            hint=f"Write one of: {known}; or nothing.",
        )
    return BLOCKER_OF_REASON[reason]


def _check_state(app: AppRow) -> None:
    if app.blocker is not None and app.status is not AppStatus.INACTIVE:
        raise BadRow(
            app.number,
            f"{app.code} is {app.status}, yet has a reason for being inactive.",
            field="inactive_reason",
            hint="Empty the cell, or set the status to inactive.",
        )


def _check_size(app: AppRow) -> None:
    unknown = [name for name in app.tiers if name not in TIERS]
    if unknown:
        reason = f"“{unknown[0]}” is not a tier."
        raise BadRow(app.number, reason, field="tiers", hint=f"Tiers are {', '.join(TIERS)}.")
    if not app.tiers and app.size != Amounts():
        raise BadRow(
            app.number,
            f"{app.code} takes capacity, but has no tier that would take it.",
            field="tiers",
            hint="Name its tiers, or set its sizes to 0.",
        )
    for field, amount in (("vcpu", app.size.vcpus), ("memory_mib", app.size.memory_mib)):
        least = 1 if field == "vcpu" else MIN_MEMORY_MIB * len(app.tiers)
        if app.tiers and amount < least:
            reason = f"{app.code} has {len(app.tiers)} tiers, which need {least} at least."
            raise BadRow(app.number, reason, field=field, hint="Correct the size or the tiers.")


def _check_references(app: AppRow, owners: Collection[str], codes: Collection[str]) -> None:
    if app.owner not in owners:
        raise BadRow(
            app.number,
            f"No office has the slug “{app.owner}”.",
            field="owner",
            hint="Correct it, or import the office first.",
        )
    for code in app.depends_on:
        if code == app.code:
            reason = f"{code} can't rest on itself."
            raise BadRow(app.number, reason, field="depends_on", hint="Remove it from the list.")
        if code not in codes:
            raise BadRow(
                app.number,
                f"No app has the code “{code}”.",
                field="depends_on",
                hint="Correct the code, or add a row for that app.",
            )

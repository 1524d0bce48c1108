"""Requests of the sample: one that the PDN has countered, one that an office has handed in.

Their amounts and letters are invented. Nobody has signed in yet, so their steps are written as they
are found in old files: with their letters, and without who took them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.actions.register.imports import ImportedApp
from dcim.record.people.organisation import Tenant
from dcim.record.planner.allocations import Provider
from dcim.record.planner.requests import AllocationRequest, RequestLine, RequestStep
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.amounts import Amounts, total
from dcim.vocabulary.choices import ProviderKind
from dcim.vocabulary.choices_requests import Environment, RequestDeed, RequestStatus

GIB: Final = 1024
NOTE: Final = "Contoh"
Letter = tuple[str, date]


@dataclass(frozen=True, slots=True)
class AskedMachine:
    """A machine of an app: what is asked, and what was offered instead where that differs."""

    app: str
    name: str
    asked: Amounts
    offered: Amounts | None = None
    environment: Environment = Environment.PRODUCTION
    system: str = "Debian 12"


@dataclass(frozen=True, slots=True)
class Design:
    """A request: who asks whom for what, by which letter, and the letter that offers less."""

    number: str
    office: str
    provider: ProviderKind
    subject: str
    purpose: str
    machines: tuple[AskedMachine, ...]
    letter: Letter
    answer: Letter | None = None


DESIGNS: Final = (
    Design(
        "PK-2026-001",
        "diskominfostaper",
        ProviderKind.PDN,
        "Penambahan kapasitas untuk masa penerimaan murid baru dan ruang uji",
        "PPDB melayani lonjakan pendaftar; OPENSID dan SATUDATA belum memiliki ruang uji.",
        (
            AskedMachine("PPDB", "ppdb-web-2", Amounts(4, 8 * GIB, 50), Amounts(2, 4 * GIB, 50)),
            AskedMachine(
                "OPENSID", "opensid-uji-1", Amounts(2, 4 * GIB, 100),
                environment=Environment.DEVELOPMENT,
            ),
            AskedMachine(
                "SATUDATA", "satudata-uji-1", Amounts(2, 4 * GIB, 100), Amounts(2, 4 * GIB, 50),
                environment=Environment.DEVELOPMENT,
            ),
        ),
        ("500.12/118/DKISP/2026", date(2026, 9, 7)),
        ("B-212/PDN/2026", date(2026, 10, 2)),
    ),
    Design(
        "PK-2026-002",
        "disdikbud",
        ProviderKind.REGENCY,
        "Server untuk Ruang Belajar Daring",
        "Aplikasi tidak lagi memiliki server; sekolah menunggu dibukanya kembali.",
        (
            AskedMachine("ELEARN", "elearn-web-1", Amounts(3, 8 * GIB, 375)),
            AskedMachine("ELEARN", "elearn-app-1", Amounts(6, 16 * GIB, 750)),
            AskedMachine("ELEARN", "elearn-db-1", Amounts(3, 8 * GIB, 375)),
        ),
        ("400.3/77/DISDIKBUD/2026", date(2026, 10, 19)),
    ),
)  # fmt: skip


def create_requests(
    apps: Sequence[ImportedApp], providers: Mapping[ProviderKind, Provider], *, by: Actor
) -> list[AllocationRequest]:
    """The requests with their lines and steps."""
    known = {one.app.code: one.app for one in apps}
    offices = {one.slug: one for one in Tenant.objects.all()}
    requests = record.create_many(
        AllocationRequest,
        [_request(one, offices[one.office], providers[one.provider]) for one in DESIGNS],
        by=by,
    )
    pairs = list(zip(DESIGNS, requests, strict=True))
    lines = [_line(each, to, known, one) for one, to in pairs for each in one.machines]
    record.create_many(RequestLine, lines, by=by)
    steps = [{"request": to, **step} for one, to in pairs for step in _steps(one)]
    record.create_many(RequestStep, steps, by=by)
    # As a step does it: what has been handed in takes no lines any more.
    return [record.update(to, _reached(one), by=by.for_deed()) for one, to in pairs]


def _request(one: Design, office: Tenant, provider: Provider) -> dict[str, Any]:
    return {
        "number": one.number,
        "tenant": office,
        "provider": provider,
        "subject": one.subject,
        "purpose": one.purpose,
    }


def _reached(one: Design) -> dict[str, Any]:
    """Where the request stands, and by which letters."""
    number, day = one.letter
    values: dict[str, Any] = {
        "status": RequestStatus.SUBMITTED.value,
        "letter_number": number,
        "letter_date": day,
    }
    if one.answer is not None:
        values["status"] = RequestStatus.COUNTERED.value
        values["answer_number"], values["answer_date"] = one.answer
    return values


def _line(
    one: AskedMachine, request: AllocationRequest, apps: Mapping[str, ServiceApp], design: Design
) -> dict[str, Any]:
    offered = (one.offered or one.asked) if design.answer else None
    values: dict[str, Any] = {
        "request": request,
        "app": apps[one.app],
        "machine_name": one.name,
        "environment": one.environment.value,
        "operating_system": one.system,
        "vcpus": one.asked.vcpus,
        "memory_mib": one.asked.memory_mib,
        "storage_gib": one.asked.storage_gib,
    }
    if offered is not None:
        values["countered_vcpus"] = offered.vcpus
        values["countered_memory_mib"] = offered.memory_mib
        values["countered_storage_gib"] = offered.storage_gib
    return values


def _steps(one: Design) -> Iterator[dict[str, Any]]:
    """The way to where the request stands, with the sums that each step spoke of."""
    asked = total(each.asked for each in one.machines)
    draft, signed, submitted = RequestStatus.DRAFT, RequestStatus.SIGNED, RequestStatus.SUBMITTED
    yield _step(RequestDeed.SIGN, draft, signed, asked)
    yield _step(RequestDeed.SUBMIT, signed, submitted, asked, one.letter)
    if one.answer is None:
        return
    assessed, countered = RequestStatus.UNDER_ASSESSMENT, RequestStatus.COUNTERED
    offered = total(each.offered or each.asked for each in one.machines)
    yield _step(RequestDeed.ASSESS, submitted, assessed, asked)
    yield _step(RequestDeed.COUNTER, assessed, countered, offered, one.answer)


def _step(
    deed: RequestDeed,
    start: RequestStatus,
    end: RequestStatus,
    sums: Amounts,
    letter: Letter | None = None,
) -> dict[str, Any]:
    return {
        "deed": deed.value,
        "from_status": start.value,
        "to_status": end.value,
        "letter_number": letter[0] if letter else "",
        "letter_date": letter[1] if letter else None,
        "note": NOTE,
        "vcpus": sums.vcpus,
        "memory_mib": sums.memory_mib,
        "storage_gib": sums.storage_gib,
    }

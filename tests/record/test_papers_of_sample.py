"""The papers of the sample: each figure that is printed is the API's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from pypdf import PdfReader
from pytest_django import DjangoDbBlocker
from rest_framework.test import APIClient

from dcim.actions.papers.amounts import LABELS, cell
from dcim.actions.papers.capacity.files import capacity_paper
from dcim.actions.papers.letter.content import letter_of
from dcim.actions.papers.letter.files import paper_of
from dcim.actions.papers.words import number
from dcim.actions.requests.drafting import draft_request
from dcim.record.people.organisation import Tenant
from dcim.record.planner.allocations import Allocation
from dcim.vocabulary.amounts import ResourceClass
from tests.api.clients import client_of
from tests.factories import TESTER, make_user
from tests.loaded_sample import loaded_sample

PLANNER = "/api/plugins/planner"


@pytest.fixture(scope="module")
def sample(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The loaded sample, taken back when the module's tests are through."""
    with loaded_sample(django_db_blocker):
        yield


@pytest.fixture
def api(sample: None, db: None) -> APIClient:
    """A client of one who may do everything."""
    return client_of(make_user("admin", is_superuser=True))


def text_of(data: bytes) -> str:
    """The text of a PDF in one line."""
    pages = (page.extract_text() for page in PdfReader(BytesIO(data)).pages)
    return " ".join(" ".join(pages).split())


def in_print(amounts: Mapping[str, int], order: Sequence[ResourceClass]) -> list[str]:
    """Amounts of the API as they are printed."""
    return [number(cell(one, amounts[one.value])) for one in order]


def ledger_row(line: Mapping[str, Any]) -> str:
    """A line of the API's ledger as the report prints it."""
    one = ResourceClass(line["resource_class"])
    told = [number(cell(one, line[name])) for name in ("total", "reserved")]
    told.append(number(line["allocation_ratio"]))
    names = ("capacity", "used", "reclaimable", "planned", "free")
    told += [number(cell(one, line[name])) for name in names]
    return " ".join([LABELS[one], *told])


@pytest.mark.once
def test_the_report_prints_what_the_api_says(api: APIClient) -> None:
    text = text_of(capacity_paper("", "pdf").data)
    ledgers = api.get(f"{PLANNER}/ledgers/").json()["results"]
    rows = [ledger_row(line) for pool in ledgers for line in pool["lines"] if line["total"]]
    for by in ("owner", "category", "app"):
        held = api.get(f"{PLANNER}/holdings/", {"by": by, "limit": 0}).json()["results"]
        rows += [
            " ".join(
                text
                for what in ("used", "reclaimable", "planned")
                for text in in_print(one[what], list(ResourceClass))
            )
            for one in held
        ]
    assert len(rows) > 100
    assert [row for row in rows if row not in text] == []


def test_a_letter_that_gives_back_prints_what_the_grant_holds(api: APIClient) -> None:
    grant = Allocation.objects.get(reference="PDN-2026-001")
    values = {
        "kind": "termination", "tenant": Tenant.objects.get(slug="diskominfostaper"),
        "provider": grant.provider, "predecessor": grant, "subject": "Pengembalian alokasi",
    }  # fmt: skip
    request = draft_request(values, [], by=TESTER)
    assert letter_of(request).head.gaps == ()
    sums, _facts, *_others, annex, _signature = Document(
        BytesIO(paper_of(request, "docx").data)
    ).tables[1:]
    ledgers = api.get(f"{PLANNER}/ledgers/").json()["results"]
    (pool,) = [one for one in ledgers if one["pool"] == f"allocation:{grant.reference}"]
    totals = {one["resource_class"]: one["total"] for one in pool["lines"]}
    used = {one["resource_class"]: one["used"] for one in pool["lines"]}
    order = list(ResourceClass)
    assert [row.cells[-1].text for row in sums.rows[1:]] == in_print(totals, order)
    assert [one.text for one in annex.rows[-1].cells[5:8]] == in_print(used, order)

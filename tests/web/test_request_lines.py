"""The lines of a draft, written in the table of its page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client

from dcim.record.planner.requests import AllocationRequest, RequestLine
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices_requests import RequestStatus
from dcim.web.values.addresses import page_of
from tests.factories import make, make_user, member
from tests.requests import bring, new_request

pytestmark = pytest.mark.django_db
EMPTY: Mapping[str, Any] = {"environment": "production"}


@pytest.fixture
def planner(client: Client) -> Client:
    """Who writes requests."""
    client.force_login(member(make_user("penyusun"), "planner"))
    return client


def save(client: Client, request: AllocationRequest, *rows: Mapping[str, Any]) -> Any:
    """The answer to the table sent with `rows`; those that are there come first."""
    there = request.lines.count()
    body = {"lines-TOTAL_FORMS": len(rows), "lines-INITIAL_FORMS": there}
    for number, row in enumerate(rows):
        body |= {f"lines-{number}-{name}": one for name, one in {**EMPTY, **row}.items()}
    return client.post(f"{page_of(request)}lines/", body)


def told(line: RequestLine, **values: Any) -> dict[str, Any]:
    """The row of a line as the page shows it, with `values` typed into it."""
    shown = {
        "pk": line.pk,
        "machine_name": line.machine_name,
        "app": line.app_id or "",
        "vcpus": line.vcpus,
        "memory_mib": line.memory_mib // 1024,
        "storage_gib": line.storage_gib,
    }
    return {**shown, **values}


def asked(request: AllocationRequest) -> list[tuple[str, Amounts]]:
    return [(one.machine_name, one.asked) for one in request.lines.order_by("pk")]


def test_lines_are_added_changed_and_struck_out_at_once(planner: Client) -> None:
    request = new_request(Amounts(4, 8192, 100), Amounts(2, 4096, 50))
    kept, struck = request.lines.order_by("pk")
    changed = kept.last_updated
    new = {"machine_name": "db-1", "vcpus": 1, "memory_mib": "0.5", "storage_gib": ""}
    rows = (told(kept, vcpus=6), told(struck, DELETE="on"), new, EMPTY)
    assert save(planner, request, *rows).status_code == 302
    assert asked(request) == [(kept.machine_name, Amounts(6, 8192, 100)), ("db-1", Amounts(1, 512))]
    page = planner.get(page_of(request)).content.decode()
    assert 'value="0.5"' in page
    assert RequestLine.objects.get(pk=kept.pk).last_updated != changed


def test_a_line_of_another_app_takes_its_class_and_leaves_its_tier(planner: Client) -> None:
    old, app = make(ServiceApp), make(ServiceApp, data_class="restricted", category="high")
    request = new_request(Amounts(4, 8192, 100))
    line = request.lines.get()
    RequestLine.objects.filter(pk=line.pk).update(app=old, workload=make(Workload, app=old))
    save(planner, request, told(line, app=app.pk))
    line.refresh_from_db()
    assert (line.app, line.workload, line.data_class, line.category) == (
        app, None, "restricted", "high",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"vcpus": 0}, "semua jumlahnya 0"),
        ({"vcpus": -1}, "vCPU: "),
        ({"vcpus": 1, "memory_mib": "0.0001"}, "bilangan bulat dalam MiB"),
        ({"vcpus": 1, "memory_mib": "1e9999"}, "jumlah dalam GiB"),
        ({"pk": 999999999, "vcpus": 1}, "sudah tidak ada"),
    ],
)
def test_a_wrong_row_is_shown_with_its_reason_and_nothing_is_written(
    planner: Client, row: Mapping[str, Any], says: str
) -> None:
    request = new_request(Amounts(4, 8192, 100))
    before = asked(request)
    line = request.lines.get()
    right = {"machine_name": "web-2", "vcpus": 2}
    answer = save(planner, request, told(line, vcpus=8), {"machine_name": "web-1", **row}, right)
    assert (answer.status_code, says in answer.content.decode()) == (422, True)
    assert 'value="web-1"' in answer.content.decode()
    assert asked(request) == before


def test_what_has_been_handed_in_is_not_rewritten(planner: Client) -> None:
    request = bring(new_request(), RequestStatus.SUBMITTED)
    answer = save(planner, request, told(request.lines.get(), vcpus=8))
    assert answer.status_code == 409
    assert "lines-0-vcpus" not in planner.get(page_of(request)).content.decode()


def test_who_may_not_change_the_request_writes_no_lines(client: Client) -> None:
    request = new_request()
    client.force_login(member(make_user("tamu"), "viewer"))
    assert save(client, request, told(request.lines.get(), vcpus=8)).status_code == 403
    assert "lines-0-vcpus" not in client.get(page_of(request)).content.decode()

"""Requests for capacity through the API: from the draft to the grant that is given back."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from dcim.record.networks.virtualization import Cluster
from dcim.record.people.organisation import Tenant
from dcim.record.planner.allocations import Allocation, Provider
from dcim.record.planner.requests import AllocationRequest
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.choices_requests import RequestStatus
from tests.api.clients import client_of
from tests.factories import make, make_user, member
from tests.requests import bring, new_request

pytestmark = pytest.mark.django_db
PLANNER = "/api/plugins/planner/"
OURS = {"letter_number": "600/12/DKISP/2025", "letter_date": "2025-11-03"}
THEIRS = {"letter_number": "B-715/DJAI.3/2025", "letter_date": "2025-11-20"}


def someone(name: str, role: str, tenant: Tenant | None = None) -> APIClient:
    return client_of(member(make_user(name), role, tenant=tenant))


def post(client: APIClient, path: str, body: Any = None, status: int = 200) -> Any:
    answer = client.post(f"{PLANNER}{path}", body or {}, format="json")
    assert answer.status_code == status, answer.json()
    return answer.json()


def test_a_request_is_countered_granted_in_part_drawn_on_renewed_and_given_back() -> None:
    office = make(Tenant, name="Diskominfo")
    planner = someone("perencana", "planner", office)
    approver, engineer = someone("penyetuju", "approver"), someone("teknisi", "engineer")
    pdn = make(Provider, name="PDN", kind="pdn")
    body = {"number": "PK-1", "tenant": office.pk, "provider": pdn.pk, "subject": "SIMPEG"}
    made = post(planner, "allocation-requests/", body, 201)
    sizes = {"vcpus": 4, "memory_mib": 8192, "storage_gib": 100}
    app = make(ServiceApp, data_class="open")
    lines = [
        {"request": made["id"], "machine_name": name, "app": app.pk, **sizes}
        for name in ("simpeg-web", "simpeg-db")
    ]
    web, db = post(planner, "request-lines/", lines, 201)
    assert web["data_class"]["value"] == "open"
    at = f"allocation-requests/{made['id']}"
    post(approver, f"{at}/sign/")
    post(planner, f"{at}/submit/", OURS)
    post(planner, f"{at}/assess/")
    half = {"vcpus": 2, "memory_mib": 4096, "storage_gib": 100}
    post(planner, f"{at}/counter/", {**THEIRS, "lines": [{"id": db["id"], **half}]})
    post(planner, f"{at}/refuse/", {**OURS, "letter_number": "600/13/DKISP/2025"})
    less = [{"id": db["id"], "vcpus": 3, "memory_mib": 8192, "storage_gib": 100}]
    until = {"valid_until": "2026-12-31", "reference": "PDN-PASER-2"}
    done = post(planner, f"{at}/approve/", {**THEIRS, **until, "lines": less})
    assert (done["status"]["value"], done["allocation"]["display"]) == (
        "partly_approved",
        "PDN-PASER-2",
    )
    progress = planner.get(f"{PLANNER}{at}/progress/").json()
    asked, granted = progress["asked"], progress["granted"]
    assert (asked["VCPU"], progress["countered"]["VCPU"], granted["VCPU"]) == (8, 6, 7)
    grant = f"allocations/{done['allocation']['id']}"
    machine = {
        "name": "simpeg-web",
        "vcpus": 4,
        "memory": 8192,
        "disk": 100_000,
        "status": "active",
    }
    drawn = engineer.post(
        "/api/virtualization/virtual-machines/",
        {**machine, "cluster": make(Cluster).pk, "allocation": done["allocation"]["id"]},
        format="json",
    )
    assert drawn.status_code == 201, drawn.json()
    renewal = post(planner, f"{grant}/renew/", {"valid_until": "2099-12-31"}, 201)
    at = f"allocation-requests/{renewal['id']}"
    post(approver, f"{at}/sign/")
    post(planner, f"{at}/submit/", OURS)
    post(planner, f"{at}/assess/")
    assert post(planner, f"{at}/approve/", THEIRS)["status"]["value"] == "approved"
    assert planner.get(f"{PLANNER}{grant}/").json()["valid_until"] == "2099-12-31"
    loss = planner.get(f"{PLANNER}{grant}/return/").json()
    assert loss["machines"] == ["simpeg-web"]
    refused = post(planner, f"{grant}/return/", OURS, 409)
    assert (refused["code"], refused["confirm"]) == ("allocation.drawn_on", loss["confirm"])
    back = post(planner, f"{grant}/return/", {**OURS, "confirm": loss["confirm"]})
    assert back["status"]["value"] == "returned"
    steps = planner.get(f"{PLANNER}request-steps/?request_id={made['id']}").json()["results"]
    assert [one["to_status"]["value"] for one in steps] == [
        "signed",
        "submitted",
        "under_assessment",
        "countered",
        "under_assessment",
        "partly_approved",
    ]


def test_a_step_out_of_order_is_refused_with_code_and_way_out() -> None:
    request = new_request()
    planner = client_of(member(make_user("lain"), "planner"))
    refused = post(planner, f"allocation-requests/{request.pk}/approve/", THEIRS, 409)
    assert (refused["code"], refused["field"]) == ("request.wrong_step", "status")
    assert "What may come next: Sign, Withdraw." in refused["detail"]


def test_a_lapsed_approval_names_what_moved() -> None:
    request = bring(new_request(), RequestStatus.SIGNED)
    planner = client_of(member(make_user("lain"), "planner"))
    line = request.lines.get().pk
    assert (
        planner.patch(f"{PLANNER}request-lines/{line}/", {"vcpus": 9}, format="json").status_code
        == 200
    )
    at = f"allocation-requests/{request.pk}"
    assert planner.get(f"{PLANNER}{at}/progress/").json()["moved"] == ["what it asks"]
    assert post(planner, f"{at}/submit/", OURS, 409)["code"] == "request.approval_lapsed"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**THEIRS, "lines": [{"id": 1, "vcpus": -1, "memory_mib": 1, "storage_gib": 1}]}, "lines"),
        ({**THEIRS, "letter_date": "kemarin"}, "letter_date"),
        ({"letter_date": "2025-11-20"}, "letter_number"),
        ({**THEIRS, "valid_until": "2020-01-01", "valid_from": "2021-01-01"}, "valid_until"),
    ],
)
def test_bad_input_names_its_field_and_writes_nothing(body: Any, field: str) -> None:
    request = bring(new_request(), RequestStatus.UNDER_ASSESSMENT)
    planner = client_of(member(make_user("lain"), "planner"))
    answer = post(planner, f"allocation-requests/{request.pk}/approve/", body, 400)
    assert field in answer or field in str(answer)
    assert Allocation.objects.count() == 0
    assert AllocationRequest.objects.get().status == "under_assessment"


def test_an_office_sees_and_asks_its_own_only() -> None:
    office, other = make(Tenant), make(Tenant)
    ours, pdn = make(Provider, kind="regency"), make(Provider, kind="pdn")
    desk = someone("staf", "opd", office)
    theirs = make(AllocationRequest, tenant=other, provider=ours)
    body = {"number": "PK-9", "tenant": office.pk, "provider": ours.pk, "subject": "Server"}
    made = post(desk, "allocation-requests/", body, 201)
    post(desk, "request-lines/", {"request": made["id"], "vcpus": 2}, 201)
    assert desk.get(f"{PLANNER}allocation-requests/").json()["count"] == 1
    for wrong in ({"provider": pdn.pk}, {"tenant": other.pk}):
        answer = desk.post(
            f"{PLANNER}allocation-requests/", {**body, "number": "PK-10", **wrong}, format="json"
        )
        assert answer.status_code in {400, 403}
    post(desk, f"allocation-requests/{theirs.pk}/withdraw/", None, 404)
    post(desk, f"allocation-requests/{made['id']}/sign/", None, 403)  # its author
    post(someone("kepala", "opd", office), f"allocation-requests/{made['id']}/sign/")
    assert AllocationRequest.objects.count() == 2


def test_requests_of_offices_are_bundled_by_their_ids() -> None:
    asked = [bring(new_request(to="regency"), RequestStatus.SUBMITTED) for _ in range(2)]
    planner = someone("lain", "planner", make(Tenant))
    body = {"provider": make(Provider, kind="pdn").pk, "subject": "Gabungan"}
    made = post(
        planner, "allocation-requests/bundle/", {**body, "requests": [one.pk for one in asked]}, 201
    )
    progress = planner.get(f"{PLANNER}allocation-requests/{made['id']}/progress/").json()
    assert [one["number"] for one in progress["bundle"]] == sorted(one.number for one in asked)
    unknown = {**body, "requests": [999999999]}
    assert "requests" in post(planner, "allocation-requests/bundle/", unknown, 400)
    beyond = {**body, "requests": [2**63]}
    assert "requests" in post(planner, "allocation-requests/bundle/", beyond, 400)

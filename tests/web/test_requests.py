"""Requests for capacity on the pages: from the draft to the grant that is given back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.people.account import User
from dcim.record.people.organisation import Tenant
from dcim.record.planner.allocations import Allocation, Provider
from dcim.record.planner.requests import AllocationRequest
from dcim.vocabulary.choices_requests import RequestStatus
from dcim.web.values.addresses import page_of
from tests.factories import make, make_user, member
from tests.requests import bring, fresh, new_request

pytestmark = pytest.mark.django_db
OURS = {"letter_number": "600/12/DKISP/2025", "letter_date": "2025-11-03"}
THEIRS = {"letter_number": "B-715/DJAI.3/2025", "letter_date": "2025-11-20"}


def someone(name: str, role: str, tenant: Tenant | None = None) -> Client:
    client = Client()
    client.force_login(member(make_user(name), role, tenant=tenant))
    return client


def take(
    client: Client, request: AllocationRequest, deed: str, values: Any = None, status: int = 302
) -> Any:
    """The answer to a step's form, sent with its own names."""
    body = {f"{deed}-{name}": value for name, value in (values or {}).items()}
    answer = client.post(f"{page_of(request)}take/{deed}/", body)
    assert answer.status_code == status, answer.content.decode()
    return answer


def test_a_request_goes_from_draft_to_a_grant_that_is_renewed_and_given_back() -> None:
    office = make(Tenant)
    planner, approver = someone("perencana", "planner", office), someone("penyetuju", "approver")
    body = {
        "number": "PK-1",
        "kind": "new",
        "tenant": office.pk,
        "provider": make(Provider, kind="pdn").pk,
        "subject": "Server SIMPEG",
    }
    assert planner.post("/plugins/planner/allocation-requests/add/", body).status_code == 302
    request = AllocationRequest.objects.get()
    page = planner.get(page_of(request)).content.decode()
    assert "Belum meminta apa pun." in page
    line = {
        "request": request.pk,
        "machine_name": "web-1",
        "environment": "production",
        "vcpus": 4,
        "memory_mib": 8192,
        "storage_gib": 100,
    }
    assert planner.post("/plugins/planner/request-lines/add/", line).status_code == 302
    key = request.lines.get().pk
    sizes = {f"vcpus_{key}": 2, f"memory_mib_{key}": 8, f"storage_gib_{key}": 100}
    take(approver, request, "sign")
    take(planner, request, "submit", OURS)
    take(planner, request, "assess")
    take(planner, request, "counter", {**THEIRS, **sizes})
    take(planner, request, "refuse", OURS)
    terms = {"reference": "PDN-PASER-2", "valid_until": "2026-12-31"}
    take(planner, request, "approve", {**THEIRS, **terms, **sizes, f"vcpus_{key}": 3})
    grant = Allocation.objects.get(reference="PDN-PASER-2")
    assert (fresh(request).status, grant.vcpus) == ("partly_approved", 3)
    page = planner.get(page_of(request)).content.decode()
    assert "Disetujui sebagian" in page
    assert "B-715/DJAI.3/2025" in page
    make(VirtualMachine, name="web-1", allocation=grant, vcpus=2)
    renew = {"renew-tenant": office.pk, "renew-valid_until": "2099-12-31"}
    assert planner.post(f"{page_of(grant)}renew/", renew).status_code == 302
    renewal = AllocationRequest.objects.get(kind="renewal")
    take(approver, renewal, "sign")
    take(planner, renewal, "submit", OURS)
    take(planner, renewal, "assess")
    take(planner, renewal, "approve", {**THEIRS, "valid_until": "2099-12-31"})
    shown = planner.get(page_of(grant))
    word = shown.context["loss"].confirm
    assert "web-1" in shown.content.decode()
    back = {"return-letter_number": "600/99", "return-letter_date": "2025-11-20"}
    refused = planner.post(f"{page_of(grant)}return/", back)
    assert (refused.status_code, "web-1" in refused.content.decode()) == (409, True)
    assert (
        planner.post(f"{page_of(grant)}return/", {**back, "return-confirm": word}).status_code
        == 302
    )
    assert Allocation.objects.get(pk=grant.pk).status == "returned"


def test_only_the_steps_that_the_reader_may_take_now_have_a_form() -> None:
    request = bring(new_request(), RequestStatus.UNDER_ASSESSMENT)
    seen = {}
    for role in ("planner", "approver", "viewer"):
        page = someone(f"lain-{role}", role).get(page_of(request))
        seen[role] = [form.deed.value for form in page.context["forms"]]
    assert seen == {
        "planner": ["counter", "approve", "reject", "withdraw"],
        "approver": [],
        "viewer": [],
    }


@pytest.mark.parametrize(
    ("deed", "values", "status", "says"),
    [
        ("approve", {"letter_date": "2025-11-20"}, 422, "letter_number"),
        ("approve", {**THEIRS, "letter_date": "2025-11-01"}, 422, "lebih tua"),
        ("submit", OURS, 409, "Langkah ini tidak dapat diambil"),
        ("terbang", {}, 404, ""),
    ],
)
def test_a_step_that_is_refused_is_shown_with_its_reason(
    deed: str, values: Any, status: int, says: str
) -> None:
    request = bring(new_request(), RequestStatus.UNDER_ASSESSMENT)
    key = request.lines.get().pk
    sizes = {f"vcpus_{key}": 4, f"memory_mib_{key}": 8, f"storage_gib_{key}": 100}
    planner = someone("lain", "planner")
    answer = take(planner, request, deed, {**values, **sizes}, status)
    assert says in answer.content.decode()
    assert fresh(request).status == "under_assessment"


def test_who_may_not_take_a_step_is_told_so() -> None:
    request = bring(new_request(), RequestStatus.UNDER_ASSESSMENT)
    take(someone("tamu", "viewer"), request, "withdraw", None, 403)


def test_an_office_sees_its_own_requests_with_its_own_steps() -> None:
    office = make(Tenant)
    mine, other = new_request(to="regency", tenant=office), new_request(to="regency")
    desk = someone("staf", "opd", office)
    assert [one.deed.value for one in desk.get(page_of(mine)).context["forms"]] == [
        "sign",
        "withdraw",
    ]
    assert desk.get(page_of(other)).status_code == 404
    assert desk.get("/plugins/planner/allocation-requests/bundle/").status_code == 403


def test_requests_of_offices_are_chosen_and_passed_on() -> None:
    asked = bring(new_request(to="regency"), RequestStatus.SUBMITTED)
    office = make(Tenant)
    planner = someone("lain", "planner", office)
    address = "/plugins/planner/allocation-requests/bundle/"
    assert asked.number in planner.get(address).content.decode()
    assert planner.post(address, {}).status_code == 422
    body = {
        "requests": [asked.pk],
        "provider": make(Provider, kind="pdn").pk,
        "tenant": office.pk,
        "subject": "Gabungan",
    }
    assert planner.post(address, body).status_code == 302
    bundle = AllocationRequest.objects.get(subject="Gabungan")
    page = planner.get(page_of(bundle)).content.decode()
    assert asked.number in page
    assert User.objects.get(username="lain") == bundle.created_by

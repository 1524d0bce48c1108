"""From a plan to the draft of its request, and to what would let an app in."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from dcim.actions.jobs.plans import plan_of
from dcim.actions.plans.making import make_plan
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.watch import UNWATCHED
from dcim.record.people.organisation import Tenant
from dcim.record.places.sites import Site
from dcim.record.planner.allocations import Allocation, Provider
from dcim.record.planner.jobs import Job
from dcim.record.planner.plans import Plan
from dcim.record.planner.requests import AllocationRequest
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.web.values.addresses import page_of
from tests.factories import TESTER, make

pytestmark = pytest.mark.django_db

PLANS = "/api/plugins/planner/plans"


@pytest.fixture
def tenant() -> Tenant:
    """Who applies."""
    return make(Tenant)


@pytest.fixture
def plan(tenant: Tenant) -> Plan:
    """A plan that asks the PDN for the two machines of one app; its grant has room for one."""
    pdn = make(Provider, slug="pdn", kind="pdn")
    make(
        Allocation, provider=pdn, reference="G1", status="active", vcpus=2, memory_mib=4096,
        storage_gib=100,
    )  # fmt: skip
    app = make(ServiceApp, code="SIPP", status="inactive", blocker="server", category="strategic")
    for name in ("db", "web"):
        make(Workload, app=app, name=name, vcpus=2, memory_mib=4096, storage_gib=50)
    return make_plan(Stance.AS_DECLARED, by=TESTER)[0]


def drafted(api: APIClient, plan: Plan, **body: Any) -> Any:
    return api.post(f"{PLANS}/{plan.pk}/draft-request/", body, format="json")


def test_the_ask_of_a_plan_becomes_a_draft_with_a_line_per_machine(
    api: APIClient, plan: Plan, tenant: Tenant
) -> None:
    answer = drafted(api, plan, tenant=tenant.pk)
    assert answer.status_code == 201, answer.json()
    request = AllocationRequest.objects.get(pk=answer.json()["id"])
    assert (request.status, request.plan, request.provider.slug) == ("draft", plan, "pdn")
    lines = request.lines.order_by("machine_name")
    assert [(one.machine_name, one.vcpus, one.memory_mib, one.storage_gib) for one in lines] == [
        ("sipp-db-1", 2, 4096, 50),
        ("sipp-web-1", 2, 4096, 50),
    ]
    assert {(one.app.code, one.category) for one in lines if one.app} == {("SIPP", "strategic")}


def test_a_draft_is_made_once_and_not_of_a_plan_that_is_out_of_date(
    api: APIClient, plan: Plan, tenant: Tenant
) -> None:
    make(Site)
    assert drafted(api, plan, tenant=tenant.pk).status_code == 409
    fresh, _ = make_plan(Stance.AS_DECLARED, by=TESTER)
    first, again = (drafted(api, fresh, tenant=tenant.pk) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]


def test_the_smallest_change_is_told_with_what_binds(api: APIClient, plan: Plan) -> None:
    (found,) = api.get(f"{PLANS}/{plan.pk}/changes/", {"app": "SIPP"}).json()
    keys = ("kind", "resource_class", "asked", "free")
    assert [tuple(one[key] for key in keys) for one in found["bindings"]] == [
        ("capacity", "VCPU", 4, 2),
        ("capacity", "MEMORY_MIB", 8192, 4096),
    ]
    (change,) = found["changes"]
    assert change["pool"] == "allocation:G1"
    assert change["amounts"] == {"VCPU": 2, "MEMORY_MIB": 4096, "STORAGE_GIB": 0}


def test_a_message_too_long_for_the_log_starts_no_job(api: APIClient, plan: Plan) -> None:
    body = {"app": [], "changelog_message": "x" * 201}
    answer = api.post(f"{PLANS}/{plan.pk}/changes/", body, format="json")
    assert answer.status_code == 400
    assert "changelog_message" in answer.json()
    assert not Job.objects.exists()


def test_changes_are_refused_once_the_record_has_moved_on(api: APIClient, plan: Plan) -> None:
    make(Site)
    assert api.get(f"{PLANS}/{plan.pk}/changes/").status_code == 409


def test_the_page_drafts_the_request_and_tells_the_changes(
    admin_client: Client, plan: Plan, tenant: Tenant
) -> None:
    text = admin_client.get(f"/plugins/planner/plans/{plan.pk}/changes/").content.decode()
    assert "SIPP" in text
    assert "tambahan pada G1: vCPU 2, Memori 4 GiB" in text
    shown = admin_client.get(page_of(plan)).content.decode()
    assert f'<option value="{tenant.pk}"' in shown
    admin_client.post(f"{page_of(plan)}draft-request/", {"tenant": tenant.pk})
    (request,) = AllocationRequest.objects.all()
    assert request.lines.count() == 2
    assert request.number in admin_client.get(page_of(plan)).content.decode()


def test_the_page_of_a_plan_that_is_out_of_date_says_so_and_makes_it_again(
    admin_client: Client, plan: Plan
) -> None:
    make(Site)
    shown = admin_client.get(page_of(plan)).content.decode()
    assert "catatan sudah berubah sejak rencana ini disusun" in shown
    assert "Susun permohonan" not in shown
    assert '<input type="hidden" name="stance" value="as-declared">' in shown
    admin_client.post("/plugins/planner/plans/make/", {"stance": "as-declared"})
    fresh = Plan.objects.exclude(pk=plan.pk).get()
    assert "Susun permohonan" in admin_client.get(page_of(fresh)).content.decode()


def test_a_plan_is_made_in_the_background_by_a_job(api: APIClient, plan: Plan) -> None:
    make(Site)
    body = {"stance": "as-declared", "background": True}
    answer = api.post(f"{PLANS}/", body, format="json")
    assert answer.status_code == 202, answer.json()
    job = Job.objects.get(pk=answer.json()["id"])
    written = plan_of(job.arguments, UNWATCHED)(TESTER)
    assert (written[0]["proved"], written[1]) == (True, Plan.objects.latest("pk"))
    assert Plan.objects.count() == 2
    assert job.kind == "planner.plan"


@pytest.mark.parametrize(
    ("body", "field"), [({"limit_s": 0}, "limit_s"), ({"pools": ["cluster:NO"]}, "pools")]
)
def test_a_plan_without_time_or_for_no_pool_is_refused(
    api: APIClient, plan: Plan, body: dict[str, Any], field: str
) -> None:
    answer = api.post(f"{PLANS}/", body, format="json")
    assert (answer.status_code, field in answer.json()) == (400, True), answer.json()

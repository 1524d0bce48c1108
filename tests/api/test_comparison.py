"""What a plan changes: API, page and command say the same."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from dcim.actions.plans.making import store_plan
from dcim.planning.document import (
    AppLine,
    Change,
    DocumentKind,
    Outcome,
    PlanDocument,
    PlannedVM,
    Target,
    digest_of,
)
from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Site
from dcim.record.planner.plans import Plan
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.web.values.addresses import page_of
from tests.api.clients import client_of
from tests.factories import TESTER, make, make_user, permit

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine(db: None) -> VirtualMachine:
    """SSO runs on a machine on host h1 in R1; OLD has a tier and no machine; h2 is in R2."""
    site = make(Site)
    cluster = make(Cluster, name="K")
    for n in (1, 2):
        rack = make(Rack, name=f"R{n}", site=site)
        make(
            Device, name=f"h{n}", rack=rack, site=site, cluster=cluster, cpu_cores=8,
            memory_mib=16_384, storage_gib=500,
        )  # fmt: skip
    machine = make(
        VirtualMachine, name="sso-1", cluster=cluster, device=Device.objects.get(name="h1"),
        vcpus=1, memory_mib=1024, disk_mb=10_000,
    )  # fmt: skip
    make(Workload, app=make(ServiceApp, code="SSO"), name="app", virtual_machines=[machine])
    old = make(ServiceApp, code="OLD", status="inactive")
    make(Workload, app=old, name="app")
    return machine


def vm(name: str, app: str, host: str, **fields: Any) -> PlannedVM:
    known = {"change": Change.CREATE, "workloads": ("app",), **fields}
    return PlannedVM(
        name=name, app=app, host=host, vcpus=1, memory_mib=1024, storage_gib=10, **known
    )


def stored(
    *vms: PlannedVM, reclaim: tuple[PlannedVM, ...] = (), apps: tuple[AppLine, ...] = ()
) -> Plan:
    target = Target(name="k", pool="cluster:K", provider="paser", vms=vms, reclaim=reclaim)
    document = PlanDocument(
        kind=DocumentKind.PLAN, name="uji", stance="as-declared", base_serial=1,
        targets=(target,), apps=apps,
    )  # fmt: skip
    return store_plan(replace(document, digest=digest_of(document)), by=TESTER)


def compared(api: APIClient, plan: Plan, *failed: str) -> Any:
    answer = api.get(f"/api/plugins/planner/plans/{plan.pk}/comparison/", {"failed": failed})
    assert answer.status_code == 200, answer.json()
    return answer.json()


@pytest.mark.usefixtures("machine")
def test_an_empty_plan_changes_nothing(api: APIClient, admin_client: Client) -> None:
    told = compared(api, stored(), "rack:R1")
    assert (told["apps"], told["single_points"], told["n_minus_one"]) == ([], [], [])
    assert (
        'class="empty"'
        in admin_client.get(f"{page_of(Plan.objects.get())}comparison/").content.decode()
    )


@pytest.mark.usefixtures("machine")
def test_one_more_instance_keeps_the_app_up(api: APIClient) -> None:
    told = compared(api, stored(vm("sso-2", "SSO", "h2")), "rack:R1")
    (app,) = told["apps"]
    assert (app["code"], app["before"], app["after"]) == ("SSO", "down", "degraded")
    assert app["verdict"] == "better"
    (points,) = told["single_points"]
    assert points["app"] == "SSO"
    assert {"host:h1", "rack:R1", "vm:sso-1"} <= set(points["gone"])
    better = {one["thing"] for one in told["n_minus_one"] if one["verdict"] == "better"}
    assert {"host:h1", "rack:R1"} <= better


@pytest.mark.usefixtures("machine")
def test_a_revived_app_is_new_and_falls_with_its_host(api: APIClient) -> None:
    revived = AppLine(code="OLD", outcome=Outcome.REVIVE, order=1)
    told = compared(api, stored(vm("old-1", "OLD", "h2"), apps=(revived,)), "host:h2")
    (app,) = told["apps"]
    assert (app["code"], app["before"], app["after"]) == ("OLD", "not_running", "down")
    assert app["chain"] == ["app:OLD", "workload:OLD/app", "vm:old-1", "host:h2"]
    assert (told["running_before"], told["running_after"]) == (1, 2)
    lost = {one["thing"]: one for one in told["n_minus_one"]}
    assert (lost["host:h2"]["revived"]["apps_down"], lost["host:h2"]["verdict"]) == (1, "new")


def test_a_reclaimed_machine_is_gone(api: APIClient, machine: VirtualMachine) -> None:
    gone = vm("sso-1", "SSO", "h1", id=str(machine.pk), change=Change.RECLAIM, reason="x")
    told = compared(api, stored(vm("sso-2", "SSO", "h2"), reclaim=(gone,)), "rack:R2")
    (app,) = told["apps"]
    assert (app["code"], app["before"], app["after"], app["verdict"]) == (
        "SSO", "up", "down", "worse",
    )  # fmt: skip
    assert "vm:sso-1" in told["single_points"][0]["gone"]


@pytest.mark.usefixtures("machine")
def test_command_and_page_give_the_answer_of_the_api(
    api: APIClient, admin_client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = stored(vm("sso-2", "SSO", "h2"))
    call_command("compare_plan", "rack:R1", "--json")
    assert json.loads(capsys.readouterr().out) == compared(api, plan, "rack:R1")
    call_command("compare_plan", "rack:R1", "--plan", str(plan.pk))
    assert "SSO" in capsys.readouterr().out
    page = admin_client.get(f"{page_of(plan)}comparison/", {"failed": "rack:R1"})
    assert [one.thing.name for one in page.context["apps"]] == ["SSO"]
    assert f"{page_of(plan)}comparison/" in admin_client.get(page_of(plan)).content.decode()


@pytest.mark.usefixtures("machine")
def test_bad_questions_are_told(api: APIClient, admin_client: Client) -> None:
    address = f"/api/plugins/planner/plans/{stored().pk}/comparison/"
    answer = api.get(address, {"failed": "rack"})
    assert (answer.status_code, list(answer.json())) == (400, ["failed"])
    assert api.get(address, {"failed": "rack:R9"}).status_code == 404
    assert api.get("/api/plugins/planner/plans/999999999/comparison/").status_code == 404
    page = admin_client.get(f"{page_of(Plan.objects.get())}comparison/?failed=rack:R9")
    assert page.status_code == 422


def test_who_sees_some_apps_only_is_refused(machine: VirtualMachine) -> None:
    plan = stored()
    reader = client_of(permit(make_user("ci"), Plan))
    assert reader.get(f"/api/plugins/planner/plans/{plan.pk}/comparison/").status_code == 403

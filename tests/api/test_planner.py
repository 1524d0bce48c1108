"""Our own answers: impact, requirements, explanations, ledgers and plans."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from dcim.planning.document import parse
from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.places.hardware import DeviceRole
from dcim.record.places.racks import Rack
from dcim.record.planner.plans import Plan
from dcim.record.planner.service_apps import AppDependency, ServiceApp, Workload
from tests.factories import make

pytestmark = pytest.mark.django_db

PLANNER = "/api/plugins/planner"


@pytest.fixture
def app(db: None) -> ServiceApp:
    """An app on one machine, on one host, in one rack."""
    rack, cluster = make(Rack, name="PDR-R01"), make(Cluster, name="PDR-KVM")
    host = make(
        Device, name="pdr-h01", role=make(DeviceRole, slug="server"), rack=rack, site=rack.site,
        cluster=cluster, cpu_cores=8, memory_mib=16384, storage_gib=500,
    )  # fmt: skip
    machine = make(
        VirtualMachine, name="simpeg-app-1", cluster=cluster, device=host, vcpus=2,
        memory_mib=4096, disk_mb=50_000,
    )  # fmt: skip
    app = make(ServiceApp, code="SIMPEG", name="Kepegawaian", status="active")
    make(Workload, app=app, name="app", vcpus=2, memory_mib=4096, virtual_machines=[machine])
    return app


def answer_of(api: APIClient, path: str, **parameters: Any) -> Any:
    answer = api.get(f"{PLANNER}/{path}", parameters)
    assert answer.status_code == 200, answer.json()
    return answer.json()


@pytest.mark.usefixtures("app")
def test_impact_names_the_apps_and_why(api: APIClient) -> None:
    found = answer_of(api, "impact/", failed=["rack:PDR-R01", "host:pdr-h01"])
    assert found["failed"] == ["host:pdr-h01", "rack:PDR-R01"]
    (hit,) = found["apps_down"]
    assert (hit["code"], hit["name"]) == ("SIMPEG", "Kepegawaian")
    assert (hit["chain"][0], hit["chain"][-1]) == ("app:SIMPEG", "host:pdr-h01")
    assert (found["things_down"]["vm"], found["idle_apps"]) == (1, [])


def test_requirements_go_from_the_app_to_the_rack(api: APIClient, app: ServiceApp) -> None:
    found = answer_of(api, f"service-apps/{app.pk}/requirements/")
    assert (found["app"], found["layers"][0][0]["id"]) == ("app:SIMPEG", "app:SIMPEG")
    ids = [node["id"] for layer in found["layers"] for node in layer]
    assert {"vm:simpeg-app-1", "host:pdr-h01", "rack:PDR-R01"} <= set(ids)
    assert {need["target"] for need in found["needs"]} <= set(ids)
    assert "rack:PDR-R01" in found["single_points_of_failure"]
    assert found["shortfalls"] == []


def test_requirements_tell_of_tiers_with_too_few_instances(api: APIClient, app: ServiceApp) -> None:
    app.workloads.update(instances_wanted=3, instances_needed=2)
    found = answer_of(api, f"service-apps/{app.pk}/requirements/")
    assert found["shortfalls"] == [{"tier": "workload:SIMPEG/app", "needed": 2, "working": 1}]


@pytest.mark.usefixtures("app")
def test_an_explanation_gives_the_chain(api: APIClient) -> None:
    why = answer_of(api, "explain/", app="SIMPEG", thing="rack:PDR-R01")
    assert (why["rests"], why["is_hard"], why["effect"]) == (True, True, "down")
    assert (why["chains"][0][0], why["chains"][0][-1]) == ("app:SIMPEG", "rack:PDR-R01")


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        ("impact/", 400, "failed"),
        ("impact/?failed=rack", 400, "failed"),
        ("impact/?failed=room:1", 400, "failed"),
        ("impact/?failed=rack:NOWHERE", 404, None),
        ("explain/?app=SIMPEG", 400, "thing"),
        ("explain/?app=NONE&thing=rack:PDR-R01", 404, None),
        ("service-apps/999999999/requirements/", 404, None),
        ("plans/999999999/document/", 404, None),
    ],
)
@pytest.mark.usefixtures("app")
def test_unknown_names_are_told(api: APIClient, path: str, status: int, field: str | None) -> None:
    answer = api.get(f"{PLANNER}/{path}")
    assert answer.status_code == status
    assert field is None or list(answer.json()) == [field]


@pytest.mark.usefixtures("app")
def test_ledgers_add_up(api: APIClient) -> None:
    pools = {one["pool"]: one for one in answer_of(api, "ledgers/")["results"]}
    ledger = pools["cluster:PDR-KVM"]
    for line in ledger["lines"]:
        assert line["free"] == line["capacity"] - line["used"] - line["planned"]
    assert [line["used"] for line in ledger["lines"]][:2] == [2, 4096]


@pytest.mark.usefixtures("app")
def test_a_plan_may_say_no_reason(api: APIClient) -> None:
    made = api.post(f"{PLANNER}/plans/", {"changelog_message": None}, format="json")
    assert made.status_code == 201


@pytest.mark.usefixtures("app")
def test_a_plan_is_made_once_per_state_of_the_record(api: APIClient) -> None:
    first = api.post(f"{PLANNER}/plans/", {"stance": "blockers-cured"}, format="json")
    again = api.post(f"{PLANNER}/plans/", {"stance": "blockers-cured"}, format="json")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["created_by"]["username"] == "sri"
    assert "document" not in answer_of(api, "plans/")["results"][0]


@pytest.mark.usefixtures("app")
def test_a_plans_document_is_what_was_digested(api: APIClient) -> None:
    plan = api.post(f"{PLANNER}/plans/", {}, format="json").json()
    answer = api.get(f"{PLANNER}/plans/{plan['id']}/document/")
    assert answer.headers["Content-Type"] == "application/json"
    assert json.loads(answer.content)["digest"] == plan["digest"]
    assert parse(answer.content).stance == "as-declared"
    tag = answer.headers["ETag"]
    assert tag == f'"{plan["digest"]}"'
    there = api.get(f"{PLANNER}/plans/{plan['id']}/document/", HTTP_IF_NONE_MATCH=tag)
    assert (there.status_code, there.content, there.headers["ETag"]) == (304, b"", tag)


def test_an_unknown_stance_is_refused(api: APIClient) -> None:
    answer = api.post(f"{PLANNER}/plans/", {"stance": "best"}, format="json")
    assert (answer.status_code, list(answer.json())) == (400, ["stance"])
    assert not Plan.objects.exists()


@pytest.mark.parametrize("path", ["impact/", "explain/", "ledgers/", "plans/1/document/"])
def test_answers_need_the_right_to_see(stranger: APIClient, path: str) -> None:
    assert stranger.get(f"{PLANNER}/{path}").status_code == 403


def test_requirements_tell_of_circles(api: APIClient) -> None:
    one, other = make(ServiceApp, code="A"), make(ServiceApp, code="B")
    make(AppDependency, app=one, needs=other)
    make(AppDependency, app=other, needs=one)
    found = answer_of(api, f"service-apps/{other.pk}/requirements/")
    assert found["cycles"] == [["app:A", "app:B"]]

"""What can't be right in the graph: API, page and command say the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.planner.service_apps import AppDependency, ServiceApp, Workload
from tests.api.clients import client_of
from tests.factories import make, make_user, member

pytestmark = pytest.mark.django_db

ADDRESS = "/api/plugins/planner/findings/"


@pytest.fixture
def app(db: None) -> ServiceApp:
    """A running app on a machine that is off, and a machine that carries nothing."""
    machine = make(VirtualMachine, name="sso-1", status="offline")
    make(VirtualMachine, name="spare")
    app = make(ServiceApp, code="SSO")
    make(Workload, app=app, name="web", virtual_machines=[machine])
    return app


def found(api: APIClient, **asked: Any) -> Any:
    answer = api.get(ADDRESS, asked)
    assert answer.status_code == 200, answer.json()
    return answer.json()


@pytest.mark.usefixtures("app")
def test_findings_name_the_chain_and_the_way_out(api: APIClient) -> None:
    told = found(api)
    assert (told["count"], told["counts"]["rests_on_idle"]) == (2, 1)
    first, second = told["results"]
    assert first["chain"] == ["app:SSO", "workload:SSO/web", "vm:sso-1"]
    assert (first["kind"], first["status"]) == ("rests_on_idle", "offline")
    assert first["way_out"].startswith("Start what stands at the end of the chain")
    assert (second["kind"], second["thing"]) == ("machine_without_app", "vm:spare")


@pytest.mark.usefixtures("app")
def test_a_kind_and_a_page_can_be_asked_for(api: APIClient) -> None:
    assert found(api, kind="machine_without_app")["count"] == 1
    page = found(api, limit=1)
    assert (len(page["results"]), page["count"], "offset=1" in page["next"]) == (1, 2, True)
    answer = api.get(ADDRESS, {"kind": "odd"})
    assert (answer.status_code, list(answer.json())) == (400, ["kind"])


@pytest.mark.usefixtures("app")
def test_the_command_gives_the_answer_of_the_api_and_exit_code_2(
    api: APIClient, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("check_graph", json=True)
    assert ended.value.code == 2
    told = json.loads(capsys.readouterr().out)
    assert told.items() <= found(api).items()


def test_a_sound_record_ends_with_exit_code_0(
    admin_client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("check_graph")
    assert capsys.readouterr().out.count("\n") == 1
    assert 'class="empty"' in admin_client.get("/findings/").content.decode()


@pytest.mark.usefixtures("app")
def test_the_page_counts_kinds_and_shows_the_gravest(admin_client: Client) -> None:
    answer = admin_client.get("/findings/")
    counts = {one.kind: one.count for one in answer.context["counts"] if one.count}
    assert counts == {"rests_on_idle": 1, "machine_without_app": 1}
    (row,) = answer.context["shown"]
    assert [thing.name for thing in row.chain] == ["SSO", "SSO/web", "sso-1"]
    other = admin_client.get("/findings/?kind=machine_without_app").context["shown"]
    assert [row.chain[0].name for row in other] == ["spare"]
    assert admin_client.get("/findings/?kind=odd").status_code == 400


def test_a_circle_is_shown_closed(admin_client: Client, api: APIClient) -> None:
    one, other = make(ServiceApp, code="A"), make(ServiceApp, code="B")
    make(AppDependency, app=one, needs=other)
    make(AppDependency, app=other, needs=one)
    assert found(api, kind="circle")["results"][0]["chain"] == ["app:A", "app:B"]
    (row,) = admin_client.get("/findings/?kind=circle").context["shown"]
    assert [thing.name for thing in row.chain] == ["A", "B", "A"]


def test_an_office_is_told_of_its_own_apps(app: ServiceApp) -> None:
    make(ServiceApp, code="BARE")
    office = client_of(member(make_user("dinas"), "opd", tenant=app.owner))
    assert [one["thing"] for one in found(office)["results"]] == ["app:SSO"]

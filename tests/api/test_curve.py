"""The negotiation curve of a stored plan: API, page, files and command say the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from dcim.actions.plans.making import make_plan
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.snapshot import encode
from dcim.record.planner.allocations import Provider
from dcim.record.planner.plans import Plan
from dcim.record.planner.service_apps import ServiceApp, Workload
from tests.api.clients import client_of
from tests.factories import TESTER, make, make_user, permit
from tests.unit.planning.test_curve import FOUR

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(db: None) -> Plan:
    """Two apps that the record has no room for, and a PDN to ask."""
    make(Provider, slug="pdn", kind="pdn")
    for code, users in (("A", 900), ("B", 0)):
        app = make(ServiceApp, code=code, status="inactive", users_per_month=users)
        make(Workload, app=app, name="web", vcpus=2, memory_mib=4096, storage_gib=50)
    return make_plan(Stance.AS_DECLARED, by=TESTER)[0]


def test_api_page_files_and_command_agree(
    api: APIClient, admin_client: Client, plan: Plan, capsys: pytest.CaptureFixture[str]
) -> None:
    address = f"/plugins/planner/plans/{plan.pk}/curve"
    answer = api.get(f"/api{address}/").json()
    assert [(one["share_percent"], one["gained"]) for one in answer["points"] if one["gained"]] == [
        (50.0, ["A"]),
        (100.0, ["B"]),
    ]
    call_command("curve", "--plan", str(plan.pk), "--json")
    assert json.loads(capsys.readouterr().out) == answer
    page = admin_client.get(f"{address}/").content.decode()
    assert "Kurva negosiasi" in page
    assert '<svg class="plot"' in page
    rows = 1 + len(answer["points"]) + len(answer["purchases"])
    assert admin_client.get(f"{address}.csv/").content.decode().count("\n") == rows
    assert admin_client.get(f"{address}.svg/")["Content-Type"] == "image/svg+xml"
    assert admin_client.get(f"{address}.png/").status_code == 404


@pytest.mark.parametrize("step", ["0", "101", "-1", "x", "²"])
def test_a_step_that_is_none_is_refused(api: APIClient, plan: Plan, step: str) -> None:
    answer = api.get(f"/api/plugins/planner/plans/{plan.pk}/curve/", {"step": step})
    assert (answer.status_code, list(answer.json())) == (400, ["step"])


def test_who_sees_no_apps_is_refused(plan: Plan) -> None:
    answer = client_of(permit(make_user(), Plan)).get(
        f"/api/plugins/planner/plans/{plan.pk}/curve/"
    )
    assert answer.status_code == 403


def test_a_snapshot_answers_without_the_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "snapshot.json"
    file.write_bytes(encode(FOUR))
    call_command("curve", "--from", str(file), "--svg", str(tmp_path / "curve.svg"))
    told = capsys.readouterr().out
    assert "+A" in told
    assert (tmp_path / "curve.svg").read_text().startswith("<svg")

"""Scenarios by API and command: kept, judged by entry, laid over the record and compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from dcim.planning.scenarios.overlays import encode
from dcim.planning.snapshot import encode as encode_snapshot
from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster
from dcim.record.planner.scenarios import Scenario
from tests.api.clients import client_of
from tests.api.test_openapi import reasons_against
from tests.factories import make, make_user, permit
from tests.unit.planning.test_scenarios import ESTATE, entry, scenario

pytestmark = pytest.mark.django_db
PATH = "/api/plugins/planner/scenarios"
MORE = {"kind": "add_hosts", "on": "2027-01-01", "cluster": "KVM", "like": "h1", "count": 2}


@pytest.fixture
def row(db: None) -> Scenario:
    """A cluster of one host, and a scenario in which it has two more from 2027 on."""
    cluster = make(Cluster, name="KVM", host_failures_to_survive=0, vcpu_allocation_ratio=1)
    make(Device, name="h1", cluster=cluster, cpu_cores=8, memory_mib=16384, storage_gib=500)
    return make(Scenario, name="tiga", base_date="2026-12-01", overlays=[MORE])


def test_a_scenario_is_asked_for_any_day(api: APIClient, row: Scenario) -> None:
    for day, vcpus in (("2026-12-31", 8), ("2027-01-01", 24)):
        found = api.get(f"{PATH}/{row.pk}/ledgers/", {"on": day}).json()
        assert found["ledgers"][0]["lines"][0]["capacity"] == vcpus
        assert reasons_against("ScenarioLedgersShape", found) == []
    survivals = api.get(f"{PATH}/{row.pk}/n-plus-one/").json()
    assert reasons_against("ScenarioSurvivalsShape", survivals) == []
    plan = api.get(f"{PATH}/{row.pk}/plan/", {"stance": "blockers-cured"}).json()
    assert plan["stance"] == "blockers-cured"
    along = api.get(f"{PATH}/{row.pk}/series/", {"years": 1}).json()
    assert reasons_against("SeriesShape", along) == []
    assert [one["on"] for one in along["points"]][:2] == ["2026-12-01", "2027-01-01"]


def test_two_scenarios_stand_side_by_side(api: APIClient, row: Scenario) -> None:
    other = make(Scenario, name="satu", base_date="2026-12-01")
    against = [
        api.get(f"{PATH}/{row.pk}/compare/?on=2027-01-01&with={other_id}").json()
        for other_id in ("", other.pk, row.pk)
    ]
    assert reasons_against("DifferenceShape", against[0]) == []
    assert [one["before"]["name"] for one in against] == ["record", "satu", "tiga"]
    assert [len(one["ledgers"]) for one in against] == [3, 3, 0]
    change = against[0]["ledgers"][0]
    assert (change["before"]["capacity"], change["after"]["capacity"]) == (8, 24)


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ({**MORE, "count": 0}, "overlays[0].count: 0 hosts"),
        ({**MORE, "cluster": "X"}, "overlays[0].cluster: “X” is not recorded"),
        ({**MORE, "on": "2026-11-30"}, "overlays[0].on: 2026-11-30 lies before the base date"),
        ("x", "overlays[0]: is not an object"),
    ],
)
def test_a_bad_entry_is_refused_where_it_stands(
    api: APIClient, row: Scenario, bad: Any, told: str
) -> None:
    body = {"name": "b", "base_date": "2026-12-01", "overlays": [bad]}
    answer = api.post(f"{PATH}/", body, format="json")
    assert (answer.status_code, list(answer.json())) == (400, ["overlays"])
    assert answer.json()["overlays"][0].startswith(told)
    assert api.patch(f"{PATH}/{row.pk}/", {"overlays": [bad]}, format="json").status_code == 400


@pytest.mark.parametrize(
    ("word", "query", "status"),
    [
        ("ledgers", {"on": "2026-11-30"}, 400),
        ("ledgers", {"on": "soon"}, 400),
        ("ledgers", {"on": "9999-12-31"}, 400),
        ("plan", {"stance": "best"}, 400),
        ("series", {"years": "6"}, 400),
        ("compare", {"with": "999999999"}, 404),
        ("compare", {"with": "x"}, 404),
    ],
)
def test_bad_questions_are_told(
    api: APIClient, row: Scenario, word: str, query: dict[str, str], status: int
) -> None:
    assert api.get(f"{PATH}/{row.pk}/{word}/", query).status_code == status


@pytest.mark.parametrize("base", ["0001-01-01", "9998-12-31"])
def test_a_base_date_far_away_is_refused(api: APIClient, base: str) -> None:
    for overlays in ([], [{"kind": "lapse_grant", "on": base, "allocation": "G1"}]):
        body = {"name": "far", "base_date": base, "overlays": overlays}
        answer = api.post(f"{PATH}/", body, format="json")
        assert (answer.status_code, list(answer.json())) == (400, ["base_date"])


def test_what_is_named_may_have_gone_since(api: APIClient, row: Scenario) -> None:
    cluster = f"/api/virtualization/clusters/{Cluster.objects.get().pk}/"
    api.patch(cluster, {"name": "LAIN"}, format="json")
    answer = api.get(f"{PATH}/{row.pk}/ledgers/")
    assert answer.status_code == 400
    assert "KVM" in json.dumps(answer.json(), ensure_ascii=False)


def test_answers_are_for_who_sees_all_apps_and_pools(row: Scenario) -> None:
    reader = client_of(permit(make_user(), Scenario))
    assert reader.get(f"{PATH}/{row.pk}/").status_code == 200
    assert reader.get(f"{PATH}/{row.pk}/ledgers/").status_code == 403


def test_the_command_says_what_the_api_says(
    api: APIClient, row: Scenario, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("what_if", "tiga", "--on", "2027-01-01", "--json")
    told = json.loads(capsys.readouterr().out)
    answer = api.get(f"{PATH}/{row.pk}/compare/", {"on": "2027-01-01"}).json()
    assert told["ledgers"] == answer["ledgers"]
    call_command("what_if", "tiga", "--years", "1")
    assert "cluster:KVM" in capsys.readouterr().out
    with pytest.raises(CommandError, match="skenario empat"):
        call_command("what_if", "empat")


def test_a_snapshot_file_answers_without_the_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    estate, what = tmp_path / "estate.json", tmp_path / "what.json"
    estate.write_bytes(encode_snapshot(ESTATE))
    what.write_bytes(encode(scenario(entry("cure", apps=["B"]))))
    call_command("what_if", str(what), "--from", str(estate))
    assert "+B" in capsys.readouterr().out
    call_command("what_if", str(what), "--from", str(estate), "--with", str(what))
    assert "Tidak ada yang berubah" in capsys.readouterr().out

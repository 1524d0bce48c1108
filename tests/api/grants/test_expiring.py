"""Grants whose end is near, and idle room, as programs, pages and the command tell them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from dcim.actions.grants.expiries import expiry_of, in_state
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.requests import AllocationRequest
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.vocabulary.choices_grants import GrantState
from tests.factories import make, make_user, member

pytestmark = pytest.mark.django_db
URL, GRANTS = "/api/plugins/planner/expiring-grants/", "/api/plugins/planner/allocations/"


def ending_in(days: int | None, **fields: Any) -> Allocation:
    until = None if days is None else timezone.localdate() + timedelta(days=days)
    room = {"vcpus": 8, "memory_mib": 8192, "storage_gib": 100}
    return make(Allocation, **{**room, "valid_until": until, **fields})


def carried_on(grant: Allocation, code: str, **fields: Any) -> ServiceApp:
    app = make(ServiceApp, code=code, **fields)
    machine = make(VirtualMachine, name=f"{code}-1", allocation=grant, vcpus=1)
    make(Workload, app=app, virtual_machines=[machine])
    return app


def test_an_ending_grant_is_told_with_what_draws_on_it_and_who_is_hit(api: APIClient) -> None:
    grant, over = ending_in(30, reference="G"), ending_in(-1, reference="OVER")
    ending_in(91), ending_in(None), ending_in(5, status="returned")
    carried_on(grant, "SIMPEG")
    asked = make(
        AllocationRequest, provider=grant.provider, kind="renewal", predecessor=grant, number="PK-1"
    )
    first, second = api.get(URL).json()["results"]
    assert (first["grant"], first["state"], first["days_left"]) == ("OVER", "expired", -1)
    assert (second["grant"], second["warning"], second["days_left"]) == ("G", 30, 30)
    assert (second["machines"], second["apps_down"]) == (["SIMPEG-1"], ["SIMPEG"])
    assert second["requests"] == [asked.number]
    assert [one["grant_id"] for one in api.get(f"{URL}?within_days=7").json()["results"]] == [
        over.pk
    ]


@pytest.mark.parametrize("days", ["-1", "x", "99999", "٣"])
def test_a_number_of_days_that_means_nothing_is_refused(api: APIClient, days: str) -> None:
    refused = api.get(URL, {"within_days": days})
    assert (refused.status_code, list(refused.json())) == (400, ["within_days"])


def test_a_grant_says_where_it_stands_and_is_found_by_it(api: APIClient) -> None:
    today = timezone.localdate()
    dates = (None, *(today + timedelta(days=n) for n in (-91, -1, 0, 1, 90, 91)))
    for begin in dates:
        for end in dates:
            if not (begin and end and end < begin):
                make(Allocation, valid_from=begin, valid_until=end)
    returned = make(Allocation, status="returned")
    rows = Allocation.objects.all()
    for state in GrantState:
        found = set(rows.filter(in_state(state, today)).values_list("pk", flat=True))
        assert found == {one.pk for one in rows if expiry_of(one, today).state is state}
    (shown,) = api.get(f"{GRANTS}?state=returned").json()["results"]
    assert (shown["id"], shown["state"]["value"], shown["warning"]) == (
        returned.pk,
        "returned",
        None,
    )
    assert api.get(f"{GRANTS}?state=odd").status_code == 400


def test_an_office_is_told_of_the_grants_that_its_apps_draw_on(client: Client) -> None:
    grant = ending_in(1)
    own = carried_on(grant, "OWN")
    carried_on(grant, "FOREIGN")
    carried_on(ending_in(2), "OTHER")
    client.force_login(member(make_user(), "opd", tenant=own.owner))
    (found,) = client.get(URL).json()["results"]
    assert (found["machines"], found["apps_down"]) == (["OWN-1"], ["OWN"])


def test_the_pages_tell_ends_and_idle_room_and_lead_to_the_request(admin_client: Client) -> None:
    grant = ending_in(7, reference="PDN-7")
    carried_on(grant, "GONE", status="retired")
    assert "PDN-7" in admin_client.get("/").content.decode()
    page = admin_client.get("/expiring-grants/").content.decode()
    assert f"kind=renewal&amp;provider={grant.provider_id}&amp;predecessor={grant.pk}" in page
    idle = admin_client.get("/idle-room/").content.decode()
    assert "GONE-1" in idle
    (address,) = [one for one in idle.split('"') if "kind=termination" in one]
    form = admin_client.get(address.replace("&amp;", "&")).context["form"]
    assert form["predecessor"].value() == str(grant.pk)


def test_idle_room_proposes_what_to_ask_for(api: APIClient) -> None:
    grant = ending_in(None, reference="PDN-7")
    carried_on(grant, "GONE", status="retired")
    carried_on(grant, "RUNS")
    (found,) = api.get("/api/plugins/planner/idle-room/").json()["results"]
    assert (found["proposal"]["kind"], found["proposal"]["remains"]["vcpus"]) == ("change", 7)
    assert [one["name"] for one in found["machines"]] == ["GONE-1"]


def test_the_command_exits_with_2_while_a_grant_ends_soon(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call_command("expiring")
    carried_on(ending_in(30, reference="G"), "A")
    with pytest.raises(CommandError) as ended:
        call_command("expiring", "--json")
    assert ended.value.returncode == 2
    assert json.loads(capsys.readouterr().out)[0]["apps_down"] == ["A"]
    call_command("expiring", "--within-days", "29")

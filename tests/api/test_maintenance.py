"""The maintenance check: API, page and command say the same of the record."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.people.contacts import Contact, ContactAssignment, ContactRole
from dcim.record.people.organisation import Tenant
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Site
from dcim.record.planner.service_apps import ServiceApp, Workload
from tests.api.clients import client_of
from tests.factories import make, make_user, member

pytestmark = pytest.mark.django_db

ADDRESS = "/api/plugins/planner/maintenance/"
WINDOW = {"from": "2026-12-01T20:00", "until": "2026-12-01T22:00"}


@pytest.fixture
def room(db: None) -> Site:
    """Racks R1 and R2 with a host each; SSO on R1, DNS in both, WEB at R1 in a full cluster."""
    site = make(Site, name="Pusat Data")
    racks = [make(Rack, name=f"R{n}", site=site) for n in (1, 2)]
    cluster = make(Cluster, name="K", host_failures_to_survive=0)
    size = {"cpu_cores": 8, "memory_mib": 16_384, "storage_gib": 500}
    hosts = [
        make(Device, name=f"h{n}", rack=rack, site=site, cluster=cluster, **size)
        for n, rack in enumerate(racks, start=1)
    ]
    alone = make(Cluster, name="L", host_failures_to_survive=0)
    lonely = make(Device, name="x1", rack=racks[0], site=site, cluster=alone, **size)
    _app("SSO", cluster, hosts[:1], 4096)
    _app("DNS", cluster, hosts, 1024)
    _app("WEB", alone, [lonely], 16_000)
    return site


def _app(code: str, cluster: Cluster, hosts: list[Device], memory_mib: int) -> None:
    app = make(ServiceApp, code=code, owner=make(Tenant, name=f"Dinas {code}", slug=code.lower()))
    machines = [
        make(
            VirtualMachine, name=f"{code}-{n}".lower(), cluster=cluster, device=host, vcpus=1,
            memory_mib=memory_mib, disk_mb=10_000,
        )
        for n, host in enumerate(hosts, start=1)
    ]  # fmt: skip
    make(Workload, app=app, name="app", virtual_machines=machines)


def call(obj: Any, kind: str, **contact: str) -> None:
    """A contact to be called about the object."""
    make(
        ContactAssignment, object_type=kind, object_id=obj.pk, contact=make(Contact, **contact),
        role=make(ContactRole), priority="primary",
    )  # fmt: skip


def asked(api: APIClient, **changed: Any) -> Any:
    answer = api.get(ADDRESS, {"thing": "rack:R1", **WINDOW, **changed})
    assert answer.status_code == 200, answer.json()
    return answer.json()


@pytest.mark.usefixtures("room")
def test_machines_are_moved_or_named_as_without_a_place(api: APIClient) -> None:
    told = asked(api)
    assert [(one["machine"], one["deed"], one["host"]) for one in told["moves"]] == [
        ("sso-1", "move", "h2"),
        ("web-1", "no_place", ""),
        ("dns-1", "others_go_on", ""),
    ]
    assert [(one["code"], one["after_moves"]) for one in told["apps_down"]] == [
        ("WEB", "down"),
        ("SSO", "moved"),
    ]
    assert [one["code"] for one in told["apps_degraded"]] == ["DNS"]


@pytest.mark.usefixtures("room")
def test_the_order_leaves_out_what_goes_on_once_moved(api: APIClient) -> None:
    told = asked(api)
    stop = [name for wave in told["stop"] for step in wave for name in step["things"]]
    assert "app:WEB" in stop
    assert not {"app:SSO", "vm:sso-1", "app:DNS"} & set(stop)
    assert told["start_again"] == told["stop"][::-1]
    assert told["stop"][-1][0]["things"] == ["rack:R1"]


@pytest.mark.usefixtures("room")
def test_what_has_less_to_spare_is_told(api: APIClient) -> None:
    (one,) = asked(api)["less_to_spare"]
    assert (one["thing"], one["left"], one["size"], one["needed"]) == ("workload:DNS/app", 1, 2, 1)


def test_people_of_owners_apps_and_sites_are_told_and_gaps_named(
    api: APIClient, room: Site
) -> None:
    call(Tenant.objects.get(slug="sso"), "tenancy.tenant", name="Ani", email="ani@paser.go.id")
    call(ServiceApp.objects.get(code="WEB"), "planner.serviceapp", name="Budi", phone="0811")
    call(room, "dcim.site", name="Citra")
    told = asked(api)
    people = {one["owner"]: [who["name"] for who in one["people"]] for one in told["tell"]}
    assert people == {"dns": [], "sso": ["Ani"], "web": ["Budi"]}
    assert told["apps_without_contact"] == ["DNS"]
    assert told["sites"][0]["people"][0]["name"] == "Citra"


@pytest.mark.usefixtures("room")
def test_a_notice_is_ready_to_be_sent_in_indonesian(api: APIClient) -> None:
    call(Tenant.objects.get(slug="web"), "tenancy.tenant", name="Budi", email="budi@paser.go.id")
    (notice,) = (one["notice"] for one in asked(api)["tell"] if one["owner"] == "web")
    assert notice["subject"] == "Pemeliharaan rack:R1 pada 1 Desember 2026"
    assert "Yth. Dinas WEB," in notice["body"]
    assert "1 Desember 2026 20.00 WITA" in notice["body"]
    assert notice["mailto"].startswith("mailto:budi@paser.go.id?subject=Pemeliharaan%20rack")


@pytest.mark.usefixtures("room")
def test_command_and_page_give_the_answer_of_the_api(
    api: APIClient, admin_client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command(
        "maintenance", "rack:R1", "--from", WINDOW["from"], "--until", WINDOW["until"], "--json"
    )
    assert json.loads(capsys.readouterr().out) == asked(api)
    call_command("maintenance", "rack:R1", "--from", WINDOW["from"], "--until", WINDOW["until"])
    assert "sso-1" in capsys.readouterr().out
    page = admin_client.get("/maintenance/", {"thing": "rack:R1", **WINDOW})
    answer = page.context["answer"]
    assert [one.move.machine.name for one in answer.moves] == ["sso-1", "web-1", "dns-1"]
    assert [one.thing.name for one in answer.stopped] == ["WEB"]
    assert "Pemeliharaan rack:R1 pada 1 Desember 2026" in page.content.decode()


@pytest.mark.parametrize(
    ("changed", "status", "field"),
    [
        ({"until": "2026-12-01T20:00"}, 400, "until"),
        ({"until": "2026-12-01T19:00"}, 400, "until"),
        ({"from": ""}, 400, "from"),
        ({"until": "besok"}, 400, "until"),
        ({"thing": "rack"}, 400, "thing"),
        ({"thing": []}, 400, "thing"),
        ({"thing": "rack:R9"}, 404, "detail"),
    ],
)
@pytest.mark.usefixtures("room")
def test_bad_questions_are_told_at_the_field(
    api: APIClient, admin_client: Client, changed: dict[str, Any], status: int, field: str
) -> None:
    question = {"thing": "rack:R1", **WINDOW, **changed}
    answer = api.get(ADDRESS, question)
    assert (answer.status_code, field in answer.json()) == (status, True)
    page = admin_client.get("/maintenance/", question)
    assert page.status_code == (422 if question["thing"] else 200)


@pytest.mark.usefixtures("room")
def test_moments_may_name_their_offset(api: APIClient) -> None:
    told = asked(api, **{"from": "2026-12-01T12:00+00:00"})
    assert told["start"] == "2026-12-01T20:00:00+08:00"


@pytest.mark.usefixtures("room")
def test_a_machine_that_is_worked_on_itself_is_not_moved(api: APIClient) -> None:
    told = asked(api, thing="vm:sso-1")
    assert (told["moves"], [one["after_moves"] for one in told["apps_down"]]) == ([], ["down"])


@pytest.mark.usefixtures("room")
def test_a_cluster_that_restarts_machines_migrates_them(api: APIClient) -> None:
    Cluster.objects.filter(name="K").update(is_ha=True)
    told = asked(api)
    migrating = [one["machine"] for one in told["moves"] if one["deed"] == "migrate"]
    assert migrating == ["dns-1", "sso-1"]
    assert [one["code"] for one in told["apps_down"]] == ["WEB"]


@pytest.mark.usefixtures("room")
def test_an_office_is_not_told_of_others(room: Site) -> None:
    owner = Tenant.objects.get(slug="sso")
    office = client_of(member(make_user("dinas"), "opd", tenant=owner))
    assert office.get(ADDRESS, {"thing": "rack:R1", **WINDOW}).status_code == 403

"""What falls in a scenario is what the graph of the record says once it is carried out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from dcim.actions import record
from dcim.actions.scenarios.standings import falls_of
from dcim.planning.scenarios.falling import Falls
from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.places.racks import Rack
from dcim.record.planner.allocations import Allocation, Provider
from dcim.record.planner.scenarios import Scenario
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.vocabulary.things import Ref
from dcim.web.values.addresses import page_of
from tests.api.clients import client_of
from tests.factories import TESTER, make, make_user

pytestmark = pytest.mark.django_db
YEAR_BEFORE, DAY = date(2026, 1, 1), date(2027, 1, 1)
LOST = {"kind": "lose", "things": ["rack:R1"], "until": "2027-02-01"}
TWICE = {
    "kind": "grow", "on": str(YEAR_BEFORE), "percent_per_year": 100.0, "pool": "cluster:KVM",
    "resource_class": "MEMORY_MIB",
}  # fmt: skip
HOST = {"cpu_cores": 8, "memory_mib": 16_384, "storage_gib": 500}
SCENARIOS = "/api/plugins/planner/scenarios"


@pytest.fixture
def estate(db: None) -> None:
    """Three hosts, each in its rack; one of them carries the four apps there; an app on a grant."""
    cluster = make(Cluster, name="KVM", is_ha=True, host_failures_to_survive=1)
    for n in (1, 2, 3):
        rack = make(Rack, name=f"R{n}")
        make(Device, name=f"h{n}", rack=rack, site=rack.site, cluster=cluster, **HOST)
    pdn = make(Provider, slug="pdn", kind="pdn")
    grant = make(
        Allocation, reference="G1", provider=pdn, vcpus=4, memory_mib=8192, storage_gib=100
    )
    for code in "ABCD":
        carried(code, cluster=cluster, vcpus=2)
    carried("G", allocation=grant, cluster=make(Cluster, name="PDN"), vcpus=2)


def carried(code: str, vcpus: int, **place: Any) -> None:
    machine = make(
        VirtualMachine, name=code.lower(), vcpus=vcpus, memory_mib=4096, disk_mb=50_000, **place
    )
    app = make(ServiceApp, code=code)
    make(Workload, app=app, name="web", virtual_machines=[machine], vcpus=2, memory_mib=4096)


def scenario(*entries: dict[str, Any]) -> Scenario:
    overlays = [{"on": str(DAY), **one} for one in entries]
    return make(Scenario, base_date=YEAR_BEFORE, overlays=overlays)


def told(found: Falls) -> tuple[set[str], set[str], dict[str, set[str]]]:
    further = {str(one.thing): set(one.apps) for one in found.further or ()}
    down, degraded = ({hit.thing.id.name for hit in hits} for hits in (found.down, found.degraded))
    return down, degraded, further


def retire() -> None:
    record.update(Device.objects.get(name="h3"), {"cluster": None}, by=TESTER)


def add() -> None:
    one = Device.objects.get(name="h1")
    make(
        Device,
        name="h4",
        rack=make(Rack, name="R4", site=one.site),
        site=one.site,
        cluster=one.cluster,
        **HOST,
    )


def grow() -> None:
    for machine in VirtualMachine.objects.filter(cluster__name="KVM"):
        record.update(machine, {"memory_mib": 8192}, by=TESTER)


def grow_and_add() -> None:
    grow()
    add()


CARRIED_OUT: dict[str, tuple[list[dict[str, Any]], Callable[[], None], set[str]]] = {
    "retire": (
        [{"kind": "retire_hosts", "cluster": "KVM", "hosts": ["h3"]}],
        retire,
        {"host:h2", "rack:R2"},
    ),
    "grow": ([TWICE], grow, {"host:h2", "rack:R2", "host:h3", "rack:R3"}),
    "grow and add": (
        [TWICE, {"kind": "add_hosts", "cluster": "KVM", "like": "h1"}],
        grow_and_add,
        set(),
    ),
}


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize("name", CARRIED_OUT)
def test_what_was_foretold_to_fall_falls(name: str) -> None:
    entries, deed, stopping = CARRIED_OUT[name]
    row, lost = scenario(LOST, *entries), [Ref.parse("rack:R1")]
    assert told(falls_of(None, DAY, lost))[2] == {}, "any one host more may fail in the record"
    foretold = told(falls_of(row, DAY))
    deed()
    assert told(falls_of(None, DAY, lost)) == foretold
    assert set(foretold[2]) == stopping


@pytest.mark.usefixtures("estate")
def test_a_lost_rack_and_a_lapsed_grant_fail_and_the_next_host_stops_the_rest(
    admin_client: Client,
) -> None:
    api = client_of(make_user("planner", is_superuser=True))
    row = scenario(
        TWICE,
        LOST,
        {"kind": "lapse_grant", "allocation": "G1"},
    )
    address = f"{SCENARIOS}/{row.pk}/impact/"
    answer = api.get(address, {"on": "2027-01-01"}).json()
    assert answer["failed"] == ["rack:R1", "allocation:G1"]
    assert [one["app"] for one in answer["apps_down"]] == ["G"]
    assert [one["app"] for one in answer["apps_degraded"]] == [*"ABCD"]
    assert {one["thing"] for one in answer["further"]} == {
        "host:h2",
        "host:h3",
        "rack:R2",
        "rack:R3",
    }
    assert all(one["apps_down"] == [*"ABCD"] for one in answer["further"])
    back = api.get(address, {"on": "2027-02-01"}).json()
    assert (back["failed"], back["apps_degraded"]) == (["allocation:G1"], [])
    beside = api.get(address, {"on": "2027-01-01", "failed": "host:h2"}).json()
    assert [one["app"] for one in beside["apps_down"]] == [*"ABCDG"]
    page = admin_client.get(f"{page_of(row)}result/", {"on": "2027-01-01", "failed": "host:h2"})
    text = page.content.decode()
    assert ">A</a>" in text
    assert "rack:R1 · allocation:G1 · host:h2" in text
    wrong = api.get(address, {"failed": "host:gone"})
    assert (wrong.status_code, "host:gone" in wrong.json()["detail"]) == (404, True)

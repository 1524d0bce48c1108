"""Applying a scenario for real gives the figures that the scenario gave.

Each kind of overlay is carried out in the record by the product's own actions; then ledgers, N+1
and plan of the record are those that the scenario foretold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db.models import Model

from dcim.actions import record
from dcim.actions.scenarios.standings import standing_of
from dcim.planning.scenarios.standing import Standing, difference
from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.places.racks import Rack
from dcim.record.planner.allocations import Allocation, Provider
from dcim.record.planner.scenarios import Scenario
from dcim.record.planner.service_apps import AppDependency, ServiceApp, Workload
from tests.factories import TESTER, make

pytestmark = pytest.mark.django_db
BASE, DAY = date(2026, 12, 1), date(2027, 12, 1)
HOST = {"cpu_cores": 8, "memory_mib": 16_384, "storage_gib": 500}
SMALL = {"vcpus": 2, "memory_mib": 4096, "storage_gib": 50}


def change(model: type[Model], name: str, by: str = "name", **values: Any) -> None:
    record.update(model._default_manager.get(**{by: name}), values, by=TESTER)


@pytest.fixture
def estate(db: None) -> None:
    """Two hosts in two racks, a grant, an app on each, one that is broken and two without room."""
    cluster = make(Cluster, name="KVM", host_failures_to_survive=1)
    for n in (1, 2):
        rack = make(Rack, name=f"R{n}")
        make(Device, name=f"kvm-h{n}", rack=rack, site=rack.site, cluster=cluster, **HOST)
    pdn = make(Provider, slug="pdn", kind="pdn")
    grant = make(
        Allocation, reference="G1", provider=pdn, vcpus=4, memory_mib=8192, storage_gib=100,
        valid_until=date(2028, 6, 30),
    )  # fmt: skip
    elsewhere = make(Cluster, name="PDN")
    for code, host in (("A", "kvm-h1"), ("B", "kvm-h2"), ("G", None)):
        place = {"allocation": grant, "cluster": elsewhere}
        if host:
            place = {"cluster": cluster, "device": Device.objects.get(name=host)}
        machine = make(
            VirtualMachine, name=code.lower(), vcpus=2, memory_mib=4096, disk_mb=50_000, **place
        )
        app = make(ServiceApp, code=code)
        make(Workload, app=app, name="web", virtual_machines=[machine], **SMALL)
    for code, fields in (
        ("OLD", {"blocker": "code", "verdict": "repair"}),
        ("SRV", {"blocker": "server"}),
        ("BIG", {"blocker": "server"}),
    ):
        app = make(ServiceApp, code=code, status="inactive", **fields)
        size = {name: 3 * amount for name, amount in SMALL.items()} if code == "BIG" else SMALL
        make(Workload, app=app, name="web", **size)


def add_hosts() -> None:
    device = Device.objects.get(name="kvm-h1")
    make(Device, name="kvm-whatif", site=device.site, cluster=device.cluster, **HOST)


def out(status: str) -> None:
    change(VirtualMachine, "a", device=None)
    change(Device, "kvm-h1", status=status)


def grow() -> None:
    for machine in VirtualMachine.objects.all():
        names = ("vcpus", "memory_mib", "disk_mb")
        larger = {name: 2 * (getattr(machine, name) or 0) for name in names}
        record.update(machine, larger, by=TESTER)


def add_app() -> None:
    app = make(ServiceApp, code="NEW", status="inactive", blocker="server", users_per_month=900)
    make(AppDependency, app=app, needs=ServiceApp.objects.get(code="SRV"))
    make(Workload, app=app, name="web", instances_wanted=2, vcpus=1, memory_mib=1024)


KINDS: list[tuple[dict[str, Any], Callable[[], object]]] = [
    ({"kind": "add_hosts", "cluster": "KVM", "like": "kvm-h1"}, add_hosts),
    ({"kind": "retire_hosts", "cluster": "KVM", "hosts": ["kvm-h1"]}, lambda: out("offline")),
    ({"kind": "lose", "things": ["host:kvm-h1"]}, lambda: out("failed")),
    ({"kind": "lose", "things": ["rack:R1"]}, lambda: out("failed")),
    (
        {"kind": "new_grant", "reference": "G2", "provider": "pdn",
         "amounts": {"VCPU": 8, "MEMORY_MIB": 16384, "STORAGE_GIB": 200}},
        lambda: make(
            Allocation, reference="G2", provider=Provider.objects.get(), valid_from=BASE,
            vcpus=8, memory_mib=16384, storage_gib=200,
        ),
    ),
    (
        {"kind": "change_grant", "allocation": "G1", "until": "2029-12-31",
         "amounts": {"VCPU": 8, "MEMORY_MIB": 16384, "STORAGE_GIB": 200}},
        lambda: change(
            Allocation, "G1", "reference", valid_until=date(2029, 12, 31),
            vcpus=8, memory_mib=16384, storage_gib=200,
        ),
    ),
    (
        {"kind": "lapse_grant", "allocation": "G1"},
        lambda: change(Allocation, "G1", "reference", valid_until=date(2026, 11, 30)),
    ),
    ({"kind": "grow", "percent_per_year": 100.0}, grow),
    (
        {"kind": "change_cluster", "cluster": "KVM", "vcpu_allocation_ratio": 4.0,
         "host_failures_to_survive": 0,
         "reserved": {"VCPU": 1, "MEMORY_MIB": 1024, "STORAGE_GIB": 10}},
        lambda: change(
            Cluster, "KVM", vcpu_allocation_ratio=4, host_failures_to_survive=0,
            reserved_vcpus=1, reserved_memory_mib=1024, reserved_storage_gib=10,
        ),
    ),
    (
        {"kind": "cure", "apps": ["OLD"]},
        lambda: change(ServiceApp, "OLD", "code", blocker="", verdict="revive"),
    ),
    (
        {"kind": "add_app", "code": "NEW", "users_per_month": 900, "needs": ["SRV"],
         "tiers": [{"name": "web", "vcpus": "1", "memory_mib": 1024, "instances_wanted": 2}]},
        add_app,
    ),
]  # fmt: skip


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize(("entry", "deed"), KINDS, ids=[one["kind"] for one, _ in KINDS])
def test_what_was_foretold_comes_true(entry: dict[str, Any], deed: Callable[[], object]) -> None:
    row = make(Scenario, base_date=BASE, overlays=[{**entry, "on": str(BASE)}])
    before, foretold = standing_of(None, DAY), standing_of(row, DAY)
    assert not difference(before, foretold).is_empty
    deed()
    assert bare(standing_of(None, DAY)) == bare(foretold)


def bare(one: Standing) -> Standing:
    """Without what tells only from which state of the record it is, and who owns an app."""
    apps = tuple(replace(app, owner="", name="") for app in one.plan.apps)
    return replace(one, plan=replace(one.plan, base_serial=0, digest="", apps=apps))

"""The sample: what is in it, that it holds together, and that each load gives the same."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from dcim.actions.requests.deeds import DEEDS
from dcim.actions.requests.given import Given
from dcim.actions.sample.paser import Loaded, load_paser
from dcim.actions.sample.placing import Seat, Shelf, place
from dcim.graph.failures.impact import impact
from dcim.graph.failures.restoring import Restoration, restorable
from dcim.graph.load.record import current_graph
from dcim.planning.load.record import load_snapshot
from dcim.planning.reactivation.plan import plan_reactivation
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.rules import violations
from dcim.record.equipment.cables import CableTermination
from dcim.record.equipment.devices import Device, Interface
from dcim.record.equipment.power import PowerPort
from dcim.record.log.changes import ChangeLink, ObjectChange
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.people.organisation import Tenant
from dcim.record.places.racks import Rack
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.requests import AllocationRequest
from dcim.record.planner.service_apps import AppDependency, ServiceApp, Workload
from dcim.vocabulary.amounts import Amounts, total
from dcim.vocabulary.choices import Obstacle
from dcim.vocabulary.choices_requests import RequestDeed
from dcim.vocabulary.errors import DoesNotFit, Refused
from dcim.vocabulary.things import Ref
from tests.factories import TESTER
from tests.requests import approver

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def sample(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Loaded]:
    """The loaded sample, taken back when the module's tests are through."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load_paser(by=TESTER)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def record(sample: Loaded, db: None) -> None:
    """Each test sees the loaded sample."""


def amounts_of(machines: list[VirtualMachine]) -> Amounts:
    return total(one.amounts for one in machines)


def machines_on(host: Device) -> list[VirtualMachine]:
    return list(host.virtual_machines.all())


def hosts_of(name: str) -> list[Device]:
    return list(Device.objects.filter(cluster__name=name).select_related("device_type", "rack"))


def test_it_has_the_offices_apps_and_dependencies_of_the_register() -> None:
    assert (Tenant.objects.count(), ServiceApp.objects.count()) == (43, 94)
    assert AppDependency.objects.count() == 226
    assert ServiceApp.objects.filter(status="active").count() == 63


def test_it_has_two_sites_with_six_racks_and_fourteen_hosts() -> None:
    racks = ["DRC-R01", "DRC-R02", "PDR-R01", "PDR-R02", "PDR-R03", "PDR-R04"]
    assert sorted(Rack.objects.values_list("name", flat=True)) == racks
    assert (len(hosts_of("PDR-KVM")), len(hosts_of("DRC-KVM"))) == (10, 4)


def test_tiers_ask_what_the_register_states_exactly() -> None:
    tiers = Workload.objects.all()
    assert sum(one.vcpus * one.instances_wanted for one in tiers) == 374
    assert sum(one.memory_mib * one.instances_wanted for one in tiers) == 916 * 1024
    assert sum(one.storage_gib * one.instances_wanted for one in tiers) == 35_210


@pytest.mark.parametrize(
    ("cluster", "status", "amounts"),
    [
        (("PDR-KVM", "DRC-KVM"), "active", Amounts(202, 552 * 1024, 25_510)),
        (("PDR-KVM", "DRC-KVM"), "offline", Amounts(52, 104 * 1024, 2_820)),
        (("PDN",), "active", Amounts(38, 88 * 1024, 1_670)),
        (("AWAN-NUSA",), "active", Amounts(22, 44 * 1024, 1_260)),
    ],
)
def test_machines_take_what_the_register_says_runs_there(
    cluster: tuple[str, ...], status: str, amounts: Amounts
) -> None:
    machines = VirtualMachine.objects.filter(cluster__name__in=cluster, status=status)
    assert amounts_of(list(machines)) == amounts


def test_every_instance_of_a_running_tier_has_a_machine() -> None:
    tiers = Workload.objects.filter(app__status="active").prefetch_related("virtual_machines")
    assert all(one.virtual_machines.count() == one.instances_wanted for one in tiers)


def test_every_machine_fits_on_its_host() -> None:
    for host in (*hosts_of("PDR-KVM"), *hosts_of("DRC-KVM")):
        used, has = amounts_of(machines_on(host)), host.capacity
        assert used.fits_in(Amounts(has.vcpus * 4, has.memory_mib, has.storage_gib)), host


def test_instances_that_must_be_apart_share_neither_host_nor_rack() -> None:
    for tier in Workload.objects.filter(anti_affinity=True, virtual_machines__isnull=False):
        hosts = [one.device for one in tier.virtual_machines.all() if one.device is not None]
        racks = {host.rack_id for host in hosts}
        assert len(racks) == len(hosts), tier


@pytest.mark.parametrize("cluster", ["PDR-KVM", "DRC-KVM"])
def test_the_machines_of_any_one_host_fit_on_the_others(cluster: str) -> None:
    hosts = hosts_of(cluster)
    for lost in hosts:
        rest = [shelf_of(host) for host in hosts if host != lost]
        place([seat_of(machine) for machine in machines_on(lost)], rest)


def seat_of(machine: VirtualMachine) -> Seat:
    return Seat(machine.name, amounts_of([machine]))


def shelf_of(host: Device) -> Shelf:
    has = host.capacity
    room = Amounts(has.vcpus * 4, has.memory_mib - 6 * 1024, has.storage_gib)
    return Shelf(str(host), str(host.rack), room - amounts_of(machines_on(host)))


def test_reviving_every_idle_app_does_not_fit_here() -> None:
    idle = Workload.objects.filter(app__status="inactive").exclude(app__blocker="superseded")
    asked = sum(one.memory_mib * one.instances_wanted for one in idle)
    running = amounts_of(list(VirtualMachine.objects.filter(status="active", device__isnull=False)))
    usable = (9 + 3) * 58 * 1024  # one host of each cluster is the reserve
    assert running.memory_mib < usable < running.memory_mib + asked


def test_every_host_has_two_supplies_on_two_feeds_and_two_uplinks_to_two_switches() -> None:
    for host in Device.objects.filter(role__slug="server"):
        assert {feed_of(port) for port in host.powerports.all()} == {
            f"{host.rack}-A",
            f"{host.rack}-B",
        }
        assert len({switch_of(port) for port in host.interfaces.all()}) == 2


def other_end(termination: CableTermination) -> CableTermination:
    return CableTermination.objects.filter(cable=termination.cable).exclude(pk=termination.pk).get()


def feed_of(port: PowerPort) -> str:
    outlet = other_end(port.termination).power_outlet
    assert outlet is not None
    assert outlet.power_port is not None
    return str(other_end(outlet.power_port.termination).power_feed)


def switch_of(port: Interface) -> str:
    end = other_end(port.termination).interface
    assert end is not None
    return str(end.device)


def test_every_switch_of_a_rack_leads_to_two_core_switches() -> None:
    for switch in Device.objects.filter(role__slug="switch"):
        above = [switch_of(port) for port in switch.interfaces.filter(termination__isnull=False)]
        assert sum(name.endswith("CORE") for name in above) == 2


def test_a_pair_of_feeds_carries_its_rack_when_one_of_them_fails() -> None:
    for rack in Rack.objects.all():
        ports = PowerPort.objects.filter(device__rack=rack, device__role__slug__in=LOADS)
        drawn = sum(port.allocated_draw_w or 0 for port in ports)
        assert drawn <= 0.8 * 230 * 32


LOADS = ("server", "switch", "core-switch")


def test_a_grant_covers_what_draws_on_it() -> None:
    for grant in Allocation.objects.all():
        assert amounts_of(list(grant.virtual_machines.all())).fits_in(grant.granted)


def restored(*failed: str) -> dict[str, Restoration]:
    found = restorable(impact(current_graph(), [Ref.parse(one) for one in failed]), timezone.now())
    return {one.app.name: one for one in found.apps}


def test_its_requests_show_the_way_from_an_ask_to_an_offer() -> None:
    found = {one.number: one for one in AllocationRequest.objects.prefetch_related("lines")}
    assert {number: (one.status, one.steps.count()) for number, one in found.items()} == {
        "PK-2026-001": ("countered", 4),
        "PK-2026-002": ("submitted", 2),
    }
    asked = found["PK-2026-001"].lines.all()
    assert total(one.asked for one in asked) == Amounts(8, 16 * 1024, 250)
    assert total(one.countered or Amounts() for one in asked) == Amounts(6, 12 * 1024, 200)
    DEEDS[RequestDeed.ACCEPT](found["PK-2026-001"], Given(), by=approver())
    assert Allocation.objects.get(letter_number="B-212/PDN/2026").vcpus == 6


def test_the_loss_of_the_main_site_tells_apps_that_come_back_from_those_that_do_not() -> None:
    apps = restored("site:Pusat Data Paser")
    assert {apps[code].obstacle for code in ("DNS", "DBC", "SSO", "SIMPEG", "PBB")} == {None}
    assert apps["SIMPEG"].age_hours is not None
    assert 9 <= apps["SIMPEG"].age_hours <= 20
    assert apps["SIMBADA"].obstacle is Obstacle.SAME_PLACE
    assert apps["MPP"].obstacle is Obstacle.NEVER_SUCCEEDED
    assert apps["OPAC"].obstacle is Obstacle.NO_COPY
    (source,) = {one.source for one in apps["SIMWASDA"].tiers[:1]}
    assert source is not None
    assert (source.is_overdue, source.copy.last_restore_test) == (True, None)


def test_the_loss_of_the_pdn_leaves_what_is_copied_here() -> None:
    apps = restored("provider:pdn")
    told = {code: one.obstacle for code, one in apps.items()}
    assert (told["PORTAL"], told["SATUDATA"]) == (None, Obstacle.SAME_PLACE)
    assert "SIMPEG" not in told


def test_the_clusters_say_how_they_fail() -> None:
    assert Cluster.objects.get(name="DRC-KVM").is_ha
    assert not Cluster.objects.get(name="PDR-KVM").is_ha


def test_a_lost_feed_stops_nothing_and_a_lost_rack_stops_some_apps_but_not_the_shared_ones() -> (
    None
):
    graph = current_graph()
    feed = Ref.parse("feed:Pusat Data Paser/Panel A/PDR-R01-A")
    assert not impact(graph, [feed]).apps_down
    down = {hit.thing.name for hit in impact(graph, [Ref.parse("rack:PDR-R01")]).apps_down}
    assert "SIMPEG" in down
    assert not down & {"DNS", "DBC", "SSO"}


def test_everything_in_it_is_in_the_change_log(sample: Loaded) -> None:
    created = ObjectChange.objects.filter(action="create")
    assert created.filter(changed_object_type="virtualization.virtualmachine").count() == 139
    assert set(created.values_list("user_name", flat=True)) == {"system"}
    assert sample.serial == ChangeLink.objects.get().number == 1


def test_a_second_load_is_refused_with_a_way_out() -> None:
    with pytest.raises(Refused, match="empty record"):
        load_paser(by=TESTER)


def test_a_machine_without_room_is_refused_by_name() -> None:
    shelf = Shelf("h1", "R1", Amounts(4, 4096, 100))
    with pytest.raises(DoesNotFit, match="besar"):
        place([Seat("besar", Amounts(1, 8192, 10))], [shelf])


@pytest.mark.once
def test_two_loads_into_two_empty_databases_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("satu", "dua"):
        for command in (
            ["migrate", "--skip-checks"],
            ["load_sample", "paser"],
            ["snapshot", f"{tmp_path}/{name}"],
        ):
            manage(*command, folder=tmp_path / f"data-{name}")
    assert (tmp_path / "satu").read_bytes() == (tmp_path / "dua").read_bytes()


def manage(*command: str, folder: Path) -> None:
    given = {**os.environ, "LUMBUNG_DATA": str(folder)}
    given.pop("DATABASE_URL", None)
    run = [sys.executable, "manage.py", *command]
    subprocess.run(run, cwd=ROOT, env=given, check=True, capture_output=True, timeout=120)


@pytest.mark.parametrize("stance", Stance)
def test_its_plans_break_no_rule(stance: Stance) -> None:
    plan = plan_reactivation(load_snapshot(), stance)
    assert violations(plan) == []
    known = {app.code: app for app in plan.apps}
    assert known["SIMPEG"].backup_copies
    assert known["SIMPEG"].needed_by
    drawn = {vm.allocation for target in plan.targets for vm in target.vms} - {None}
    assert {grant.name for grant in plan.grants} >= drawn

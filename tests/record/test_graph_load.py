"""What the record says of dependencies."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dcim.actions import record
from dcim.graph.failures.impact import impact
from dcim.graph.graph import DependencyGraph
from dcim.graph.load.record import current_graph, load_graph
from dcim.record.equipment.devices import Device
from dcim.record.equipment.power import PowerFeed, PowerPanel, PowerPort
from dcim.record.log.changes import ChangeLink
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.people.organisation import Tenant
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Location, Site
from dcim.record.planner.allocations import Allocation, Provider
from dcim.record.planner.service_apps import AppDependency, ServiceApp
from dcim.vocabulary.things import Ref, ThingKind
from tests.factories import TESTER, make
from tests.recorded_graphs import app, device, needs, power, uplink

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
QUERIES = 23
ROOM = {"memory_mib": 64_000, "storage_gib": 4_000}


def test_an_app_rests_on_its_tier_and_the_only_machine_that_carries_it() -> None:
    app("SIMPEG", make(VirtualMachine, name="v1"))
    assert {"app:SIMPEG -> workload:SIMPEG/web", "workload:SIMPEG/web -> vm:v1"} <= needs()


def test_a_tier_with_a_machine_to_spare_is_a_group() -> None:
    app("SIMPEG", *(make(VirtualMachine, name=f"v{n}") for n in "123"), needed=2)
    assert "workload:SIMPEG/web -> group:instances/workload:SIMPEG/web" in needs()
    (group,) = load_graph().to_facts().groups
    assert (group.needed, group.label) == (2, "instances")


def test_a_tier_with_fewer_machines_than_it_needs_rests_on_all_of_them() -> None:
    app("SIMPEG", make(VirtualMachine, name="v1"), needed=2)
    assert "workload:SIMPEG/web -> vm:v1" in needs()


def test_a_machine_that_does_not_run_is_no_redundancy() -> None:
    app("SIMPEG", make(VirtualMachine, name="v1"), make(VirtualMachine, name="v2", status="failed"))
    assert "workload:SIMPEG/web -> vm:v1" in needs()


def test_machines_that_are_all_switched_off_are_what_the_tier_rests_on() -> None:
    app("SIMPEG", make(VirtualMachine, name="v1", status="offline"))
    assert "workload:SIMPEG/web -> vm:v1" in needs()


def test_apps_rest_on_apps_hard_or_soft() -> None:
    a, b, c = (make(ServiceApp, code=code) for code in "ABC")
    make(AppDependency, app=a, needs=b)
    make(AppDependency, app=a, needs=c, hardness="soft")
    assert needs() == {"app:A -> app:B", "app:A -> ~app:C"}


def test_apps_that_need_each_other_are_loaded_as_they_are() -> None:
    a, b = (make(ServiceApp, code=code) for code in "AB")
    make(AppDependency, app=a, needs=b)
    make(AppDependency, app=b, needs=a)
    assert needs() == {"app:A -> app:B", "app:B -> app:A"}


def test_an_app_without_machines_rests_on_its_provider_while_it_is_active() -> None:
    ministry = make(Provider, slug="ministry")
    app("SIAK", provider=ministry)
    app("OLD", provider=ministry, status="inactive")
    found = needs()
    assert "app:SIAK -> provider:ministry" in found
    assert "app:OLD -> provider:ministry" not in found


def test_a_machine_rests_on_its_cluster_and_host() -> None:
    cluster = make(Cluster, name="K")
    host = device("server", "h1", cluster=cluster)
    make(VirtualMachine, name="v1", cluster=cluster, device=host)
    assert {"vm:v1 -> cluster:K", "vm:v1 -> host:h1"} <= needs()


def test_a_machine_whose_host_is_not_recorded_is_on_one_of_them() -> None:
    cluster = make(Cluster, name="K")
    for name in ("h1", "h2"):
        device("server", name, cluster=cluster)
    make(VirtualMachine, name="v1", cluster=cluster)
    assert {"vm:v1 -> group:hosts/vm:v1", "group:hosts/vm:v1 -> host:h2"} <= needs()


def test_a_cluster_that_restarts_machines_needs_as_many_hosts_as_its_load() -> None:
    cluster = make(Cluster, name="K", is_ha=True, memory_allocation_ratio=Decimal(1))
    hosts = [device("server", f"h{n}", cluster=cluster, memory_mib=64_000) for n in range(4)]
    for n in range(3):
        make(VirtualMachine, name=f"v{n}", cluster=cluster, device=hosts[n], memory_mib=50_000)
    assert "cluster:K -> group:hosts/cluster:K" in needs()
    assert "vm:v0 -> host:h0" not in needs()
    assert [group.needed for group in load_graph().to_facts().groups] == [3]


def test_a_hundredth_of_a_cpu_counts_as_a_whole_one() -> None:
    cluster = make(Cluster, name="K", is_ha=True, vcpu_allocation_ratio=Decimal(1))
    for n in range(3):
        device("server", f"h{n}", cluster=cluster, cpu_cores=3, **ROOM)
    for vcpus in ("2.01", "1"):
        make(VirtualMachine, cluster=cluster, vcpus=Decimal(vcpus))
    assert [group.needed for group in load_graph().to_facts().groups] == [2]


def test_a_host_that_does_not_run_is_not_counted() -> None:
    cluster = make(Cluster, name="K", is_ha=True)
    device("server", "h1", cluster=cluster)
    device("server", "h2", cluster=cluster, status="failed")
    assert "cluster:K -> host:h1" in needs()


def test_a_machine_on_a_grant_rests_on_it_and_on_the_provider() -> None:
    pdn = make(Provider, slug="pdn")
    grant = make(Allocation, reference="PDN-1", provider=pdn)
    cluster = make(Cluster, name="PDN", provider=pdn)
    make(VirtualMachine, name="v1", cluster=cluster, allocation=grant)
    assert needs() == {
        "vm:v1 -> allocation:PDN-1",
        "vm:v1 -> cluster:PDN",
        "allocation:PDN-1 -> provider:pdn",
        "cluster:PDN -> provider:pdn",
    }


def test_places_stand_in_each_other() -> None:
    site = make(Site, name="S")
    building = make(Location, site=site, name="B")
    room = make(Location, site=site, name="R", parent=building)
    rack = make(Rack, site=site, location=room, name="R1")
    device("server", "h1", site=site, rack=rack)
    device("switch", "s1", site=site)
    assert needs() == {
        "location:S/B -> site:S",
        "location:S/R -> location:S/B",
        "rack:R1 -> location:S/R",
        "host:h1 -> rack:R1",
        "switch:s1 -> site:S",
    }


def test_namesakes_are_told_apart_by_their_place() -> None:
    for place in ("X", "Y"):
        make(Rack, site=make(Site, name=place), name="R1")
    make(Rack, name="R2")
    names = {thing.name for thing in load_graph().to_facts().things if thing.kind == "rack"}
    assert names == {"X/R1", "Y/R1", "R2"}


def test_namesakes_of_different_kinds_are_told_apart() -> None:
    """A cluster that restarts machines, and a machine of its name somewhere else without a host."""
    ours, other = make(Cluster, name="kvm", is_ha=True), make(Cluster, name="other")
    for cluster, names in ((ours, ("h1", "h2")), (other, ("h3", "h4"))):
        for name in names:
            device("server", name, cluster=cluster)
    make(VirtualMachine, name="kvm", cluster=other)
    assert {"cluster:kvm -> group:hosts/cluster:kvm", "vm:kvm -> group:hosts/vm:kvm"} <= needs()


def names_of(kind: str) -> set[str]:
    needs()  # the facts make a graph
    return {thing.name for thing in load_graph().to_facts().things if thing.kind == kind}


def test_a_slash_in_a_name_makes_no_namesakes() -> None:
    panels = [
        make(PowerPanel, site=make(Site, name=site), name=name)
        for site, name in (("A/B", "C"), ("A", "B/C"))
    ]
    for panel in panels:
        make(PowerFeed, power_panel=panel, name="1")
        make(Location, site=panel.site, name=panel.name)
    assert [len(names_of(kind)) for kind in ("panel", "feed", "location")] == [2, 2, 2]


def test_ports_whose_names_join_to_the_same_are_told_apart() -> None:
    for name, port in (("h", "1/A"), ("h/1", "A")):
        make(PowerPort, device=device("server", name), name=port)
    assert len(names_of("psu")) == 2


def test_machines_without_a_place_of_their_own_are_told_apart_by_their_number() -> None:
    cluster = make(Cluster, name="K")
    one = make(VirtualMachine, name="web", cluster=cluster)
    other = make(VirtualMachine, name="web", cluster=cluster, tenant=make(Tenant))
    lookalike = make(VirtualMachine, name=f"K/web#{one.pk}", cluster=cluster)
    assert len(names_of("vm")) == 3
    assert f"K/web#{other.pk}" in names_of("vm")
    assert lookalike.pk != one.pk


def test_a_thing_knows_its_row() -> None:
    rack = make(Rack, name="R1")
    thing = load_graph().thing_of_row(ThingKind.RACK, rack.pk)
    assert thing is not None
    assert (thing.name, thing.pk) == ("R1", rack.pk)


def test_a_device_that_carries_no_app_is_left_out() -> None:
    device("camera", "cam")
    assert not any(thing.name == "cam" for thing in load_graph().to_facts().things)


def test_the_number_of_queries_does_not_grow(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    power(device("server", "h0"), "AB")
    for code in "XYZ":
        app(code, make(VirtualMachine), make(VirtualMachine))
    with django_assert_num_queries(QUERIES):
        load_graph().to_facts()


def test_the_graph_names_the_newest_change_and_sees_it() -> None:
    make(ServiceApp, code="A")
    newest = ChangeLink.objects.latest("number").number
    graph = current_graph()
    assert graph.serial == newest
    assert Ref.parse("app:A") in graph


def test_an_empty_record_is_an_empty_graph() -> None:
    assert (len(current_graph()), current_graph().serial) == (0, 0)


def test_a_rack_takes_down_all_that_is_in_it() -> None:
    cluster, rack = make(Cluster, name="K"), make(Rack, name="R1")
    host = device("server", "h1", cluster=cluster, rack=rack, site=rack.site)
    app("SIMPEG", make(VirtualMachine, cluster=cluster, device=host))
    answer = impact(current_graph(), [Ref.parse("rack:R1")])
    assert [hit.thing.name for hit in answer.apps_down] == ["SIMPEG"]


@pytest.mark.django_db(transaction=True)
def test_one_graph_is_kept_until_something_changes() -> None:
    one = make(ServiceApp, code="A")
    graph = current_graph()
    assert current_graph() is graph
    record.update(one, {"status": "inactive"}, by=TESTER)
    assert current_graph().serial > graph.serial


@pytest.mark.django_db(transaction=True)
def test_threads_share_one_graph() -> None:
    make(ServiceApp, code="A")
    found: list[DependencyGraph] = []
    threads = [Thread(target=ask, args=(found,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(graph is found[0] for graph in found)


def ask(found: list[DependencyGraph]) -> None:
    found.append(current_graph())
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_an_edit_reads_again_only_what_it_changed() -> None:
    one = app("A", make(VirtualMachine, name="v1"))
    current_graph()
    record.update(one, {"name": "Another"}, by=TESTER)
    with CaptureQueriesContext(connection) as asked:
        thing = current_graph().things(ThingKind.APP)[0]
    assert thing.label == "Another"
    read = {
        name for name in ("serviceapp", "virtualmachine") if f'"dcim_{name}"' in str(list(asked))
    }
    assert read == {"serviceapp"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("edit", ["link", "cable", "role", "delete"])
def test_an_edit_gives_the_graph_that_reading_all_gives(edit: str) -> None:
    host, switch = device("server", "h1"), device("switch", "s1")
    machine = make(VirtualMachine, name="v1", cluster=None, site=host.site, device=host)
    one = app("A", machine)
    current_graph()
    EDITS[edit](one, host, switch)
    assert current_graph().to_facts() == load_graph().to_facts()


EDITS: dict[str, Callable[[ServiceApp, Device, Device], object]] = {
    "link": lambda one, host, switch: record.update(
        one.workloads.get(), {"virtual_machines": []}, by=TESTER
    ),
    "cable": lambda one, host, switch: uplink(host, switch),
    "role": lambda one, host, switch: record.update(switch.role, {"slug": "other"}, by=TESTER),
    "delete": lambda one, host, switch: record.delete(switch, by=TESTER),
}

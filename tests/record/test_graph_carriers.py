"""What tiers rest on: machines and devices, here and at providers, fewer than needed or enough."""

from __future__ import annotations

import pytest

from dcim.graph.failures.impact import impact
from dcim.graph.load.record import load_graph
from dcim.graph.needs.findings import FindingKind, findings
from dcim.graph.needs.requirements import requirements
from dcim.graph.needs.shortfalls import shortfalls
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Site
from dcim.record.planner.allocations import Provider
from dcim.record.planner.service_apps import AppDependency
from dcim.vocabulary.things import Ref
from tests.factories import make
from tests.recorded_graphs import app, device, needs

pytestmark = pytest.mark.django_db


def state_of(thing: str, *failed: str) -> str:
    found = impact(load_graph(), [Ref.parse(one) for one in failed])
    return found.state_of(Ref.parse(thing)).value


def site_of(*providers: str, name: str) -> Site:
    """A site of providers with these slugs."""
    site = make(Site, name=name)
    for slug in providers:
        make(Provider, slug=slug, sites=[site])
    return site


def test_a_device_may_carry_a_tier_by_itself() -> None:
    app("SIMPEG", devices=[device("appliance", "d1", site=make(Site, name="S"))])
    assert {"workload:SIMPEG/web -> host:d1", "host:d1 -> site:S"} <= needs()


def test_two_hosts_of_which_one_is_at_the_pdn_are_a_group() -> None:
    here, there = make(Site, name="S"), site_of("pdn", name="PDN")
    hosts = [device("server", "h1", site=here), device("server", "h2", site=there)]
    app("SIMPEG", devices=hosts)
    assert {"group:instances/workload:SIMPEG/web -> host:h2", "site:PDN -> provider:pdn"} <= needs()
    assert state_of("app:SIMPEG", "provider:pdn") == "degraded"
    assert state_of("app:SIMPEG", "provider:pdn", "site:S") == "down"


def test_a_tier_counts_machines_and_devices_together() -> None:
    machine = make(VirtualMachine, name="v1", cluster=make(Cluster, name="K"))
    hosts = [device("server", name) for name in ("h1", "h2")]
    app("SIMPEG", machine, devices=hosts, needed=2)
    assert state_of("app:SIMPEG", "cluster:K") == "degraded"
    assert state_of("app:SIMPEG", "cluster:K", "host:h2") == "down"


def test_a_device_that_does_not_run_is_no_redundancy() -> None:
    app("SIMPEG", make(VirtualMachine, name="v1"), devices=[device("server", "h", status="failed")])
    assert "workload:SIMPEG/web -> vm:v1" in needs()


def test_a_lost_provider_takes_all_that_stands_in_its_sites() -> None:
    rack = make(Rack, site=site_of("pdn", name="PDN"), name="R9")
    app("SIMPEG", devices=[device("server", "h1", site=rack.site, rack=rack)])
    assert state_of("rack:R9", "provider:pdn") == "down"
    assert state_of("app:SIMPEG", "provider:pdn") == "down"


def test_a_site_of_two_providers_stands_while_one_does() -> None:
    site_of("pdn", "awan", name="S")
    assert state_of("site:S", "provider:pdn") == "degraded"
    assert state_of("site:S", "provider:pdn", "provider:awan") == "down"


def short() -> list[tuple[str, int, int]]:
    return [(one.tier.name, one.needed, one.working) for one in shortfalls(load_graph())]


def test_a_tier_with_fewer_instances_than_it_needs_is_found() -> None:
    app("FEW", make(VirtualMachine, name="v1"), needed=2)
    app("NONE")
    app("OFF", make(VirtualMachine, name="v2", status="offline"))
    app("OK", make(VirtualMachine), devices=[device("server", "h1")], needed=2)
    assert short() == [("FEW/web", 2, 1), ("NONE/web", 1, 0), ("OFF/web", 1, 0)]
    told = findings(load_graph()).of_kind(FindingKind.TIER_SHORT)
    assert [one.subject.name for one in told] == ["FEW/web"]


def test_an_app_that_does_not_run_lacks_no_instances() -> None:
    app("OLD", status="inactive")
    app("NEW", status="planned")
    assert short() == []


def test_an_app_is_told_of_what_lacks_below_it() -> None:
    one, other = app("A", make(VirtualMachine)), app("B")
    make(AppDependency, app=one, needs=other)
    below = requirements(load_graph(), Ref.parse("app:A"))
    assert [str(one.tier.id) for one in below.shortfalls] == ["workload:B/web"]

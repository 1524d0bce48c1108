"""What rests on what by the network: uplinks of hosts, and the way out of a network."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from dcim.actions.cables import connect
from dcim.graph.failures.impact import impact
from dcim.graph.load.record import load_graph
from dcim.record.equipment.devices import Device, Interface
from dcim.vocabulary.things import Ref
from tests.factories import TESTER, make
from tests.recorded_graphs import device, needs, uplink

pytestmark = pytest.mark.django_db


def test_uplinks_to_two_switches_are_a_group() -> None:
    host = device("server", "h1")
    uplink(host, device("switch", "s1"))
    uplink(host, device("switch", "s2"))
    assert {"host:h1 -> group:uplinks/host:h1", "group:uplinks/host:h1 -> switch:s2"} <= needs()


def test_two_cables_to_one_switch_are_one_uplink() -> None:
    host, switch = device("server", "h1"), device("switch", "s1")
    uplink(host, switch)
    uplink(host, switch)
    assert "host:h1 -> switch:s1" in needs()


def test_a_planned_cable_carries_nothing() -> None:
    uplink(device("server", "h1"), device("switch", "s1"), status="planned")
    assert network() == set()


def network() -> set[str]:
    """Needs of the network, without places."""
    kinds = ("switch:", "router:", "group:uplinks")
    return {need for need in needs() if need.split(" -> ")[1].startswith(kinds)}


def test_a_switch_needs_one_of_the_core_switches_that_it_leads_to() -> None:
    access = device("access-switch", "a")
    for name in ("c1", "c2"):
        uplink(access, device("core-switch", name))
    assert network() == {
        "switch:a -> group:uplinks/switch:a",
        "group:uplinks/switch:a -> switch:c1",
        "group:uplinks/switch:a -> switch:c2",
    }


def test_the_way_out_is_the_router_where_there_is_one() -> None:
    chain = [
        device(role, name)
        for role, name in (("server", "h"), ("switch", "a"), ("core-switch", "c"),
                           ("firewall", "f"), ("router", "r"))
    ]  # fmt: skip
    for lower, upper in pairwise(chain):
        uplink(upper, lower)  # who is on which end of a cable tells nothing
    assert network() == {
        "host:h -> switch:a",
        "switch:a -> switch:c",
        "switch:c -> router:f",
        "router:f -> router:r",
    }
    lost = impact(load_graph(), [Ref.parse("router:r")])
    assert Ref.parse("host:h") in {hit.thing.id for hit in lost.down}


def test_each_network_has_its_own_way_out() -> None:
    uplink(device("switch", "a"), device("router", "r"))
    uplink(device("switch", "b"), device("firewall", "f"))
    uplink(device("switch", "x"), device("switch", "y"))
    assert network() == {"switch:a -> router:r", "switch:b -> router:f"}


def test_a_neighbour_that_is_no_nearer_is_no_uplink() -> None:
    core, one, other, far = (
        device(role, name)
        for role, name in (("router", "r"), ("switch", "a"), ("switch", "b"), ("switch", "z"))
    )
    for lower, upper in ((one, core), (other, core), (one, other), (far, one), (far, other)):
        uplink(lower, upper)
    assert network() == {
        "switch:a -> router:r",
        "switch:b -> router:r",
        "switch:z -> group:uplinks/switch:z",
        "group:uplinks/switch:z -> switch:a",
        "group:uplinks/switch:z -> switch:b",
    }


def test_what_does_not_work_leads_nowhere() -> None:
    core, spare = device("router", "r"), device("router", "s", status="planned")
    switch, access = device("switch", "b"), device("switch", "a")
    uplink(access, spare)
    uplink(access, switch)
    uplink(switch, core)
    assert network() == {"switch:a -> switch:b", "switch:b -> router:r"}


@pytest.mark.parametrize("end", ["lower", "upper"])
def test_management_ports_are_no_uplinks(end: str) -> None:
    access, core = device("switch", "a"), device("router", "r")
    ports = port(access, mgmt_only=end == "lower"), port(core, mgmt_only=end == "upper")
    connect(*ports, {}, by=TESTER)
    assert network() == set()


def port(of: Device, **values: Any) -> Interface:
    return make(Interface, device=of, **values)

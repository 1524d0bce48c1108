"""What rests on what by cables that have several ends or lead through patch panels."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dcim.graph.load.record import load_graph
from dcim.record.equipment.devices import Device, Interface
from dcim.record.equipment.power import PowerOutlet, PowerPort
from tests.factories import make
from tests.patching import panel, plug, plug_many, run, trunk
from tests.recorded_graphs import device, needs

pytestmark = pytest.mark.django_db


def port(of: Device) -> Interface:
    return make(Interface, device=of)


def test_a_server_rests_on_the_switch_behind_two_panels() -> None:
    near, far = panel(2), panel(2)
    trunk(near, far)
    run(port(device("server", "h1")), port(device("switch", "s1")), near=near, far=far)
    run(port(device("server", "h2")), port(device("switch", "s2")), near=near, far=far, socket=1)
    assert {"host:h1 -> switch:s1", "host:h2 -> switch:s2"} <= needs()
    assert not {"host:h1 -> switch:s2", "host:h2 -> switch:s1"} & needs()


def test_a_run_of_which_a_part_is_not_connected_carries_nothing() -> None:
    near, far = panel(), panel()
    trunk(near, far, status="planned")
    run(port(device("server", "h1")), port(device("switch", "s1")), near=near, far=far)
    assert "host:h1 -> switch:s1" not in needs()


def test_a_cable_that_splits_reaches_each_of_its_ends() -> None:
    first, second = device("switch", "s1"), device("switch", "s2")
    plug_many([port(device("server", "h1"))], [port(first), port(second)])
    assert {"group:uplinks/host:h1 -> switch:s1", "group:uplinks/host:h1 -> switch:s2"} <= needs()


def test_ends_on_the_same_side_of_a_cable_are_not_connected() -> None:
    server, switch = port(device("server", "h1")), port(device("switch", "s1"))
    plug_many([server, switch], [port(device("server", "h2"))])
    assert "host:h1 -> switch:s1" not in needs()
    assert "host:h2 -> switch:s1" in needs()


def test_an_inlet_that_two_outlets_feed_needs_one_of_them() -> None:
    inlet = make(PowerPort, device=device("server", "h1"), name="A")
    outlets = [make(PowerOutlet, device=device("pdu", name), name="1") for name in ("p1", "p2")]
    plug_many([inlet], list(outlets))
    assert "psu:h1/A -> group:sources/psu:h1/A" in needs()
    assert "group:sources/psu:h1/A -> outlet:p2/1" in needs()


def test_a_trunk_that_leads_nowhere_carries_nothing() -> None:
    near, far = panel(), panel()
    trunk(near, far)
    plug(port(device("server", "h1")), near.fronts[0])
    assert not any(need.startswith("host:h1 -> switch") for need in needs())


def test_more_runs_ask_no_more() -> None:
    counts = []
    for name in ("h1", "h2"):
        near, far = panel(), panel()
        trunk(near, far)
        plug(port(device("server", name)), near.fronts[0])
        plug(far.fronts[0], port(device("switch", f"s-{name}")))
        with CaptureQueriesContext(connection) as asked:
            load_graph()
        counts.append(len(asked))
    assert "host:h2 -> switch:s-h2" in needs()
    assert counts[0] == counts[1]

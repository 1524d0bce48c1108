"""What rests on what by power: supplies, outlets, PDUs with their inlets, feeds and panels."""

from __future__ import annotations

import pytest

from dcim.actions.cables import connect
from dcim.graph.failures.impact import impact
from dcim.graph.load.record import load_graph
from dcim.record.equipment.devices import Device
from dcim.record.equipment.power import PowerFeed, PowerOutlet, PowerPanel, PowerPort
from dcim.record.places.sites import Site
from dcim.vocabulary.things import Ref
from tests.factories import TESTER, make
from tests.recorded_graphs import device, needs, power

pytestmark = pytest.mark.django_db


def test_power_runs_from_supply_to_panel() -> None:
    site = make(Site, name="S")
    power(device("server", "h1", site=site), "AB")
    assert {
        "host:h1 -> group:supplies/host:h1",
        "group:supplies/host:h1 -> psu:h1/PSUA",
        "psu:h1/PSUA -> outlet:pdu-A/1",
        "outlet:pdu-A/1 -> pdu:pdu-A",
        "pdu:pdu-A -> psu:pdu-A/in",
        "psu:pdu-A/in -> feed:S/P/A",
        "feed:S/P/A -> panel:S/P",
        "panel:S/P -> site:S",
    } <= needs()


def test_a_supply_without_a_cable_is_no_redundancy() -> None:
    host = device("server", "h1")
    power(host, "A")
    make(PowerPort, device=host, name="PSUB")
    assert "host:h1 -> psu:h1/PSUA" in needs()
    assert Ref.parse("psu:h1/PSUB") in load_graph()


def inlets(pdu: Device) -> dict[str, PowerPort]:
    """Two inlets of `pdu`, A and B, each on a feed of its own."""
    ports = {name: make(PowerPort, device=pdu, name=name) for name in "AB"}
    panel = make(PowerPanel, site=pdu.site, name="P")
    for name, port in ports.items():
        connect(port, make(PowerFeed, power_panel=panel, name=name), {}, by=TESTER)
    return ports


def test_a_pdu_with_two_inlets_needs_one_of_them() -> None:
    inlets(device("pdu", "ats"))
    assert {"pdu:ats -> group:supplies/pdu:ats", "group:supplies/pdu:ats -> psu:ats/B"} <= needs()


def test_an_outlet_is_on_the_inlet_that_feeds_it_where_there_are_several() -> None:
    pdu, host = device("pdu", "p"), device("server", "h1")
    ports = inlets(pdu)
    banks = [make(PowerOutlet, device=pdu, name=name, power_port=ports[name]) for name in "AB"]
    make(PowerOutlet, device=pdu, name="either")
    for number, bank in enumerate(banks):
        connect(make(PowerPort, device=host, name=f"PSU{number}"), bank, {}, by=TESTER)
    found = needs()
    assert {"outlet:p/A -> psu:p/A", "outlet:p/B -> psu:p/B", "outlet:p/either -> pdu:p"} <= found
    assert not any(need.startswith("outlet:p/either -> psu") for need in found)
    lost = impact(load_graph(), [Ref.parse("psu:p/A")])
    assert {ref: str(lost.state_of(Ref.parse(ref))) for ref in ("psu:h1/PSU0", "host:h1")} == {
        "psu:h1/PSU0": "down",
        "host:h1": "degraded",
    }


def test_an_outlet_without_a_cable_carries_nothing() -> None:
    make(PowerOutlet, device=device("pdu", "p"), name="1")
    answer = impact(load_graph(), [Ref.parse("outlet:p/1")])
    assert [str(hit.thing.id) for hit in answer.down] == ["outlet:p/1"]
    assert answer.degraded == ()

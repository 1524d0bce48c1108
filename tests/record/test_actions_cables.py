"""Cables: what can be plugged into what, and once only."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dcim.actions import record
from dcim.actions.cables import connect, connect_many
from dcim.record.equipment.cables import Cable, CableTermination, Endpoint
from dcim.record.equipment.devices import Interface
from dcim.record.equipment.power import PowerFeed, PowerOutlet, PowerPort
from dcim.record.log.changes import ObjectChange
from dcim.vocabulary.errors import InvalidInput
from tests.factories import TESTER, make

pytestmark = pytest.mark.django_db
Link = tuple[Endpoint, Endpoint, record.Values]


def test_a_cable_has_an_end_in_each_endpoint() -> None:
    server, switch = make(Interface), make(Interface)
    cable = connect(server, switch, {"label": "A1"}, by=TESTER)
    ends = {end.end: end.endpoint for end in cable.terminations.all()}
    assert ends == {"A": server, "B": switch}
    assert ObjectChange.objects.filter(changed_object_type="dcim.cabletermination").count() == 2


def test_a_supply_is_fed_by_an_outlet_and_an_inlet_by_a_feed() -> None:
    connect(make(PowerPort), make(PowerOutlet), {}, by=TESTER)
    connect(make(PowerPort), make(PowerFeed), {}, by=TESTER)
    assert Cable.objects.count() == 2


def test_an_endpoint_takes_one_cable() -> None:
    server = make(Interface)
    connect(server, make(Interface), {}, by=TESTER)
    with pytest.raises(InvalidInput, match="a cable already") as refused:
        connect(make(Interface), server, {}, by=TESTER)
    assert refused.value.field == "b_terminations"


def test_one_endpoint_in_two_cables_of_a_set_is_refused_and_nothing_is_written() -> None:
    server = make(Interface)
    with pytest.raises(InvalidInput):
        connect_many([(server, make(Interface), {}), (server, make(Interface), {})], by=TESTER)
    assert not Cable.objects.exists()
    assert not CableTermination.objects.exists()


def test_power_is_not_plugged_into_the_network() -> None:
    with pytest.raises(InvalidInput, match="can't be plugged"):
        connect(make(PowerPort), make(Interface), {}, by=TESTER)


def test_an_interface_is_not_plugged_into_itself() -> None:
    server = make(Interface)
    with pytest.raises(InvalidInput, match="can't be plugged"):
        connect(server, server, {}, by=TESTER)


def test_cables_are_plugged_with_as_many_statements_for_few_as_for_many() -> None:
    def plug(count: int) -> int:
        links: list[Link] = [(make(Interface), make(Interface), {}) for _ in range(count)]
        with CaptureQueriesContext(connection) as asked:
            connect_many(links, by=TESTER)
        return len(asked)

    assert plug(5) == plug(20)

"""Cables: both ends, and what the endpoints show of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Model
from rest_framework.test import APIClient

from dcim.record.equipment.cables import Cable, CableTermination
from dcim.record.equipment.devices import Interface
from dcim.record.equipment.power import PowerFeed, PowerOutlet, PowerPort
from dcim.record.people.organisation import Tag
from dcim.record.places.racks import Rack
from tests.api.examples import end_of
from tests.factories import make

pytestmark = pytest.mark.django_db

CABLES = "/api/dcim/cables/"


def plug(api: APIClient, a: Model, b: Model, **body: Any) -> Any:
    ends = {"a_terminations": end_of(a), "b_terminations": end_of(b)}
    return api.post(CABLES, ends | body, format="json")


def test_a_cable_shows_both_ends(api: APIClient) -> None:
    port, outlet = make(PowerPort), make(PowerOutlet)
    cable = plug(api, port, outlet, type="power", length=1.5, length_unit="m").json()
    assert (cable["type"], cable["length"]) == ("power", 1.5)
    (a,), (b,) = cable["a_terminations"], cable["b_terminations"]
    assert (a["object_type"], a["object"]["device"]["id"]) == ("dcim.powerport", port.device_id)
    assert (b["object_type"], b["object_id"]) == ("dcim.poweroutlet", outlet.pk)


def test_an_endpoint_shows_its_cable_and_what_it_leads_to(api: APIClient) -> None:
    port, feed = make(PowerPort), make(PowerFeed)
    cable = plug(api, port, feed).json()
    shown = api.get(f"/api/dcim/power-ports/{port.pk}/").json()
    assert (shown["cable"]["id"], shown["cable_end"], shown["_occupied"]) == (
        cable["id"],
        "A",
        True,
    )
    assert (shown["link_peers"][0]["id"], shown["link_peers_type"]) == (feed.pk, "dcim.powerfeed")
    assert shown["connected_endpoints_reachable"] is True


def test_a_free_endpoint_shows_none(api: APIClient) -> None:
    shown = api.get(f"/api/dcim/interfaces/{make(Interface).pk}/").json()
    assert (shown["cable"], shown["cable_end"], shown["_occupied"]) == (None, None, False)
    assert (shown["link_peers"], shown["connected_endpoints"]) == ([], None)


def test_unplugging_frees_both_ends(api: APIClient) -> None:
    a, b = make(Interface), make(Interface)
    cable = plug(api, a, b).json()
    assert api.delete(cable["url"]).status_code == 204
    assert plug(api, a, b).status_code == 201


def test_an_occupied_end_is_refused(api: APIClient) -> None:
    a, b = make(Interface), make(Interface)
    plug(api, a, b)
    answer = plug(api, make(Interface), b)
    assert (answer.status_code, list(answer.json())) == (400, ["b_terminations"])
    assert Cable.objects.count() == 1


def test_ends_that_do_not_mate_are_refused(api: APIClient) -> None:
    answer = plug(api, make(Interface), make(PowerPort))
    assert (answer.status_code, list(answer.json())) == (400, ["b_terminations"])
    assert not Cable.objects.exists()


def test_a_cable_is_relabelled_where_it_is(api: APIClient) -> None:
    a, b = make(Interface), make(Interface)
    url = plug(api, a, b).json()["url"]
    (end,) = CableTermination.objects.filter(end="A")
    same = {"a_terminations": end_of(a), "label": "K1"}
    assert api.patch(url, same, format="json").json()["label"] == "K1"
    assert list(CableTermination.objects.filter(end="A")) == [end]


def test_a_cable_is_moved_and_frees_what_it_leaves(api: APIClient) -> None:
    a, b, other = make(Interface), make(Interface), make(Interface)
    url = plug(api, a, b).json()["url"]
    moved = api.patch(url, {"a_terminations": end_of(other)}, format="json").json()
    assert [one["object_id"] for one in moved["a_terminations"]] == [other.pk]
    assert [one["object_id"] for one in moved["b_terminations"]] == [b.pk]
    assert plug(api, a, make(Interface)).status_code == 201


def test_a_cable_is_not_moved_into_an_occupied_end(api: APIClient) -> None:
    a, b, taken = make(Interface), make(Interface), make(Interface)
    plug(api, taken, make(Interface))
    url = plug(api, a, b).json()["url"]
    answer = api.patch(url, {"b_terminations": end_of(taken)}, format="json")
    assert (answer.status_code, list(answer.json())) == (400, ["b_terminations"])
    assert CableTermination.objects.filter(interface__in=(a, b)).count() == 2


def test_a_side_ends_in_several_endpoints(api: APIClient) -> None:
    a, first, second = make(Interface), make(Interface), make(Interface)
    ends = {"a_terminations": end_of(a), "b_terminations": end_of(first) + end_of(second)}
    cable = api.post(CABLES, ends, format="json").json()
    assert [one["object_id"] for one in cable["b_terminations"]] == [first.pk, second.pk]
    shown = api.get(f"/api/dcim/interfaces/{a.pk}/").json()
    assert [one["id"] for one in shown["link_peers"]] == [first.pk, second.pk]


@pytest.mark.parametrize(
    "ends",
    [None, [], "x", [1], [{}], [{"object_type": "dcim.rack", "object_id": 1}],
     [{"object_type": "dcim.interface", "object_id": 2**40}],
     [{"object_type": ["x"], "object_id": 1}]],
)  # fmt: skip
def test_a_bad_end_is_named(api: APIClient, ends: Any) -> None:
    make(Rack)
    body = {"a_terminations": ends, "b_terminations": end_of(make(Interface))}
    answer = api.post(CABLES, body, format="json")
    assert (answer.status_code, list(answer.json())) == (400, ["a_terminations"])


def test_a_cable_that_is_put_as_it_was_read_stays_as_it_was(api: APIClient) -> None:
    tag = make(Tag)
    cable = plug(api, make(Interface), make(Interface), type="cat6", length=2, tags=[tag.pk]).json()
    read = api.get(cable["url"]).json()
    assert api.put(cable["url"], read, format="json").json() == read
    assert api.put(CABLES, [read], format="json").json() == [read]
    assert api.put(CABLES, [read | {"tags": []}], format="json").json()[0]["tags"] == []

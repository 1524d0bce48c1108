"""The elevation of a rack, as JSON and drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as Xml

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from dcim.record.equipment.devices import Device
from dcim.record.places.hardware import DeviceType
from dcim.record.places.racks import Rack
from dcim.record.places.reservations import RackReservation
from tests.factories import make

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
SVG: Final = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def rack(db: None) -> Rack:
    rack = make(Rack, u_height=4)
    kind = make(DeviceType, u_height="1.5", is_full_depth=False)
    place = {"site": rack.site, "rack": rack, "position": 2, "face": "front"}
    make(Device, name="pdr-h01", device_type=kind, **place)
    return rack


def units(api: APIClient, rack: Rack, **parameters: Any) -> dict[float, str | None]:
    answer = api.get(f"/api/dcim/racks/{rack.pk}/elevation/", {"limit": 0, **parameters}).json()
    return {one["id"]: one["device"] and one["device"]["name"] for one in answer["results"]}


def test_half_units_come_from_the_top_with_what_stands_in_them(api: APIClient, rack: Rack) -> None:
    shown = units(api, rack)
    assert list(shown) == [4.5, 4, 3.5, 3, 2.5, 2, 1.5, 1]
    assert [unit for unit, name in shown.items() if name == "pdr-h01"] == [3, 2.5, 2]


def test_the_other_face_is_free(api: APIClient, rack: Rack) -> None:
    assert not any(units(api, rack, face="rear").values())


def test_units_that_count_downwards_come_in_their_order(api: APIClient) -> None:
    rack = make(Rack, u_height=2, desc_units=True, starting_unit=5)
    assert list(units(api, rack)) == [5, 5.5, 6, 6.5]


def test_a_unit_has_netboxs_form(api: APIClient, rack: Rack) -> None:
    page = api.get(f"/api/dcim/racks/{rack.pk}/elevation/", {"limit": 2}).json()
    assert (page["count"], len(page["results"])) == (8, 2)
    unit = page["results"][0]
    assert (unit["name"], unit["display"], unit["occupied"]) == ("U4.5", "U4.5", False)
    assert unit["face"] == {"value": "front", "label": "Front"}


def test_an_unknown_face_is_refused(api: APIClient, rack: Rack) -> None:
    answer = api.get(f"/api/dcim/racks/{rack.pk}/elevation/", {"face": "top"})
    assert (answer.status_code, list(answer.json())) == (400, ["face"])


@pytest.mark.parametrize(
    "query",
    [
        "render=png",
        "unit_width=0",
        "unit_height=9999",
        "legend_width=a",
        "exclude=x",
        "expand_devices=maybe",
    ],
)
def test_an_unknown_way_of_showing_is_refused(api: APIClient, rack: Rack, query: str) -> None:
    for drawn in ("", "render=svg&"):
        answer = api.get(f"/api/dcim/racks/{rack.pk}/elevation/?{drawn}{query}")
        assert (answer.status_code, list(answer.json())) == (400, [query.partition("=")[0]])


def test_a_device_is_shown_in_its_lowest_unit_only_when_asked(api: APIClient, rack: Rack) -> None:
    shown = units(api, rack, expand_devices="false")
    assert shown == {4.5: None, 4: None, 3.5: None, 2: "pdr-h01", 1.5: None, 1: None}


def test_units_are_found_by_their_number(api: APIClient, rack: Rack) -> None:
    assert list(units(api, rack, q="U3")) == [3.5, 3]


def test_what_is_excluded_leaves_its_units_free(api: APIClient, rack: Rack) -> None:
    assert not any(units(api, rack, exclude=Device.objects.get().pk).values())


def test_reserved_units_name_their_reservation(api: APIClient, rack: Rack) -> None:
    one = make(RackReservation, rack=rack, units=[4])
    page = api.get(f"/api/dcim/racks/{rack.pk}/elevation/").json()["results"]
    reserved = {row["id"]: row["reservation"] and row["reservation"]["id"] for row in page}
    assert [unit for unit, pk in reserved.items() if pk == one.pk] == [4.5, 4]


def test_a_full_rack_asks_as_often_as_an_empty_one(
    api: APIClient, rack: Rack, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    path = f"/api/dcim/racks/{rack.pk}/elevation/?limit=0"
    api.get(path)  # the first request of a user notes its time
    with CaptureQueriesContext(connection) as few:
        api.get(path)
    kind = make(DeviceType, u_height="0.5")
    for position in ("1", "1.5", "4", "4.5"):
        place = {"site": rack.site, "rack": rack, "position": position, "face": "front"}
        make(Device, device_type=kind, **place)
    for unit in (1, 2, 3):
        make(RackReservation, rack=rack, units=[unit])
    with django_assert_num_queries(len(few)):
        api.get(path)


def drawing(api: APIClient, rack: Rack, query: str = "") -> Xml.Element:
    answer = api.get(f"/api/dcim/racks/{rack.pk}/elevation/?render=svg{query}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
    return Xml.fromstring(answer.content)


def test_a_drawing_has_a_box_for_each_device_and_a_mark_for_each_reserved_unit(
    api: APIClient, rack: Rack
) -> None:
    make(RackReservation, rack=rack, units=[1, 4])
    svg = drawing(api, rack)
    classes = [one.get("class") for one in svg.iter(f"{SVG}rect")]
    assert [classes.count(one) for one in ("device", "reserved", "unit")] == [1, 2, 2]
    (link,) = svg.iter(f"{SVG}a")
    assert link.get("href") == f"http://testserver/dcim/devices/{Device.objects.get().pk}/"


def test_a_drawing_has_the_size_that_was_asked_for(api: APIClient, rack: Rack) -> None:
    svg = drawing(api, rack, "&unit_height=10&unit_width=100&legend_width=20")
    assert (svg.get("width"), svg.get("height")) == ("122", "44")


def test_names_in_a_drawing_are_text_whatever_they_hold(api: APIClient, rack: Rack) -> None:
    Device.objects.update(name="<script>&")
    (link,) = drawing(api, rack).iter(f"{SVG}a")
    assert link.findtext(f"{SVG}text") == "<script>&"

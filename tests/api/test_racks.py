"""The elevation of a rack as JSON."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from dcim.record.devices import Device
from dcim.record.hardware import DeviceType
from dcim.record.racks import Rack
from tests.factories import make

pytestmark = pytest.mark.django_db


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

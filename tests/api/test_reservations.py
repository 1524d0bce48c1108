"""Rack reservations on the wire."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from dcim.record.places.racks import Rack
from dcim.record.places.reservations import RackReservation
from dcim.record.places.sites import Location, Region, Site
from tests.factories import make, make_user

pytestmark = pytest.mark.django_db
PATH = "/api/dcim/rack-reservations/"


def test_a_reservation_comes_back_with_its_number_of_units(api: APIClient) -> None:
    body = {"rack": make(Rack).pk, "units": [3, 4], "user": make_user().pk, "description": "Baru"}
    made = api.post(PATH, body, format="json").json()
    assert (made["units"], made["unit_count"], made["status"]["value"]) == ([3, 4], 2, "active")
    assert made["user"]["username"] == "siti"


def test_a_unit_that_is_reserved_is_refused_beside_its_field(api: APIClient) -> None:
    rack = make(RackReservation, units=[3]).rack
    body = {"rack": rack.pk, "units": [3], "user": make_user().pk, "description": "Lagi"}
    answer = api.post(PATH, body, format="json")
    assert (answer.status_code, list(answer.json())) == (400, ["units"])


@pytest.mark.parametrize("units", ["3", [3.5], [None], {"3": 1}])
def test_what_is_no_list_of_numbers_is_refused(api: APIClient, units: object) -> None:
    body = {"rack": make(Rack).pk, "units": units, "user": make_user().pk, "description": "Baru"}
    assert api.post(PATH, body, format="json").json().keys() == {"units"}


def test_reservations_are_found_by_where_their_rack_stands(api: APIClient) -> None:
    site = make(Site, region=make(Region, slug="paser"))
    room = make(Location, site=site, slug="ruang")
    one = make(RackReservation, rack=make(Rack, site=site, location=room), units=[9])
    make(RackReservation, units=[8])
    for query in ("region=paser", f"site_id={site.pk}", "location=ruang", "unit=9", "unit__n=8"):
        shown = api.get(f"{PATH}?{query}").json()["results"]
        assert [row["id"] for row in shown] == [one.pk], query

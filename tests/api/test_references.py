"""References in bodies: by id or by attributes that one object has."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from dcim.record.places.hardware import DeviceType, Manufacturer
from dcim.record.places.sites import Site
from tests.factories import make

pytestmark = pytest.mark.django_db


def rack_in(api: APIClient, site: Any) -> Any:
    return api.post("/api/dcim/racks/", {"name": "R1", "site": site}, format="json")


def test_by_id_as_number_or_text(api: APIClient) -> None:
    site = make(Site)
    assert rack_in(api, site.pk).json()["site"]["id"] == site.pk
    api.patch("/api/dcim/racks/1/", {"name": "R0"}, format="json")
    assert rack_in(api, str(make(Site).pk)).status_code == 201


def test_by_attributes(api: APIClient) -> None:
    site = make(Site, name="Paser", slug="paser")
    assert rack_in(api, {"slug": "paser"}).json()["site"]["id"] == site.pk


def test_by_attributes_of_what_is_referred_to(api: APIClient) -> None:
    for slug in ("dell", "hpe"):
        maker = make(Manufacturer, slug=slug)
        make(DeviceType, manufacturer=maker, slug="r760")
    role = api.post("/api/dcim/device-roles/", {"name": "S", "slug": "s"}, format="json").json()
    kind = {"slug": "r760", "manufacturer": {"slug": "hpe"}}
    body = {"device_type": kind, "role": role["id"], "site": make(Site).pk}
    made = api.post("/api/dcim/devices/", body, format="json").json()
    assert made["device_type"]["manufacturer"]["slug"] == "hpe"


def test_a_whole_brief_is_taken_back(api: APIClient) -> None:
    site = make(Site)
    brief = rack_in(api, site.pk).json()["site"]
    answer = api.post("/api/dcim/racks/", {"name": "R2", "site": brief}, format="json")
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("site", "reason"),
    [
        (999_999_999, "numeric ID: 999999999"),
        (-1, "numeric ID: -1"),
        (2**70, "numeric ID"),
        ("9" * 5_000, "neither"),
        ({"id": "9" * 5_000}, "neither"),
        (True, "neither"),
        ("paser", "neither"),
        ([1], "neither"),
        (1.5, "neither"),
        ({"slug": "nowhere"}, "not found"),
        ({"status": "active"}, "Several objects match"),
        ({"password": "x"}, "not an attribute"),
        ({"name": ["x"]}, "provided attributes"),
        ({"id": "x"}, "neither"),
        ({"latitude": "north"}, "wrong type"),
        ({}, "at least one attribute"),
        (None, "may not be null"),
    ],
)
def test_what_finds_not_exactly_one_is_refused(api: APIClient, site: Any, reason: str) -> None:
    make(Site), make(Site)
    answer = rack_in(api, site)
    assert answer.status_code == 400
    assert reason in answer.json()["site"][0]


def test_a_list_that_names_nothing_is_refused(api: APIClient) -> None:
    for tags in ("x", [9], [{"slug": "x"}], {"slug": "x"}):
        body = {"name": "A", "slug": "a", "tags": tags}
        answer = api.post("/api/dcim/sites/", body, format="json")
        assert (answer.status_code, list(answer.json())) == (400, ["tags"])


@pytest.mark.parametrize(
    "query", ["id=", "site_id=", "limit=", "offset=", "u_height=", "tag_id=", "q=", "u_height__gt="]
)
def test_thousands_of_digits_in_an_address_are_no_fault_of_the_server(
    api: APIClient, query: str
) -> None:
    for number in ("9" * 5_000, "-" + "9" * 5_000, "9" * 30):
        assert api.get(f"/api/dcim/racks/?{query}{number}").status_code in {200, 400}


def test_thousands_of_digits_in_a_body_are_refused(api: APIClient) -> None:
    for path, text in (("racks", '{"name": "R", "site": %s}'), ("sites", '{"latitude": %s}')):
        answer = api.generic(
            "POST", f"/api/dcim/{path}/", text % ("9" * 5_000), content_type="application/json"
        )
        assert answer.status_code == 400

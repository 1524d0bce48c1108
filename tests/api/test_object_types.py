"""Kinds of objects, and lists of what is not recorded here."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from api.unrecorded import UNRECORDED
from dcim.catalog import RESOURCES

pytestmark = pytest.mark.django_db
TYPES = "/api/core/object-types/"


def test_every_kind_tells_where_its_list_is(api: APIClient) -> None:
    found = api.get(TYPES, {"limit": "0"}).json()["results"]
    assert {one["rest_api_endpoint"] for one in found} == {f"/api/{r.path}/" for r in RESOURCES}
    assert all(api.get(one["url"]).json() == one for one in found[:3])


def test_our_own_kinds_are_of_a_plugin(api: APIClient) -> None:
    asked = {"app_label": "planner", "model": "serviceapp"}
    (found,) = api.get(TYPES, asked).json()["results"]
    assert (found["is_plugin_model"], found["display"]) == (True, "planner | service app")


def test_kinds_are_found_by_part_of_a_name(api: APIClient) -> None:
    names = {one["model"] for one in api.get(TYPES, {"q": "Rack"}).json()["results"]}
    assert {"rack", "rackrole", "rackreservation"} <= names


def test_a_kind_that_is_not_there_is_not_found(api: APIClient) -> None:
    assert api.get(f"{TYPES}1/").status_code == 404


@pytest.mark.parametrize("path", UNRECORDED)
def test_what_is_not_recorded_is_an_empty_list(api: APIClient, path: str) -> None:
    answer = api.get(f"/api/{path}/", {"limit": "0", "name": "x"})
    assert answer.json() == {"count": 0, "next": None, "previous": None, "results": []}
    assert (api.post(f"/api/{path}/", {}).status_code, api.get(f"/api/{path}/1/").status_code) == (
        405,
        404,
    )

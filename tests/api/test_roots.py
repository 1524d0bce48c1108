"""What clients read first: what there is, and which version."""

from __future__ import annotations

import re

import pytest
from rest_framework.test import APIClient

from dcim.catalog import RESOURCES
from dcim.record.extras.custom_fields import CustomField
from tests.factories import make

pytestmark = pytest.mark.django_db


def test_every_list_is_found_from_the_root(api: APIClient) -> None:
    todo, seen = ["http://testserver/api/"], set()
    while todo:
        url = todo.pop()
        listed = api.get(url).json()
        if isinstance(listed, dict) and "results" not in listed:
            below = [one for one in listed.values() if str(one).startswith(url)]
            seen |= set(below)
            todo += below
    assert {f"http://testserver/api/{one.path}/" for one in RESOURCES} <= seen


def test_addresses_without_the_last_slash_lead_on(api: APIClient) -> None:
    answer = api.get("/api/dcim/sites?limit=1", follow=True)
    assert answer.redirect_chain == [("/api/dcim/sites/?limit=1", 301)]
    assert answer.json()["count"] == 0


def test_our_objects_are_a_plugin(api: APIClient) -> None:
    assert api.get("/api/plugins/installed-plugins/").json()[0]["package"] == "planner"
    assert list(api.get("/api/plugins/").json()) == [
        "planner",
        "prometheus-sd",
        "installed-plugins",
    ]


def test_the_status_claims_a_version_that_every_client_parses(api: APIClient) -> None:
    status = api.get("/api/status/").json()
    assert re.fullmatch(r"4\.6\.\d+", status["netbox-version"])
    assert "lumbung" in status["netbox-full-version"]
    assert {"django-version", "python-version", "plugins", "installed_apps"} <= status.keys()


def test_the_schema_is_json(api: APIClient) -> None:
    answer = api.get("/api/schema/", {"format": "json"}, headers={"Accept": "application/json"})
    assert answer.headers["Content-Type"].startswith("application/json")
    parameters = answer.json()["paths"]["/api/dcim/devices/"]["get"]["parameters"]
    assert {"site_id", "name__ic", "tag", "limit"} <= {one["name"] for one in parameters}


def test_strangers_read_the_schema_without_what_the_record_adds(api: APIClient) -> None:
    make(CustomField, name="kode", object_types=["dcim.site"])
    mine, theirs = (
        {one["name"] for one in said["/api/dcim/sites/"]["get"]["parameters"]}
        for said in (one.get("/api/schema/").json()["paths"] for one in (api, APIClient()))
    )
    assert "cf_kode" in mine
    assert not any(name.startswith("cf_") for name in theirs)


@pytest.mark.parametrize("path", ["", "status/", "dcim/", "plugins/installed-plugins/"])
def test_nothing_is_told_to_strangers(path: str) -> None:
    answer = APIClient().get(f"/api/{path}")
    assert (answer.status_code, list(answer.json())) == (403, ["detail"])

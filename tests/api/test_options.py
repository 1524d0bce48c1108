"""OPTIONS: every field with the values it takes, for what the caller may do."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from dcim.catalog import RESOURCES
from dcim.catalog.resource import Resource
from dcim.record.places.racks import Rack
from tests.factories import make

pytestmark = pytest.mark.django_db


def actions(api: APIClient, path: str) -> dict[str, Any]:
    answer = api.options(path)
    assert answer.status_code == 200
    return dict(answer.json()["actions"]) if "actions" in answer.json() else {}


@pytest.mark.once
@pytest.mark.parametrize("resource", RESOURCES, ids=lambda one: one.kind)
def test_every_list_of_choices_is_given_with_labels(api: APIClient, resource: Resource) -> None:
    fields = actions(api, f"/api/{resource.path}/").get("POST", {})
    assert bool(fields) >= resource.writable
    choices = [choice for one in fields.values() for choice in one.get("choices", ())]
    assert all(set(choice) == {"value", "display_name"} for choice in choices)
    assert all(isinstance(choice["display_name"], str) for choice in choices)


def test_fields_say_what_they_take(api: APIClient) -> None:
    fields = actions(api, "/api/dcim/racks/")["POST"]
    name, status, site = fields["name"], fields["status"], fields["site"]
    assert (name["type"], name["required"], name["max_length"]) == ("string", True, 100)
    assert (status["type"], site["type"], site["required"]) == ("choice", "nested object", True)
    assert {"value": "active", "display_name": "Active"} in status["choices"]
    assert fields["device_count" if "device_count" in fields else "created"]["read_only"] is True


def test_an_object_takes_changes_of_which_none_is_required(api: APIClient) -> None:
    offered = actions(api, f"/api/dcim/racks/{make(Rack).pk}/")
    assert list(offered) == ["PUT"]
    assert not any(one["required"] for one in offered["PUT"].values())


def test_who_may_not_write_is_offered_nothing(stranger: APIClient) -> None:
    answer = stranger.options("/api/dcim/racks/")
    assert "actions" not in answer.json()

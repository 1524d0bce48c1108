"""Every 400 names the field and the value that was sent, alone and in a set."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from dcim.record.equipment.ports import FrontPort
from dcim.record.networks.virtualization import Cluster
from dcim.record.networks.vlans import VLANGroup
from dcim.record.places.sites import Location, Site
from tests.factories import make

pytestmark = pytest.mark.django_db
SITE = {"name": "A", "slug": "a"}
# What is sent -> the field that is named, and the value as it is shown.
BODIES: list[tuple[str, dict[str, Any], str, str]] = [
    ("dcim/sites", SITE | {"name": ["x"]}, "name", '["x"]'),
    ("dcim/sites", SITE | {"name": {"a": 1}}, "name", '{"a": 1}'),
    ("dcim/sites", SITE | {"latitude": "north"}, "latitude", "north"),
    ("dcim/sites", SITE | {"latitude": 91}, "latitude", "91"),
    ("dcim/sites", SITE | {"latitude": 12345}, "latitude", "12345"),
    ("dcim/sites", SITE | {"status": "on"}, "status", "on"),
    ("dcim/sites", SITE | {"status": 7}, "status", "7"),
    ("dcim/sites", SITE | {"region": 9999}, "region", "9999"),
    ("dcim/sites", SITE | {"region": {"slug": "none"}}, "region", "none"),
    ("dcim/sites", SITE | {"tags": [{"name": "none"}]}, "tags", "none"),
    ("dcim/sites", SITE | {"tags": "none"}, "tags", "none"),
    ("dcim/sites", SITE | {"name": "Taken"}, "name", "Taken"),
    ("dcim/sites", SITE | {"slug": "two words"}, "slug", "two words"),
    ("dcim/sites", SITE | {"name": "A" * 101}, "name", "A" * 60),
    ("dcim/sites", SITE | {"custom_fields": {"nowhere": 1}}, "custom_fields", "nowhere"),
    ("dcim/sites", SITE | {"custom_fields": "x"}, "custom_fields", "x"),
    ("ipam/prefixes", {"prefix": "10.0.0.1/24"}, "prefix", "10.0.0.1/24"),
    ("ipam/prefixes", {"prefix": "10.0.0.0/24", "scope_type": "x"}, "scope_type", "x"),
    ("ipam/vlans", {"vid": 4095, "name": "x"}, "vid", "4095"),
    ("ipam/vlans", {"vid": 1.5, "name": "x"}, "vid", "1.5"),
    ("ipam/vlan-groups", {**SITE, "vid_ranges": [[5, 1]]}, "vid_ranges", "[[5, 1]]"),
    ("ipam/vlan-groups", {**SITE, "vid_ranges": 5}, "vid_ranges", "5"),
    ("extras/config-contexts", {"name": "x", "data": 3}, "data", "3"),
]  # fmt: skip


@pytest.mark.parametrize("many", [False, True], ids=["alone", "in a set"])
@pytest.mark.parametrize(("path", "body", "field", "value"), BODIES)
def test_a_refusal_names_field_and_value(
    api: APIClient, path: str, body: dict[str, Any], field: str, value: str, many: bool
) -> None:
    make(Site, name="Taken")
    answer = api.post(f"/api/{path}/", [body] if many else body, format="json")
    assert answer.status_code == 400, answer.json()
    errors = answer.json()["errors"][0]["errors"] if many else answer.json()
    assert list(errors) == [field]
    assert value in str(errors[field][0])


def test_of_changes_too(api: APIClient) -> None:
    site, group = make(Site), make(VLANGroup)
    at = {"id": site.pk, "status": "on"}
    (row,) = api.patch("/api/dcim/sites/", [at], format="json").json()["errors"]
    assert (row["id"], "on" in row["errors"]["status"][0]) == (site.pk, True)
    refused = api.patch(
        f"/api/ipam/vlan-groups/{group.pk}/", {"vid_ranges": [[0, 1]]}, format="json"
    )
    assert "[[0, 1]]" in refused.json()["vid_ranges"][0]


def test_of_permissions_too(api: APIClient) -> None:
    body = {"name": "x", "object_types": ["dcim.nothing"], "actions": ["view"]}
    answer = api.post("/api/users/permissions/", body, format="json")
    assert "dcim.nothing" in answer.json()["object_types"][0]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hypervisor_uri", "qemu+ssh://root:hunter2@h/system"),
        ("ssh_keys", "-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2"),
    ],
)
def test_what_may_hold_a_secret_is_not_repeated(api: APIClient, field: str, value: str) -> None:
    path = f"/api/virtualization/clusters/{make(Cluster).pk}/"
    answer = api.patch(path, {field: value}, format="json")
    (reason,) = answer.json()[field]
    assert answer.status_code == 400
    assert "hunter2" not in reason
    assert "BEGIN" not in reason


def test_a_secret_is_not_repeated(api: APIClient) -> None:
    answer = api.post("/api/users/users/", {"username": "a", "password": "123"}, format="json")
    assert (answer.status_code, "123" in str(answer.json())) == (400, False)


@pytest.mark.parametrize(
    ("query", "field", "value"),
    [
        ("id=abc", "id", "abc"),
        ("site_id=9999", "site_id", "9999"),
        ("site=none", "site", "none"),
        ("status=on", "status", "on"),
        ("status=active&status=off", "status", "off"),
        ("created__gte=today", "created__gte", "today"),
        ("start=x", "start", "x"),
        ("tag=none", "tag", "none"),
    ],
)
def test_a_refused_parameter_is_named_with_its_value(
    api: APIClient, query: str, field: str, value: str
) -> None:
    make(Location)
    answer = api.get(f"/api/dcim/locations/?{query}")
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert value in answer.json()[field][0]


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize(
    ("path", "first", "second", "field"),
    [
        ("users/users", {"username": "a"}, {"username": "a"}, "username"),
        ("users/users", {"username": "a"}, {"username": "b", "password": "123"}, "password"),
    ],
)
def test_what_is_written_one_by_one_is_named_by_row_too(
    api: APIClient, path: str, first: Any, second: Any, field: str, many: bool
) -> None:
    if not many:
        assert api.post(f"/api/{path}/", first, format="json").status_code == 201
    answer = api.post(f"/api/{path}/", [first, second] if many else second, format="json")
    assert answer.status_code == 400
    (row,) = answer.json()["errors"] if many else [{"index": 1, "errors": answer.json()}]
    assert (row["index"], list(row["errors"])) == (1, [field])


def test_one_port_that_is_taken_is_told_as_one(api: APIClient) -> None:
    port = make(FrontPort, name="1")
    body = {"device": port.device_id, "name": "1", "type": "8p8c"}
    answer = api.post("/api/dcim/front-ports/", body, format="json")
    assert (answer.status_code, "errors" in answer.json()) == (400, False)

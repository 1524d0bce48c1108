"""What is free: shown, and given out as new objects."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from dcim.record.log.changes import ObjectChange
from dcim.record.networks.ipam import VRF, IPAddress, Prefix
from dcim.record.networks.vlans import VLAN, VLANGroup
from tests.factories import make

pytestmark = pytest.mark.django_db


def ask(api: APIClient, prefix: Prefix, what: str, body: Any) -> Any:
    return api.post(f"/api/ipam/prefixes/{prefix.pk}/{what}/", body, format="json")


def test_free_addresses_leave_out_what_is_taken_and_what_no_host_has(api: APIClient) -> None:
    prefix = make(Prefix, prefix="10.1.0.0/29")
    make(IPAddress, address="10.1.0.2/29")
    rows = api.get(f"/api/ipam/prefixes/{prefix.pk}/available-ips/").json()
    assert [row["address"][:8] for row in rows] == [f"10.1.0.{host}" for host in (1, 3, 4, 5, 6)]
    assert rows[0] == {"family": 4, "address": "10.1.0.1/29", "vrf": None, "description": ""}


@pytest.mark.parametrize(
    ("network", "pool", "first"),
    [
        ("10.1.0.0/30", True, "10.1.0.0/30"),
        ("10.1.0.0/31", False, "10.1.0.0/31"),
        ("fd00::/64", False, "fd00::1/64"),
        ("10.0.0.0/8", False, "10.0.0.1/8"),
    ],
)
def test_the_first_free_address(api: APIClient, network: str, pool: bool, first: str) -> None:
    prefix = make(Prefix, prefix=network, is_pool=pool)
    made = ask(api, prefix, "available-ips", {}).json()
    assert made["address"] == first


def test_a_list_is_answered_with_a_list_in_the_prefixs_table(api: APIClient) -> None:
    prefix = make(Prefix, prefix="10.1.0.0/24", vrf=make(VRF, name="tamu"))
    answer = ask(api, prefix, "available-ips", [{"dns_name": "a.example"}, {}])
    assert answer.status_code == 201, answer.json()
    assert [one["address"] for one in answer.json()] == ["10.1.0.1/24", "10.1.0.2/24"]
    assert {one["vrf"]["name"] for one in answer.json()} == {"tamu"}


def test_a_full_prefix_is_a_conflict(api: APIClient) -> None:
    prefix = make(Prefix, prefix="10.1.0.0/32", is_pool=True)
    assert ask(api, prefix, "available-ips", {}).status_code == 201
    answer = ask(api, prefix, "available-ips", {})
    assert (answer.status_code, "detail" in answer.json()) == (409, True)


def test_prefixes_are_carved_out_of_the_first_gap_that_is_large_enough(api: APIClient) -> None:
    prefix = make(Prefix, prefix="10.1.0.0/24")
    make(Prefix, prefix="10.1.0.0/26")
    body = [{"prefix_length": 27}, {"prefix_length": 25}, {"prefix_length": 27}]
    made = [one["prefix"] for one in ask(api, prefix, "available-prefixes", body).json()]
    assert made == ["10.1.0.64/27", "10.1.0.128/25", "10.1.0.96/27"]
    assert ask(api, prefix, "available-prefixes", {"prefix_length": 27}).status_code == 409
    assert ask(api, prefix, "available-prefixes", {}).status_code == 400


@pytest.mark.parametrize("length", [23, 33, "x", True, {"a": 1}])
def test_a_length_that_can_not_be_is_named_with_its_row(api: APIClient, length: Any) -> None:
    prefix = make(Prefix, prefix="10.1.0.0/24")
    body = [{"prefix_length": 27}, {"prefix_length": length}]
    (row,) = ask(api, prefix, "available-prefixes", body).json()["errors"]
    assert (row["index"], json.dumps(length).strip('"') in row["errors"]["prefix_length"][0]) == (
        1,
        True,
    )
    alone = ask(api, prefix, "available-prefixes", body[1])
    assert (alone.status_code, alone.json()) == (400, row["errors"])


@pytest.mark.parametrize("what", ["available-ips", "available-prefixes"])
def test_each_thing_given_says_why(api: APIClient, what: str) -> None:
    prefix = make(Prefix, prefix="10.1.0.0/24")
    body = [{"prefix_length": 28, "changelog_message": why} for why in ("satu", "dua")]
    assert ask(api, prefix, what, body).status_code == 201
    said = ObjectChange.objects.order_by("-id")[:2]
    assert [one.message for one in said] == ["dua", "satu"]


def test_free_prefixes_are_the_largest(api: APIClient) -> None:
    prefix = make(Prefix, prefix="fd00::/32")
    make(Prefix, prefix="fd00::/34")
    rows = api.get(f"/api/ipam/prefixes/{prefix.pk}/available-prefixes/").json()
    assert [row["prefix"] for row in rows] == ["fd00:0:4000::/34", "fd00:0:8000::/33"]


def test_vlans_get_the_lowest_free_number(api: APIClient) -> None:
    group = make(VLANGroup, vid_ranges=[[10, 11], [20, 20]])
    make(VLAN, group=group, vid=10)
    address = f"/api/ipam/vlan-groups/{group.pk}/available-vlans/"
    assert [row["vid"] for row in api.get(address).json()] == [11, 20]
    made = api.post(address, {"name": "tamu"}, format="json").json()
    assert (made["vid"], made["group"]["id"]) == (11, group.pk)
    assert [one["vid"] for one in api.post(address, [{"name": "x"}], format="json").json()] == [20]
    assert api.post(address, {"name": "y"}, format="json").status_code == 409


def test_a_prefix_knows_where_it_stands_in_its_table(api: APIClient) -> None:
    for network in ("10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.2.0.0/16"):
        make(Prefix, prefix=network)
    make(Prefix, prefix="10.0.0.0/8", vrf=make(VRF))
    rows = api.get("/api/ipam/prefixes/?ordering=id").json()["results"]
    assert [(row["children"], row["_depth"]) for row in rows] == [
        (3, 0),
        (1, 1),
        (0, 2),
        (0, 1),
        (0, 0),
    ]


def test_a_table_has_each_address_once_unless_it_is_shared(api: APIClient) -> None:
    make(IPAddress, address="10.1.0.1/24")
    address, body = "/api/ipam/ip-addresses/", {"address": "10.1.0.1/32"}
    answer = api.post(address, body, format="json")
    assert (answer.status_code, list(answer.json())) == (400, ["address"])
    table = make(VRF, enforce_unique=False).pk
    assert api.post(address, {**body, "vrf": table}, format="json").status_code == 201
    assert api.post(address, {**body, "vrf": table}, format="json").status_code == 201

"""Modules of netbox.netbox build a room on a running server; done again, they change nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.clients.ansible import Ansible

pytestmark = pytest.mark.slow

ROOM: Final = tuple(
    next(iter(one.items()))
    for one in yaml.safe_load((Path(__file__).parent / "room.yml").read_text())
)


def tasks_of(room: Sequence[tuple[str, dict[str, Any]]], **more: Any) -> list[dict[str, Any]]:
    return [{f"netbox.netbox.netbox_{name}": {"data": data, **more}} for name, data in room]


def changed_by(results: list[dict[str, Any]], *, unlike: bool) -> list[str]:
    """The modules that changed something, or did not, against what they should."""
    pairs = zip(ROOM, results, strict=True)
    return [name for (name, _), result in pairs if result["changed"] is not unlike]


def test_a_room_built_twice_changes_nothing_the_second_time(ansible: Ansible) -> None:
    results = ansible.play([*tasks_of(ROOM), *tasks_of(ROOM)])
    assert changed_by(results[: len(ROOM)], unlike=True) == []
    assert changed_by(results[len(ROOM) :], unlike=False) == []


def test_what_is_taken_away_is_gone(ansible: Ansible) -> None:
    site = (("site", {"name": "Paser"}),)
    made, gone, again = ansible.play(
        [*tasks_of(site), *tasks_of(site, state="absent"), *tasks_of(site, state="absent")]
    )
    assert (made["changed"], gone["changed"], again["changed"]) == (True, True, False)


def test_the_next_free_address_and_prefix_are_handed_out(ansible: Ansible) -> None:
    parent = ("prefix", {"prefix": "10.64.0.0/16"})
    child = {"parent": "10.64.0.0/16", "prefix_length": 24}
    first = {"netbox.netbox.netbox_prefix": {"data": child, "first_available": True}}
    address = {"netbox.netbox.netbox_ip_address": {
        "data": {"prefix": "10.64.0.0/24"}, "state": "new",
    }}  # fmt: skip
    _, prefix, ip = ansible.play([*tasks_of((parent,)), first, address])
    assert prefix["prefix"]["prefix"] == "10.64.0.0/24"
    assert ip["ip_address"]["address"] == "10.64.0.1/24"

"""Modules of netbox.netbox build a room and take it away; done again, they change nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from dcim.catalog import RESOURCES
from dcim.record.log.changes import ObjectChange
from tests.clients.ansible import Ansible

pytestmark = [pytest.mark.slow, pytest.mark.once]

Room = Sequence[tuple[str, dict[str, Any]]]
ROOM: Final = tuple(
    next(iter(one.items()))
    for one in yaml.safe_load((Path(__file__).parent / "room.yml").read_text())
)


def tasks_of(room: Room, **more: Any) -> list[dict[str, Any]]:
    return [{f"netbox.netbox.netbox_{name}": {"data": data, **more}} for name, data in room]


def counted() -> dict[str, int]:
    """How many objects there are of each kind, but for the log, which only grows."""
    return {
        one.kind: one.model._default_manager.count()
        for one in RESOURCES
        if one.model is not ObjectChange
    }


def changed_by(room: Room, results: list[dict[str, Any]], *, unlike: bool) -> list[str]:
    """The modules that changed something, or did not, against what they should."""
    pairs = zip(room, results, strict=True)
    return [name for (name, _), result in pairs if result["changed"] is not unlike]


def test_a_room_is_built_once_and_taken_away_once(ansible: Ansible) -> None:
    before, backwards = counted(), ROOM[::-1]
    built = ansible.run([*tasks_of(ROOM), *tasks_of(ROOM)])
    assert changed_by(ROOM, built[: len(ROOM)], unlike=True) == []
    assert changed_by(ROOM, built[len(ROOM) :], unlike=False) == []
    # Each again at once: later on, what it is named by would be gone too.
    twice = [one for one in backwards for _ in range(2)]
    gone = ansible.run(tasks_of(twice, state="absent"))
    assert changed_by(backwards, gone[::2], unlike=True) == []
    assert changed_by(backwards, gone[1::2], unlike=False) == []
    assert counted() == before


def test_a_playbook_builds_the_same_and_changes_nothing_more(ansible: Ansible) -> None:
    part = ROOM[:3]
    played = ansible.play(tasks_of(part))
    again = ansible.run(tasks_of(part))
    assert changed_by(part, played, unlike=True) == changed_by(part, again, unlike=False) == []


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

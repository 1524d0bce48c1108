"""Modules of netbox.netbox build a room on a running server; done again, they change nothing."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.clients.ansible import Ansible

pytestmark = pytest.mark.slow

ROOM: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("tag", {"name": "Produksi", "color": "2196f3"}),
    ("site", {"name": "Paser", "status": "Active", "time_zone": "Asia/Makassar"}),
    ("rack", {"name": "PDR-R01", "site": "Paser", "u_height": 42, "width": 19,
              "status": "Active"}),
    ("manufacturer", {"name": "Dell"}),
    ("device_type", {"model": "R760", "manufacturer": "Dell", "u_height": 2}),
    ("device_role", {"name": "Server", "color": "2196f3", "vm_role": True}),
    ("device", {"name": "pdr-h01", "device_type": "R760", "device_role": "Server",
                "site": "Paser", "rack": "PDR-R01", "position": 10, "face": "Front",
                "status": "Active", "serial": "SN1", "tags": ["Produksi"]}),
    ("device_interface", {"device": "pdr-h01", "name": "eth1", "type": "10GBASE-T (10GE)",
                          "mtu": 9000}),
    ("prefix", {"prefix": "10.64.10.0/24", "scope_type": "dcim.site", "scope": "Paser",
                "status": "Active"}),
    ("ip_address", {"address": "10.64.10.5/24", "dns_name": "pdr-h01.example",
                    "assigned_object": {"device": "pdr-h01", "name": "eth1"}}),
    ("virtual_machine", {"name": "simpeg-web-1", "site": "Paser", "vcpus": 2, "memory": 2048,
                         "status": "Active", "virtual_machine_role": "Server"}),
    ("service", {"virtual_machine": "simpeg-web-1", "name": "https", "port": 443,
                 "protocol": "TCP"}),
    ("contact", {"name": "Sri Wahyuni", "email": "sri@paser.example"}),
    ("contact_role", {"name": "Teknis"}),
    ("contact_assignment", {"object_type": "site", "object_name": "Paser",
                            "contact": "Sri Wahyuni", "role": "Teknis"}),
)  # fmt: skip


def tasks_of(room: tuple[tuple[str, dict[str, Any]], ...], **more: Any) -> list[dict[str, Any]]:
    return [{f"netbox.netbox.netbox_{name}": {"data": data, **more}} for name, data in room]


def test_a_room_built_twice_changes_nothing_the_second_time(ansible: Ansible) -> None:
    results = ansible.play([*tasks_of(ROOM), *tasks_of(ROOM)])
    changed = [one["changed"] for one in results]
    names = [name for name, _ in ROOM]
    assert dict(zip(names, changed[: len(ROOM)], strict=True)) == dict.fromkeys(names, True)
    assert dict(zip(names, changed[len(ROOM) :], strict=True)) == dict.fromkeys(names, False)


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

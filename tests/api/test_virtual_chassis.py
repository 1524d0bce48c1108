"""Virtual chassis as NetBox's clients make, fill and ask for them."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from dcim.record.equipment.devices import Device, Interface, VirtualChassis
from dcim.record.log.changes import ObjectChange
from dcim.record.networks.ipam import IPAddress
from tests.factories import make
from tests.record.change_log import after

pytestmark = pytest.mark.django_db

CHASSIS = "/api/dcim/virtual-chassis/"
DEVICES = "/api/dcim/devices/"


def patch(api: APIClient, url: str, **body: Any) -> Any:
    return api.patch(url, body, format="json")


def stack(*positions: int) -> tuple[VirtualChassis, list[Device]]:
    """A chassis with a member in each of the `positions`."""
    chassis = make(VirtualChassis)
    return chassis, [make(Device, virtual_chassis=chassis, vc_position=one) for one in positions]


def test_a_chassis_is_made_filled_and_given_a_master(api: APIClient) -> None:
    url = api.post(CHASSIS, {"name": "susun"}, format="json").json()["url"]
    devices = [make(Device), make(Device)]
    for position, one in enumerate(devices, start=1):
        body = {"virtual_chassis": {"name": "susun"}, "vc_position": position}
        assert patch(api, f"{DEVICES}{one.pk}/", **body).status_code == 200
    shown = patch(api, url, master=devices[0].pk).json()
    assert shown["master"]["id"] == devices[0].pk
    assert [one["id"] for one in shown["members"]] == [one.pk for one in devices]
    assert shown["member_count"] == 2


def test_the_master_of_a_new_chassis_is_its_first_member(api: APIClient) -> None:
    device = make(Device)
    made = api.post(CHASSIS, {"name": "susun", "master": device.pk}, format="json")
    assert made.status_code == 201
    shown = api.get(f"{DEVICES}{device.pk}/").json()
    assert (shown["virtual_chassis"]["id"], shown["vc_position"]) == (made.json()["id"], 1)
    assert shown["virtual_chassis"]["master"]["id"] == device.pk
    entry = ObjectChange.objects.filter(changed_object_type="dcim.device", action="update")
    assert entry.get().changed_object_id == device.pk


def test_a_master_is_a_member(api: APIClient) -> None:
    chassis, _members = stack(1)
    answer = patch(api, f"{CHASSIS}{chassis.pk}/", master=make(Device).pk)
    assert (answer.status_code, list(answer.json())) == (400, ["master"])


def test_a_device_leads_one_chassis_only(api: APIClient) -> None:
    device = make(Device)
    api.post(CHASSIS, {"name": "satu", "master": device.pk}, format="json")
    answer = api.post(CHASSIS, {"name": "dua", "master": device.pk}, format="json")
    assert (answer.status_code, list(answer.json())) == (400, ["master"])


def test_a_master_does_not_leave_its_chassis(api: APIClient) -> None:
    chassis, (first, _second) = stack(1, 2)
    patch(api, f"{CHASSIS}{chassis.pk}/", master=first.pk)
    answer = patch(api, f"{DEVICES}{first.pk}/", virtual_chassis=None)
    assert (answer.status_code, list(answer.json())) == (400, ["virtual_chassis"])


def test_a_member_leaves_and_the_master_after_it_is_none(api: APIClient) -> None:
    chassis, (first, second) = stack(1, 2)
    patch(api, f"{CHASSIS}{chassis.pk}/", master=first.pk)
    body = {"virtual_chassis": None, "vc_position": None}
    assert patch(api, f"{DEVICES}{second.pk}/", **body).status_code == 200
    assert patch(api, f"{CHASSIS}{chassis.pk}/", master=None).status_code == 200
    assert patch(api, f"{DEVICES}{first.pk}/", **body).status_code == 200


def test_members_of_a_deleted_chassis_have_no_position_left(api: APIClient) -> None:
    chassis, (first, _second) = stack(1, 2)
    patch(api, f"{CHASSIS}{chassis.pk}/", master=first.pk)
    assert api.delete(f"{CHASSIS}{chassis.pk}/").status_code == 204
    assert not Device.objects.exclude(virtual_chassis=None, vc_position=None).exists()
    entries = ObjectChange.objects.filter(changed_object_type="dcim.device", action="update")
    assert [after(one)["vc_position"] for one in entries] == [None, None]


def test_a_master_is_asked_for_the_interfaces_of_all_members(api: APIClient) -> None:
    chassis, (first, second) = stack(1, 2)
    patch(api, f"{CHASSIS}{chassis.pk}/", master=first.pk)
    ports = [make(Interface, device=one) for one in (first, second)]
    make(Interface, device=second, mgmt_only=True)
    found = api.get("/api/dcim/interfaces/", {"virtual_chassis_member_id": first.pk}).json()
    assert {one["id"] for one in found["results"]} == {one.pk for one in ports}
    own = {"virtual_chassis_member_id": str(second.pk), "mgmt_only": "false"}
    assert [one["id"] for one in api.get("/api/dcim/interfaces/", own).json()["results"]] == [
        ports[1].pk
    ]


def test_a_primary_address_is_on_an_interface_of_any_member(api: APIClient) -> None:
    _chassis, (first, second) = stack(1, 2)
    address = make(IPAddress, interface=make(Interface, device=second))
    assert patch(api, f"{DEVICES}{first.pk}/", primary_ip4=address.pk).status_code == 200
    body = {"virtual_chassis": None, "vc_position": None}
    for one in (first, second):
        answer = patch(api, f"{DEVICES}{one.pk}/", **body)
        assert (answer.status_code, list(answer.json())) == (400, ["virtual_chassis"])


def test_a_primary_address_is_on_no_interface_of_another_chassis(api: APIClient) -> None:
    _chassis, (first,) = stack(1)
    for other in (stack(1)[1][0], make(Device)):
        address = make(IPAddress, interface=make(Interface, device=other))
        answer = patch(api, f"{DEVICES}{first.pk}/", primary_ip4=address.pk)
        assert (answer.status_code, list(answer.json())) == (400, ["primary_ip4"])


@pytest.mark.parametrize(
    ("parameters", "count"),
    [({"virtual_chassis_member": "true"}, 2), ({"virtual_chassis_member": "false"}, 1)],
)
def test_devices_are_found_by_whether_they_are_members(
    api: APIClient, parameters: dict[str, str], count: int
) -> None:
    stack(1, 2)
    make(Device)
    assert api.get(DEVICES, parameters).json()["count"] == count

"""MAC addresses: on interfaces of devices and machines, and the primary one of each."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Model
from rest_framework.test import APIClient

from dcim.catalog import BY_MODEL, kind_of
from dcim.record.equipment.devices import Device, Interface
from dcim.record.log.changes import ObjectChange
from dcim.record.networks.mac_addresses import MACAddress
from dcim.record.networks.machine_parts import VMInterface
from tests.factories import make

pytestmark = pytest.mark.django_db

on_both_kinds = pytest.mark.parametrize(
    ("model", "field"), [(Interface, "interface"), (VMInterface, "vm_interface")]
)


def url_of(obj: Model) -> str:
    return f"/api/{BY_MODEL[type(obj)].path}/{obj.pk}/"


def patch(api: APIClient, obj: Model, **body: Any) -> Any:
    return api.patch(url_of(obj), body, format="json")


@on_both_kinds
def test_an_interface_shows_its_primary_address_and_all_others(
    api: APIClient, model: type[Any], field: str
) -> None:
    port = make(model)
    first, second = (make(MACAddress, **{field: port}) for _ in range(2))
    assert patch(api, port, primary_mac_address=second.pk).status_code == 200
    shown = api.get(url_of(port)).json()
    assert shown["mac_address"] == second.mac_address
    assert [one["id"] for one in shown["mac_addresses"]] == [first.pk, second.pk]
    assert api.get(url_of(second)).json()["is_primary"] is True


@on_both_kinds
def test_a_primary_address_is_on_the_very_interface(
    api: APIClient, model: type[Any], field: str
) -> None:
    port, other = make(model), make(model)
    for stray in (make(MACAddress, **{field: other}), make(MACAddress)):
        answer = patch(api, port, primary_mac_address=stray.pk)
        assert (answer.status_code, list(answer.json())) == (400, ["primary_mac_address"])


@on_both_kinds
def test_a_primary_address_is_neither_moved_nor_taken_off(
    api: APIClient, model: type[Any], field: str
) -> None:
    port, other = make(model), make(model)
    address = make(MACAddress, **{field: port})
    patch(api, port, primary_mac_address=address.pk)
    kind = kind_of(model)
    for body in (
        {"assigned_object_type": kind, "assigned_object_id": other.pk},
        {"assigned_object_type": None, "assigned_object_id": None},
    ):
        answer = patch(api, address, **body)
        assert (answer.status_code, list(answer.json())) == (400, ["assigned_object_id"])


@on_both_kinds
def test_a_deleted_primary_address_leaves_none_and_an_entry(
    api: APIClient, model: type[Any], field: str
) -> None:
    port = make(model)
    address = make(MACAddress, **{field: port})
    patch(api, port, primary_mac_address=address.pk)
    assert api.delete(url_of(address)).status_code == 204
    assert api.get(url_of(port)).json()["primary_mac_address"] is None
    entries = ObjectChange.objects.filter(changed_object_type=kind_of(model), action="update")
    assert entries.count() == 2


def test_a_new_interface_takes_the_free_address_that_it_names(api: APIClient) -> None:
    address = make(MACAddress)
    body = {"device": make(Device).pk, "name": "eth0", "type": "virtual"}
    made = api.post(
        "/api/dcim/interfaces/", {**body, "primary_mac_address": address.pk}, format="json"
    )
    assert (made.status_code, made.json()["mac_address"]) == (201, address.mac_address)
    address.refresh_from_db()
    assert address.interface_id == made.json()["id"]


def test_a_new_interface_takes_no_address_of_another(api: APIClient) -> None:
    address = make(MACAddress, interface=make(Interface))
    body = {"device": make(Device).pk, "name": "eth0", "type": "virtual"}
    answer = api.post(
        "/api/dcim/interfaces/", {**body, "primary_mac_address": address.pk}, format="json"
    )
    assert (answer.status_code, list(answer.json())) == (400, ["primary_mac_address"])
    assert Interface.objects.count() == 1


@pytest.mark.parametrize("path", ["dcim/devices", "dcim/interfaces"])
def test_devices_and_interfaces_are_found_by_any_of_their_addresses(
    api: APIClient, path: str
) -> None:
    port = make(Interface)
    make(Interface)
    for text in ("02:00:00:00:00:0a", "02:00:00:00:00:0b"):
        make(MACAddress, interface=port, mac_address=text)
    parameters = {"mac_address": ["0200.0000.000a", "02-00-00-00-00-0B"]}
    assert api.get(f"/api/{path}/", parameters).json()["count"] == 1


@pytest.mark.parametrize("path", ["virtualization/virtual-machines", "virtualization/interfaces"])
def test_machines_and_their_interfaces_are_found_likewise(api: APIClient, path: str) -> None:
    make(MACAddress, vm_interface=make(VMInterface), mac_address="02:00:00:00:00:0c")
    make(VMInterface)
    assert api.get(f"/api/{path}/", {"mac_address": "02:00:00:00:00:0C"}).json()["count"] == 1

"""Inventory items: a tree inside each device, and what of the device an item is."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from dcim.actions import record
from dcim.record.equipment.devices import Device, Interface
from dcim.record.equipment.inventory import InventoryItem
from dcim.record.equipment.power import PowerPort
from tests.factories import TESTER, make

pytestmark = pytest.mark.django_db

ITEMS = "/api/dcim/inventory-items/"


def item(device: Device, parent: InventoryItem | None = None) -> InventoryItem:
    return make(InventoryItem, device=device, parent=parent)


def line_of(length: int) -> list[InventoryItem]:
    """Items of one device, each inside the one before."""
    device, items = make(Device), list[InventoryItem]()
    for _ in range(length):
        items.append(item(device, items[-1] if items else None))
    return items


def patch(api: APIClient, one: InventoryItem, **body: Any) -> Any:
    return api.patch(f"{ITEMS}{one.pk}/", body, format="json")


def test_an_item_tells_how_deep_it_is(api: APIClient) -> None:
    items = line_of(3)
    depths = {one["id"]: one["_depth"] for one in api.get(ITEMS).json()["results"]}
    assert [depths[one.pk] for one in items] == [0, 1, 2]


def test_what_is_inside_a_moved_item_moves_along(api: APIClient) -> None:
    top, middle, bottom = line_of(3)
    assert patch(api, middle, parent=None).status_code == 200
    depths = dict(InventoryItem.objects.values_list("pk", "depth"))
    assert [depths[one.pk] for one in (top, middle, bottom)] == [0, 0, 1]


def test_no_item_is_inside_itself(api: APIClient) -> None:
    top, _middle, bottom = line_of(3)
    for parent in (top, bottom):
        answer = patch(api, top, parent=parent.pk)
        assert (answer.status_code, list(answer.json())) == (400, ["parent"])


def test_the_item_around_is_of_the_same_device(api: APIClient) -> None:
    answer = patch(api, item(make(Device)), parent=item(make(Device)).pk)
    assert (answer.status_code, list(answer.json())) == (400, ["parent"])


def test_an_item_leaves_none_behind_on_another_device(api: APIClient) -> None:
    top, _inside = line_of(2)
    answer = patch(api, top, device=make(Device).pk)
    assert (answer.status_code, list(answer.json())) == (400, ["device"])


def test_items_inside_go_with_the_item(api: APIClient) -> None:
    top, *_inside = line_of(3)
    assert api.delete(f"{ITEMS}{top.pk}/").status_code == 204
    assert not InventoryItem.objects.exists()


def test_items_are_found_by_what_they_are_inside_of(api: APIClient) -> None:
    top, middle, bottom = line_of(3)
    by_parent = api.get(ITEMS, {"parent_id": top.pk}).json()["results"]
    below = api.get(ITEMS, {"ancestor_id": top.pk}).json()["results"]
    assert [one["id"] for one in by_parent] == [middle.pk]
    assert {one["id"] for one in below} >= {middle.pk, bottom.pk}


def test_an_item_is_a_component_of_its_device(api: APIClient) -> None:
    port = make(Interface)
    body = {"device": port.device_id, "name": "sfp"}
    of_port = {"component_type": "dcim.interface", "component_id": str(port.pk)}
    made = api.post(ITEMS, body | of_port, format="json").json()
    assert made["component"]["id"] == port.pk
    assert api.get(ITEMS, of_port).json()["count"] == 1
    assert api.get(ITEMS, {"component_type": "dcim.powerport"}).json()["count"] == 0


def test_an_item_is_no_component_of_another_device(api: APIClient) -> None:
    port = make(PowerPort)
    of_port = {"component_type": "dcim.powerport", "component_id": port.pk}
    answer = patch(api, item(make(Device)), **of_port)
    assert (answer.status_code, list(answer.json())) == (400, ["component_id"])


def test_an_item_outlives_the_component_that_it_was(api: APIClient) -> None:
    port = make(Interface)
    one = make(InventoryItem, device=port.device, interface=port)
    assert api.delete(f"/api/dcim/interfaces/{port.pk}/").status_code == 204
    shown = api.get(f"{ITEMS}{one.pk}/").json()
    assert (shown["component_type"], shown["component"]) == (None, None)


def test_items_of_other_devices_cost_nothing(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    device, parent = make(Device), line_of(1)[0]
    line_of(3)
    rows = [{"device": parent.device, "parent": parent, "name": f"d{n}"} for n in range(50)]
    with django_assert_max_num_queries(45):
        record.create_many(InventoryItem, rows, by=TESTER)
    assert set(InventoryItem.objects.filter(parent=parent).values_list("depth", flat=True)) == {1}
    assert not device.inventoryitems.exists()

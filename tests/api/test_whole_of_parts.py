"""Components stay part of what they were made for, as in NetBox; what can be taken out moves."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from rest_framework.test import APIClient

from dcim.catalog import BY_MODEL, component_templates, components
from dcim.record.equipment.devices import Device, Interface
from dcim.record.equipment.inventory import InventoryItem
from dcim.record.equipment.modules import Module, ModuleBay
from dcim.record.places.hardware import DeviceType
from dcim.web.values.addresses import page_of
from tests.factories import make

pytestmark = pytest.mark.django_db

KINDS = [
    *(one.model for one in components.RESOURCES if getattr(one.model, "part_of", ())),
    *(one.model for one in component_templates.RESOURCES),
]
named = pytest.mark.parametrize("model", KINDS, ids=lambda one: one.__name__)


def whole_of(model: type[Model]) -> tuple[str, type[Model]]:
    """The field that says what a part belongs to, and what that refers to."""
    return ("device", Device) if hasattr(model, "device") else ("device_type", DeviceType)


def address_of(obj: Model) -> str:
    return f"/api/{BY_MODEL[type(obj)].path}/{obj.pk}/"


def patch(api: APIClient, obj: Model, **body: Any) -> tuple[int, list[str]]:
    answer = api.patch(address_of(obj), body, format="json")
    return answer.status_code, list(answer.json()) if answer.status_code == 400 else []


@named
def test_a_part_is_not_moved(api: APIClient, model: type[Model]) -> None:
    field, whole = whole_of(model)
    part = make(model)
    assert patch(api, part, **{field: make(whole).pk}) == (400, [field])


@named
def test_a_part_is_written_with_the_whole_it_has(api: APIClient, model: type[Model]) -> None:
    field, _whole = whole_of(model)
    part = make(model)
    given = api.get(address_of(part)).json()
    body = {"name": "renamed", field: given[field]["id"], "type": given.get("type")}
    if isinstance(body["type"], dict):
        body["type"] = body["type"]["value"]
    answer = api.put(address_of(part), body, format="json")
    assert (answer.status_code, answer.json().get("name")) == (200, "renamed"), answer.json()


def test_each_part_of_a_set_that_would_move_is_named(api: APIClient) -> None:
    stays, moved = make(Interface), make(Interface)
    rows = [
        {"id": stays.pk, "device": stays.device_id, "mtu": 9000},
        {"id": moved.pk, "device": make(Device).pk},
    ]
    answer = api.patch("/api/dcim/interfaces/", rows, format="json")
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert (error["id"], list(error["errors"])) == (moved.pk, ["device"])
    stays.refresh_from_db()
    assert stays.mtu is None


def test_a_form_says_so_at_the_field(admin_client: Client) -> None:
    port = make(Interface)
    address = f"{page_of(port)}edit/"
    form = admin_client.get(address).context["form"]
    given = {one.html_name: one.value() for one in form if one.value()}
    answer = admin_client.post(address, given | {"device": make(Device).pk})
    assert list(answer.context["form"].errors) == ["device"]


def test_an_item_is_put_into_another_device(api: APIClient) -> None:
    other = make(Device)
    assert patch(api, make(InventoryItem), device=other.pk) == (200, [])


def test_a_module_is_moved_once_it_has_no_components(api: APIClient) -> None:
    module, bay = make(Module), make(ModuleBay)
    there = {"device": bay.device_id, "module_bay": bay.pk}
    port = make(Interface, device=module.device, module=module)
    assert patch(api, module, **there) == (400, ["device"])
    assert api.delete(address_of(port)).status_code == 204
    assert patch(api, module, **there) == (200, [])

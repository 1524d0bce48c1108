"""How devices are called: by their names, else by their types; in lists and inside others."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from dcim.actions import record
from dcim.record.equipment.devices import Device, Interface
from dcim.record.places.hardware import DeviceType, Manufacturer
from tests.factories import TESTER, make

pytestmark = pytest.mark.django_db

INTERFACES = "/api/dcim/interfaces/"
R740 = {"model": "R740", "slug": "r740"}


def unnamed(**values: str) -> Device:
    kind = record.create(DeviceType, {**R740, "manufacturer": make(Manufacturer)}, by=TESTER)
    return make(Device, device_type=kind, **values)


def test_a_device_is_called_by_its_name_and_asset_tag() -> None:
    assert str(make(Device, name="h1")) == "h1"
    assert str(make(Device, name="h1", asset_tag="A-7")) == "h1 (A-7)"


def test_an_unnamed_device_is_called_after_its_type() -> None:
    device = unnamed()
    assert str(device) == f"R740 ({device.pk})"
    assert str(unnamed(asset_tag="A-8")) == "R740 (A-8)"


def test_lists_and_briefs_call_it_the_same(api: APIClient) -> None:
    make(Interface, device=make(Device, name="h1"))
    device = unnamed()
    make(Interface, device=device)
    shown = api.get("/api/dcim/devices/").json()["results"]
    assert {one["display"] for one in shown} == {"h1", str(device)}
    inside = {one["device"]["display"] for one in api.get(INTERFACES).json()["results"]}
    assert inside == {"h1", str(device)}


@pytest.mark.parametrize("path", ["/api/dcim/devices/", INTERFACES])
def test_more_unnamed_devices_ask_no_more(api: APIClient, path: str) -> None:
    counts: list[int] = []
    for _ in range(3):
        make(Interface, device=unnamed(asset_tag=f"A-{len(counts)}"))
        make(Interface, device=make(Device, name=f"h{len(counts)}"))
        with CaptureQueriesContext(connection) as queries:
            api.get(path)
        counts.append(len(queries))
    assert counts[1] == counts[2]  # the first one also dates the token


def test_named_devices_ask_for_no_types(api: APIClient) -> None:
    make(Interface, device=make(Device, name="h1"))
    with CaptureQueriesContext(connection) as queries:
        api.get(INTERFACES)
    assert not any("dcim_devicetype" in one["sql"] for one in queries)

"""Pages with devices that have no names ask no more, however many these are."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dcim.record.equipment.devices import Device, Interface, VirtualChassis
from dcim.record.equipment.inventory import InventoryItem
from tests.factories import make

pytestmark = pytest.mark.django_db


def statements(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def fill(count: int) -> None:
    for _ in range(count):
        device = make(Device)
        make(Interface, device=device)
        make(InventoryItem, device=device)
        make(VirtualChassis, master=device)


@pytest.mark.parametrize(
    "path",
    ["devices", "interfaces", "inventory-items", "virtual-chassis", "interfaces/{port}/edit"],
)
def test_more_unnamed_devices_ask_no_more(admin_client: Client, path: str) -> None:
    fill(2)
    url = f"/dcim/{path.format(port=Interface.objects.latest('pk').pk)}/"
    few = statements(admin_client, url)
    fill(6)
    assert statements(admin_client, url) <= few

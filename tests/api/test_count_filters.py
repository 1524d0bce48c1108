"""Lists by how many objects refer to theirs."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from dcim.record.equipment.devices import Device, Interface, VirtualChassis
from dcim.record.places.hardware import DeviceType
from dcim.record.places.reservations import RackReservation
from tests.api.test_visibility import ids, reader_of
from tests.factories import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def devices() -> list[Device]:
    """Devices with no, one, two and three interfaces."""
    found = [make(Device) for _ in range(4)]
    for count, device in enumerate(found):
        for _ in range(count):
            make(Interface, device=device)
    return found


@pytest.mark.parametrize(
    ("query", "counts"),
    [
        ({"interface_count": 2}, [2]),
        ({"interface_count": [0, 3]}, [0, 3]),
        ({"interface_count__n": 2}, [0, 1, 3]),
        ({"interface_count__n": 0}, [1, 2, 3]),
        ({"interface_count__gt": 1}, [2, 3]),
        ({"interface_count__gte": 0}, [0, 1, 2, 3]),
        ({"interface_count__lt": 2}, [0, 1]),
        ({"interface_count__lte": 2, "interface_count__gte": 1}, [1, 2]),
        ({"interface_count__gt": -1}, [0, 1, 2, 3]),
        ({"interface_count": "null"}, []),
        ({"interface_count__empty": "true"}, []),
        ({"interface_count__empty": "false"}, [0, 1, 2, 3]),
        ({"power_port_count": 0, "interface_count": 3}, [3]),
    ],
)
def test_devices_are_found_by_their_numbers(
    api: APIClient, devices: list[Device], query: dict[str, object], counts: list[int]
) -> None:
    found = ids(api, "dcim/devices", ordering="id", **query)
    assert found == [devices[count].pk for count in counts]


def test_only_what_may_be_seen_is_counted(devices: list[Device]) -> None:
    seen = Interface.objects.filter(device=devices[3]).first()
    assert seen is not None
    reader = reader_of(Device, interface={"pk": seen.pk})
    assert ids(reader, "dcim/devices", interface_count=1) == [devices[3].pk]


def test_what_may_not_be_seen_at_all_counts_as_none(devices: list[Device]) -> None:
    reader = reader_of(Device)
    assert ids(reader, "dcim/devices", interface_count__gt=0) == []
    assert len(ids(reader, "dcim/devices", interface_count=0)) == len(devices)


def test_a_number_that_is_none_is_named(api: APIClient) -> None:
    answer = api.get("/api/dcim/devices/", {"interface_count__gt": "banyak"})
    assert (answer.status_code, list(answer.json())) == (400, ["interface_count__gt"])


def test_types_chassis_and_reservations_have_numbers_too(api: APIClient) -> None:
    used, unused = make(Device).device_type, make(DeviceType)
    assert ids(api, "dcim/device-types", device_count=0) == [unused.pk]
    assert ids(api, "dcim/device-types", device_count__gte=1) == [used.pk]
    chassis = make(VirtualChassis)
    make(Device, virtual_chassis=chassis, vc_position=1)
    assert ids(api, "dcim/virtual-chassis", member_count=1) == [chassis.pk]
    small, large = (make(RackReservation, units=units) for units in ([1], [1, 2, 3]))
    assert ids(api, "dcim/rack-reservations", unit_count_max=2) == [small.pk]
    assert ids(api, "dcim/rack-reservations", unit_count_min=2) == [large.pk]

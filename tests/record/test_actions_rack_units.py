"""Rack units stay true whatever is written: devices, their types, or the racks."""

from __future__ import annotations

from re import escape

import pytest

from dcim.actions import record
from dcim.record.equipment.devices import Device
from dcim.record.places.hardware import DeviceType
from dcim.record.places.racks import Rack, RackUnit
from dcim.record.places.sites import Site
from dcim.vocabulary.errors import DoesNotFit, PositionTaken
from tests.factories import TESTER, make

pytestmark = pytest.mark.django_db


def mounted(rack: Rack, kind: DeviceType, position: int) -> Device:
    place = {"site": rack.site, "rack": rack, "position": position, "face": "front"}
    return make(Device, device_type=kind, **place)


def test_a_higher_type_lets_its_devices_take_more_units() -> None:
    rack, kind = make(Rack), make(DeviceType)
    mounted(rack, kind, 5)
    record.update(kind, {"u_height": 2}, by=TESTER)
    held = RackUnit.objects.filter(rack=rack, face="front").values_list("half_unit", flat=True)
    assert sorted(held) == [10, 11, 12, 13]


def test_a_shallower_type_frees_the_rear() -> None:
    rack, kind = make(Rack), make(DeviceType)
    mounted(rack, kind, 5)
    record.update_many(DeviceType, [(kind, {"is_full_depth": False})], by=TESTER)
    assert set(RackUnit.objects.values_list("face", flat=True)) == {"front"}


def test_a_type_does_not_grow_into_a_neighbour() -> None:
    rack, kind = make(Rack), make(DeviceType)
    mounted(rack, kind, 1)
    neighbour = mounted(rack, make(DeviceType), 2)
    with pytest.raises(PositionTaken, match=escape(str(neighbour))):
        record.update(kind, {"u_height": 3}, by=TESTER)
    assert DeviceType.objects.get(pk=kind.pk).u_height == 1


def test_a_type_does_not_grow_beyond_a_rack() -> None:
    kind = make(DeviceType)
    mounted(make(Rack, u_height=10), kind, 10)
    with pytest.raises(DoesNotFit, match="do not fit"):
        record.update(kind, {"u_height": 2}, by=TESTER)


def test_a_rack_does_not_shrink_below_what_is_in_it() -> None:
    rack = make(Rack)
    device = mounted(rack, make(DeviceType), 5)
    with pytest.raises(DoesNotFit, match=escape(str(device))):
        record.update(rack, {"u_height": 4}, by=TESTER)
    record.update(rack, {"u_height": 5}, by=TESTER)
    assert RackUnit.objects.filter(rack=rack).count() == 4


def test_a_rack_with_devices_does_not_move_to_another_site() -> None:
    rack = make(Rack)
    make(Device, site=rack.site, rack=rack)
    with pytest.raises(DoesNotFit, match="another site"):
        record.update(rack, {"site": make(Site)}, by=TESTER)
    assert Rack.objects.get(pk=rack.pk).site_id == rack.site_id

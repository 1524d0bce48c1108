"""The elevation of a rack."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from dcim.record.equipment.devices import Device
from dcim.record.places.hardware import DeviceType
from dcim.record.places.racks import Rack
from dcim.record.places.reservations import RackReservation
from dcim.vocabulary.choices import DeviceFace
from dcim.web.equipment.racks import UNIT_PX, elevation
from dcim.web.values.addresses import page_of
from tests.factories import make

pytestmark = pytest.mark.django_db


def rack(**fields: Any) -> Rack:
    return make(Rack, u_height=10, **fields)


def mount(
    rack: Rack, position: str, *, u_height: str = "2", deep: bool = True, **fields: Any
) -> Device:
    kind = make(DeviceType, u_height=Decimal(u_height), is_full_depth=deep)
    place = {"site": rack.site, "rack": rack, "position": Decimal(position), "face": "front"}
    return make(Device, device_type=kind, **{**place, **fields})


def drawn(rack: Rack, face: DeviceFace) -> list[tuple[str, int, int, bool]]:
    shown = elevation(rack, list(Device.objects.filter(rack=rack)), face)
    return [(box.name, box.y, box.height, box.is_back) for box in shown.boxes]


def test_a_device_of_full_depth_is_seen_from_both_sides() -> None:
    one = rack()
    mount(one, "3", name="host")
    assert drawn(one, DeviceFace.FRONT) == [("host", 6 * UNIT_PX, 2 * UNIT_PX, False)]
    assert drawn(one, DeviceFace.REAR) == [("host", 6 * UNIT_PX, 2 * UNIT_PX, True)]


def test_a_shallow_device_is_seen_from_its_own_side_only() -> None:
    one = rack()
    mount(one, "1", name="panel", deep=False, face="rear")
    assert drawn(one, DeviceFace.FRONT) == []
    assert [name for name, *_ in drawn(one, DeviceFace.REAR)] == ["panel"]


def test_units_that_count_downwards_begin_at_the_top() -> None:
    one = rack(desc_units=True)
    mount(one, "1", name="host")
    assert drawn(one, DeviceFace.FRONT)[0][1] == 0


def test_half_units_are_drawn_as_such() -> None:
    one = rack()
    mount(one, "1.5", u_height="0.5", name="tipis")
    assert drawn(one, DeviceFace.FRONT) == [("tipis", 180, UNIT_PX // 2, False)]


def test_free_units_are_counted_and_the_longest_run_of_them() -> None:
    one = rack()
    mount(one, "3")
    shown = elevation(one, list(Device.objects.all()), DeviceFace.FRONT)
    assert (shown.free_units, shown.largest_free) == (8, 6)


def test_the_page_shows_both_sides_with_names_links_and_descriptions(admin_client: Client) -> None:
    one = rack(name="PDR-R01")
    host = mount(one, "3", name="PDR-H01")
    page = admin_client.get(page_of(one)).content.decode()
    assert page.count('<svg class="rack"') == 2
    assert page.count(f'<a href="{page_of(host)}" class="box') == 2
    assert "Sisi Depan rak PDR-R01: 1 perangkat, 8 dari 10 U kosong." in page


def test_a_free_unit_leads_to_a_form_that_knows_the_place(admin_client: Client) -> None:
    one = rack()
    page = admin_client.get(page_of(one)).content.decode()
    address = f"site_id={one.site_id}&amp;rack_id={one.pk}&amp;position=10&amp;face=front"
    assert address in page


def test_reserved_units_are_marked_with_what_they_are_for(admin_client: Client) -> None:
    one = rack()
    make(RackReservation, rack=one, units=[3, 4], description="Untuk SIMRS")
    page = admin_client.get(page_of(one)).content.decode()
    assert page.count('class="free reserved"') == 4
    assert "U3 direservasi: Untuk SIMRS" in page


def test_what_is_in_the_rack_without_a_position_is_named(admin_client: Client) -> None:
    one = rack()
    pdu = make(Device, name="PDU-A", site=one.site, rack=one)
    assert page_of(pdu) in admin_client.get(page_of(one)).content.decode()

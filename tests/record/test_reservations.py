"""Reserved rack units."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from dcim.actions import record
from dcim.record.equipment.devices import Device
from dcim.record.places.racks import Rack
from dcim.record.places.reservations import RackReservation, ReservedUnit
from dcim.vocabulary.errors import InvalidInput
from tests.factories import TESTER, make

pytestmark = pytest.mark.django_db


def reserved(rack: Rack) -> list[int]:
    return list(rack.reserved_units.order_by("unit").values_list("unit", flat=True))


def test_units_are_kept_in_order_and_once() -> None:
    one = make(RackReservation, units=[7, 2, 2, 1])
    assert (one.units, str(one)) == ([1, 2, 7], "U1-2, 7")
    assert reserved(one.rack) == [1, 2, 7]


@pytest.mark.parametrize("units", [[0], [42, 43], [], ["1"], "1", [True]])
def test_units_that_the_rack_has_not_are_refused(units: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        make(RackReservation, units=units)
    assert "units" in refused.value.errors


def test_no_unit_is_reserved_twice() -> None:
    first = make(RackReservation, units=[4, 5], description="Untuk SIMRS")
    with pytest.raises(InvalidInput, match=r"U?5.*Untuk SIMRS") as refused:
        make(RackReservation, rack=first.rack, units=[5, 6])
    assert refused.value.field == "units"


def test_the_database_keeps_two_reservations_out_of_one_unit() -> None:
    first, other = make(RackReservation, units=[4]), make(RackReservation)
    with pytest.raises(IntegrityError):
        ReservedUnit.objects.create(rack=first.rack, unit=4, reservation=other)


def test_units_are_free_again_once_given_up() -> None:
    first = make(RackReservation, units=[4, 5])
    record.update(first, {"units": [4]}, by=TESTER)
    make(RackReservation, rack=first.rack, units=[5])
    record.delete(first, by=TESTER)
    assert reserved(first.rack) == [5]


def test_a_device_may_stand_in_reserved_units() -> None:
    rack = make(RackReservation, units=[4]).rack
    assert make(Device, site=rack.site, rack=rack, position=4, face="front").position == 4


def test_a_rack_keeps_the_units_that_are_reserved() -> None:
    rack = make(RackReservation, units=[42]).rack
    with pytest.raises(InvalidInput, match="42") as refused:
        record.update(rack, {"u_height": 40}, by=TESTER)
    assert refused.value.field == "u_height"

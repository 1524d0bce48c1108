"""The record's serial: whoever has seen one has seen everything up to it."""

from __future__ import annotations

import pytest

from dcim.actions.register.imports import import_offices
from dcim.record.log.changes import current_serial, newest_link
from dcim.record.places.sites import Site
from tests.factories import TESTER, make
from tests.record.registers import OFFICE

pytestmark = pytest.mark.django_db


def test_an_untouched_record_has_serial_0() -> None:
    assert (current_serial(), newest_link()) == (0, None)


def test_the_serial_is_the_number_of_the_newest_link() -> None:
    make(Site)
    newest = newest_link()
    assert newest is not None
    assert current_serial() == newest[0] > 0


def test_a_serial_can_leave_kinds_of_objects_out() -> None:
    make(Site)
    serial = current_serial()
    import_offices([OFFICE], by=TESTER)
    assert current_serial(leaving_out=["tenancy.tenant"]) == serial < current_serial()

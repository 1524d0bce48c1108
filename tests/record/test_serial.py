"""The record's serial: whoever has seen one has seen everything up to it."""

from __future__ import annotations

from threading import Thread
from time import sleep

import pytest
from django.db import OperationalError, connection, transaction

from dcim.actions.register import import_offices
from dcim.record.changes import current_serial, newest_change
from dcim.record.sites import Site
from dcim.vocabulary.errors import Refused
from tests.factories import TESTER, make
from tests.record.registers import OFFICE

pytestmark = pytest.mark.django_db


def test_an_untouched_record_has_serial_0() -> None:
    assert (current_serial(), newest_change()) == (0, None)


def test_the_serial_is_the_newest_change() -> None:
    make(Site)
    newest = newest_change()
    assert newest is not None
    assert current_serial() == newest[0] > 0


def test_a_serial_can_leave_kinds_of_objects_out() -> None:
    make(Site)
    serial = current_serial()
    import_offices([OFFICE], by=TESTER)
    assert current_serial(leaving_out=["tenancy.tenant"]) == serial < current_serial()


@pytest.mark.django_db(transaction=True)
def test_changes_are_committed_in_the_order_of_their_ids() -> None:
    later = Thread(target=make_site_when_possible, args=("later",))
    with transaction.atomic():
        make(Site, name="earlier")
        later.start()
        later.join(0.5)
        assert later.is_alive(), "a later change may not be seen before an earlier one"
    later.join()
    assert set(Site.objects.values_list("name", flat=True)) == {"earlier", "later"}


def make_site_when_possible(name: str) -> None:
    """Make the site; SQLite in memory refuses a second writer where the others let it wait."""
    while True:
        try:
            make(Site, name=name)
        except (OperationalError, Refused):
            sleep(0.01)
        else:
            break
    connection.close()

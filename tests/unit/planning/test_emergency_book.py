"""What the emergency book says, from graphs drawn by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from dcim.actions.emergency_book.making import Last
from dcim.actions.emergency_book.nightly import is_due
from dcim.graph.graph import DependencyGraph
from dcim.planning.emergency_book import Beside, EmergencyBook, make_book
from dcim.vocabulary.things import ThingKind
from tests.drawn_graphs import facts_of

MIDNIGHT = datetime(2026, 11, 29, tzinfo=UTC)
ROOM = """
app:SIMPEG -> workload:SIMPEG/web
app:MAIL -> ~app:SIMPEG
app:OLD (retired) -> workload:SIMPEG/web
workload:SIMPEG/web -> vm:web-1
vm:web-1 -> host:h1
host:h1 -> rack:R1, 1 of psu:h1/1 psu:h1/2
psu:h1/1 -> pdu:a
psu:h1/2 -> feed:B
pdu:a -> rack:R1, feed:A
rack:EMPTY -> site:S
switch:core -> rack:R1
router:edge -> rack:R1
backup:SIMPEG -> site:S
rack:R1 -> site:S
"""
KEYS = {ThingKind.HOST: 7, ThingKind.VM: 70}
BESIDE = Beside(machines_on={7: (70,)}, apps_on={70: ("SIMPEG", "OLD")}, places={7: "R1 U4"})


def book(made_at: datetime = MIDNIGHT, serial: int = 3) -> EmergencyBook:
    """The book of the room above."""
    known = facts_of(ROOM, serial)
    things = tuple(replace(one, pk=KEYS.get(one.kind, 0)) for one in known.things)
    return make_book(DependencyGraph.of(replace(known, things=things)), BESIDE, made_at)


def test_a_rack_tells_its_equipment_machines_and_the_running_apps_it_fells() -> None:
    (rack,) = book().racks
    assert (rack.thing, rack.apps_down, rack.apps_degraded) == ("rack:R1", ("SIMPEG",), ("MAIL",))
    host, switch, router, pdu = rack.equipment
    assert (switch.thing, router.thing) == ("switch:core", "router:edge")
    assert (host.thing, host.place, host.machines) == ("host:h1", "R1 U4", ("web-1",))
    assert (host.apps, pdu.thing, rack.machines) == (("OLD", "SIMPEG"), "pdu:a", 1)


def test_a_feed_tells_what_it_powers_through_supplies_and_pdus() -> None:
    a, b = book().feeds
    assert [one.thing for one in a.equipment] == ["host:h1", "pdu:a"]
    assert [one.thing for one in b.equipment] == ["host:h1"]
    assert (a.apps_down, a.apps_degraded) == ((), ("SIMPEG",))


def test_the_start_order_begins_at_the_site_and_names_what_people_switch_on() -> None:
    waves = book().start_order
    assert (waves[0], waves[-1]) == ((("site:S",),), (("app:MAIL",),))
    kinds = {thing.partition(":")[0] for wave in waves for step in wave for thing in step}
    assert kinds == {"site", "rack", "pdu", "host", "vm", "workload", "app", "router", "switch"}


def test_the_digest_is_of_what_the_book_says_and_not_of_when() -> None:
    first = book()
    assert first.digest == book(MIDNIGHT.replace(hour=9), serial=4).digest
    assert first.digest != replace(first, feeds=()).digest


MADE = Last(made_at="2026-11-29T02:00:05+00:00", tried_at="2026-11-29T02:00:05+00:00")
FAILED = replace(MADE, trouble="not mounted")
NIGHT = time(2)


@pytest.mark.parametrize(
    ("last", "hour", "minute", "due"),
    [
        (Last(), 0, 0, True),  # none was ever made
        (MADE, 2, 1, False),
        (MADE, 23, 59, False),
        (replace(MADE, made_at="2026-11-28T15:00:00+00:00"), 1, 59, False),
        (replace(MADE, made_at="2026-11-28T15:00:00+00:00"), 2, 0, True),
        (replace(MADE, made_at="2026-11-20T02:00:00+00:00"), 0, 1, True),  # it was off for days
        (FAILED, 2, 59, False),
        (FAILED, 3, 1, True),
    ],
)
def test_a_book_is_due_once_a_night_and_an_hour_after_a_failure(
    last: Last, hour: int, minute: int, due: bool
) -> None:
    assert is_due(last, NIGHT, MIDNIGHT.replace(hour=hour, minute=minute)) is due


def test_none_is_due_where_it_is_switched_off() -> None:
    assert not is_due(Last(), None, MIDNIGHT)

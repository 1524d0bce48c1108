"""What a hand in the tables leaves behind: each kind of tampering is found, and where."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dcim.actions import record
from dcim.actions.log.heads import Head
from dcim.actions.verification.log_check import Tally, check_chain, check_heads
from dcim.actions.verification.log_findings import Finding, Problem
from dcim.record.log.chain import ENTRY_COLUMNS, Key, keys_of
from dcim.record.log.changes import ChangeLink, ObjectChange
from dcim.record.places.sites import Site
from tests.factories import TESTER, make
from tests.record.tampering import run, tamper, unguarded

pytestmark = pytest.mark.django_db
SECRET = "kunci-uji-" * 4
OTHER_VALUES = {
    "id": "999",
    "link_id": "(SELECT max(id) FROM dcim_changelink)",
    "time": "'2020-01-01 00:00:00+00:00'",
    "user_id": "7",
    "user_name": "'orang lain'",
    "request_id": "'00000000000000000000000000000001'",
    "source_address": "'10.0.0.1'",
    "action": "'delete'",
    "changed_object_type": "'dcim.rack'",
    "changed_object_id": "77",
    "object_repr": "'B'",
    "message": "'tak pernah ditulis'",
    "prechange_data": '\'{"name": "B"}\'',
    "postchange_data": "'{\"name\": 1}'",
}
LAST = "(SELECT max(id) FROM dcim_objectchange)"


@pytest.fixture(autouse=True)
def _log(settings: Any) -> None:
    """Three links: a site, a change of it, and two sites at once."""
    settings.LOG_KEYS = [SECRET]
    site = make(Site, name="A")
    record.update(site, {"name": "AA"}, by=TESTER)
    rows = [{"name": f"S{one}", "slug": f"s{one}"} for one in range(2)]
    record.create_many(Site, rows, by=TESTER)


def found(**options: Any) -> list[Finding]:
    return list(check_chain(keys_of([SECRET]), Tally(), **options))


def problems() -> list[tuple[Problem, int | None]]:
    return [(one.problem, one.number) for one in found()]


def entry_of(number: int) -> int:
    """The first entry of a link."""
    entry = ObjectChange.objects.filter(link__number=number).order_by("id").first()
    assert entry is not None
    return entry.pk


def test_an_untouched_log_is_intact() -> None:
    tally = Tally()
    assert list(check_chain(keys_of([SECRET]), tally)) == []
    newest = ChangeLink.objects.latest("number")
    assert (tally.links, tally.entries, tally.number, tally.mac) == (3, 4, 3, newest.mac)


@pytest.mark.parametrize("column", OTHER_VALUES)
def test_an_altered_column_is_found_with_its_entry(column: str) -> None:
    pk = entry_of(2)
    tamper(f"UPDATE dcim_objectchange SET {column} = {OTHER_VALUES[column]} WHERE id = {pk}")
    altered = found()[0 if column != "link_id" else -1]
    assert altered.problem in {Problem.ENTRY_ALTERED, Problem.ENTRY_FORGED}
    assert altered.entry == (999 if column == "id" else pk)
    assert altered.number == (3 if column == "link_id" else 2)


def test_every_column_of_an_entry_was_tried() -> None:
    assert set(OTHER_VALUES) == set(ENTRY_COLUMNS)


@pytest.mark.parametrize(
    ("column", "value"),
    [("time", "'2020-01-01 00:00:00+00:00'"), ("total", "9"), ("previous", "'0'"), ("mac", "'0'")],
)
def test_an_altered_link_is_found(column: str, value: str) -> None:
    tamper(f"UPDATE dcim_changelink SET {column} = {value} WHERE number = 2")
    assert (Problem.LINK_ALTERED, 2) in problems()


def test_digests_of_an_entry_that_were_exchanged_are_found() -> None:
    tamper(f"UPDATE dcim_objectchange SET mac = 'x' WHERE id = {entry_of(1)}")
    assert problems() == [(Problem.ENTRY_ALTERED, 1)]


def test_a_deleted_entry_is_found_with_its_link() -> None:
    tamper(f"DELETE FROM dcim_objectchange WHERE id = {entry_of(3)}")
    (finding,) = found()
    assert (finding.problem, finding.number) == (Problem.ENTRIES_GONE, 3)
    assert finding.detail == {"logged": 2, "found": 1}


def test_a_forged_entry_is_found() -> None:
    columns = ", ".join(name for name in ENTRY_COLUMNS if name != "id")
    copied = f"SELECT 900, {columns}, mac FROM dcim_objectchange WHERE id = {entry_of(2)}"
    run(f"INSERT INTO dcim_objectchange (id, {columns}, mac) {copied}")
    (finding,) = found()
    assert (finding.problem, finding.number, finding.entry) == (Problem.ENTRY_FORGED, 2, 900)


def test_an_entry_under_no_link_is_found() -> None:
    columns = ", ".join(name for name in ENTRY_COLUMNS if name not in {"id", "link_id"})
    copied = f"SELECT 900, 900, {columns}, mac FROM dcim_objectchange WHERE id = {LAST}"
    run(f"INSERT INTO dcim_objectchange (id, link_id, {columns}, mac) {copied}")
    (finding,) = found()
    assert (finding.problem, finding.entry) == (Problem.ENTRY_WITHOUT_LINK, 900)


def test_a_link_taken_out_of_the_middle_is_found() -> None:
    where = "(SELECT id FROM dcim_changelink WHERE number = 2)"
    tamper(
        f"DELETE FROM dcim_objectchange WHERE link_id = {where}",
        "DELETE FROM dcim_changelink WHERE number = 2",
    )
    (finding,) = found()
    assert (finding.problem, finding.detail) == (Problem.LINKS_GONE, {"from": 2, "to": 2})


def test_links_that_close_up_behind_a_gap_are_found() -> None:
    tamper(
        f"DELETE FROM dcim_objectchange WHERE id = {entry_of(2)}",
        "DELETE FROM dcim_changelink WHERE number = 2",
        "UPDATE dcim_changelink SET number = 2 WHERE number = 3",
    )
    assert problems() == [(Problem.LINK_MOVED, 2), (Problem.LINK_ALTERED, 2)]


@pytest.mark.parametrize("number", ["0", "-5"])
def test_entries_under_a_number_that_the_chain_never_reaches_are_found(number: str) -> None:
    columns = "id, number, time, count, total, key_id, previous, mac"
    pk = entry_of(3)
    tamper(
        f"INSERT INTO dcim_changelink ({columns})"
        f" SELECT 999, {number}, time, count, total, key_id, previous, mac"
        " FROM dcim_changelink WHERE number = 2",
        f"UPDATE dcim_objectchange SET link_id = 999 WHERE id = {pk}",
    )
    assert (Problem.ENTRY_WITHOUT_LINK, pk) in [(one.problem, one.entry) for one in found()]


def test_links_that_changed_places_are_found() -> None:
    swap = "UPDATE dcim_changelink SET number = {} WHERE number = {}"
    tamper(swap.format(9, 2), swap.format(2, 3), swap.format(3, 9))
    assert {(Problem.LINK_ALTERED, 2), (Problem.LINK_ALTERED, 3)} <= set(problems())


def test_a_log_that_was_cut_off_is_found_by_its_heads() -> None:
    newest = ChangeLink.objects.latest("number")
    head = Head("2026-11-24", newest.number, newest.mac, newest.total)
    tamper(
        f"DELETE FROM dcim_objectchange WHERE link_id = {newest.pk}",
        f"DELETE FROM dcim_changelink WHERE id = {newest.pk}",
    )
    tally = Tally()
    assert list(check_chain(keys_of([SECRET]), tally)) == []
    (finding,) = check_heads([head], tally)
    assert (finding.problem, finding.detail["links"]) == (Problem.CUT_OFF, 1)


def test_a_log_that_was_written_anew_with_its_key_is_found_by_its_heads() -> None:
    newest = ChangeLink.objects.latest("number")
    head = Head("2026-11-24", newest.number, newest.mac, newest.total)
    tally = Tally()
    list(check_chain(keys_of([SECRET]), tally))
    assert list(check_heads([head], tally)) == []
    (finding,) = check_heads([replace(head, mac="f" * 64)], tally)
    assert finding.problem is Problem.REWRITTEN


def test_without_its_key_a_link_is_not_proven() -> None:
    (finding,) = check_chain(keys_of(["l" * 32]), Tally())
    assert (finding.problem, finding.number) == (Problem.KEY_MISSING, 1)
    assert finding.detail == {"key": Key.of(SECRET).id, "to": 3}
    assert not finding.problem.is_tampering


def test_a_new_key_proves_what_follows_and_the_old_one_what_was(settings: Any) -> None:
    settings.LOG_KEYS = ["l" * 32, SECRET]
    make(Site)
    assert list(check_chain(keys_of(settings.LOG_KEYS), Tally())) == []
    assert ChangeLink.objects.latest("number").key_id == Key.of("l" * 32).id


def test_links_before_a_time_are_taken_for_granted() -> None:
    tamper(f"UPDATE dcim_objectchange SET message = 'x' WHERE id = {entry_of(1)}")
    assert [one.number for one in found()] == [1]
    assert found(since=ChangeLink.objects.get(number=2).time) == []


def test_missing_triggers_are_found() -> None:
    with unguarded():
        tables = {one.detail["table"] for one in found()}
    assert tables == {"dcim_objectchange", "dcim_changelink"}

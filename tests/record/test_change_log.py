"""The change log: entries wait for the end of their transaction, and are chained to older ones."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from django.db import Error, connection, transaction

from dcim.actions import record
from dcim.actions.changes import Actor, Change, log_changes, state_of
from dcim.actions.refusals import writing
from dcim.record.log.changes import ChangeLink, ObjectChange
from dcim.record.places.sites import Site
from tests.factories import TESTER, make, make_user
from tests.record.test_races import attempt

pytestmark = pytest.mark.django_db
WRITERS = 16


def test_a_transaction_is_one_link_and_its_entries_name_it() -> None:
    with writing():
        make(Site)
        make(Site)
        assert not ObjectChange.objects.exists()
    link = ChangeLink.objects.get()
    assert (link.number, link.count, link.total) == (1, 2, 2)
    assert set(ObjectChange.objects.values_list("link", flat=True)) == {link.pk}


def test_each_link_holds_on_to_the_one_before() -> None:
    make(Site)
    make(Site)
    newer, older = ChangeLink.objects.all()
    assert (newer.number, newer.previous, newer.total) == (2, older.mac, 2)
    assert older.previous == "0" * 64


def test_a_write_outside_a_transaction_of_ours_fails_loudly() -> None:
    site = make(Site)
    with transaction.atomic(), pytest.raises(RuntimeError, match="writing"):
        log_changes([Change(site, site.pk, None, state_of(site))], by=TESTER)


def test_a_block_that_is_undone_takes_its_entries_along() -> None:
    with writing():
        make(Site, name="stays")
        with pytest.raises(ZeroDivisionError):
            write_and_fail("goes")
    assert ObjectChange.objects.get().object_repr == "stays"


def write_and_fail(name: str) -> None:
    with writing():
        make(Site, name=name)
        raise ZeroDivisionError


def test_what_is_undone_as_a_whole_leaves_nothing() -> None:
    with pytest.raises(ZeroDivisionError):
        write_and_fail("goes")
    assert not ObjectChange.objects.exists()
    assert not ChangeLink.objects.exists()


def test_an_entry_says_where_the_write_came_from() -> None:
    by = Actor(None, "tamu", source_address="2001:db8::7")
    record.create(Site, {"name": "A", "slug": "a"}, by=by)
    assert ObjectChange.objects.get().source_address == "2001:db8::7"


def test_an_entry_outlives_its_user_unchanged() -> None:
    user = make_user(is_superuser=True)
    record.create(Site, {"name": "A", "slug": "a"}, by=Actor.of(user))
    pk = user.pk
    user.delete()
    entry = ObjectChange.objects.select_related("user").get()
    assert (entry.user_id, entry.user_name, entry.user) == (pk, "siti", None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET mac = ''",
        "DELETE FROM {table}",
        "UPDATE {table} SET id = id WHERE id < 0 OR id > 0",
    ],
)
@pytest.mark.parametrize("table", ["dcim_objectchange", "dcim_changelink"])
def test_the_database_refuses_to_rewrite_the_log(table: str, statement: str) -> None:
    make(Site)
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement.format(table=table))
    assert ObjectChange.objects.exclude(mac="").count() == 1


@pytest.mark.parametrize("table", ["dcim_objectchange", "dcim_changelink"])
def test_the_database_refuses_to_replace_or_empty_the_log(table: str) -> None:
    make(Site)
    replace = f"REPLACE INTO {table} SELECT * FROM {table}"
    statement = f"TRUNCATE {table}" if connection.vendor == "postgresql" else replace
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.django_db(transaction=True)
def test_writers_work_side_by_side_and_none_of_their_links_is_lost() -> None:
    """On PostgreSQL all are inside their transactions, and have told the log, before any ends."""
    together = WRITERS if connection.vendor == "postgresql" else 1
    inside, before = Barrier(together, timeout=60), ChangeLink.objects.count()
    writers = [Thread(target=write, args=(f"s-{one}", inside)) for one in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    links = list(ChangeLink.objects.order_by("number"))
    assert [one.number for one in links] == list(range(1, before + WRITERS + 1))
    assert [one.previous for one in links[1:]] == [one.mac for one in links[:-1]]
    assert Site.objects.count() == ObjectChange.objects.count() == WRITERS


def write(slug: str, inside: Barrier) -> None:
    try:
        attempt(lambda: write_at_once(slug, inside))
    finally:
        connection.close()


def write_at_once(slug: str, inside: Barrier) -> None:
    with writing():
        record.create(Site, {"name": slug, "slug": slug}, by=TESTER)
        inside.wait()

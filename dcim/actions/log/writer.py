"""The change log's writer: a transaction's entries and the link that ties them to the chain.

Everything that takes time is done before the lock on the chain's head is taken: writers work side
by side and pass the head one after the other, each for the time of two short statements and its
commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from dcim.actions.log.heads import export_daily_head
from dcim.record.log.chain import (
    BEGINNING,
    ENTRY_COLUMNS,
    LINK_COLUMNS,
    Key,
    LinkMac,
    entry_mac,
    keys_of,
)
from dcim.record.log.changes import ChangeLink, ObjectChange

HEAD_LOCK: Final = int.from_bytes(b"lumbung", "big")  # one number of this database's own
of_entry: Final = attrgetter(*ENTRY_COLUMNS)
of_link: Final = attrgetter(*LINK_COLUMNS)


def write_log(entries: Sequence[ObjectChange]) -> ChangeLink:
    """Write `entries` and their link, as the last deed of the transaction that they tell of.

    Notes: the link's id is drawn before its number, so that entries can name it; ids have gaps and
    no order, numbers have order and no gaps.
    """
    key = next(iter(keys_of(settings.LOG_KEYS).values()))
    now = timezone.now()
    link_id, ids = _draw_ids(len(entries))
    for entry, pk in zip(entries, ids, strict=True):
        entry.pk, entry.link_id, entry.time = pk, link_id, now
        entry.mac = entry_mac(key, of_entry(entry))
    _insert(entries)
    _settle_references()
    _lock_head()
    link = _tie(link_id, key, entries)
    # The write is done whatever comes of it, so a failure is reported and goes no further.
    transaction.on_commit(export_daily_head, robust=True)
    return link


def _draw_ids(count: int) -> tuple[int, list[int]]:
    """An id for a link and `count` for its entries, which no other rows will have."""
    tables = [model._meta.db_table for model in (ChangeLink, ObjectChange)]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            draw = "SELECT nextval(pg_get_serial_sequence(%s, 'id'))"
            series = f"{draw} UNION ALL {draw} FROM generate_series(1, %s)"
            cursor.execute(series, [*tables, count])
            link_id, *ids = (pk for (pk,) in cursor.fetchall())
            return link_id, ids
        # There a transaction is the only writer.
        newest = (
            "SELECT (SELECT coalesce(max(id), 0) FROM {}), (SELECT coalesce(max(id), 0) FROM {})"
        )
        cursor.execute(newest.format(*tables))
        link_id, entry_id = cursor.fetchone()
        return link_id + 1, list(range(entry_id + 1, entry_id + count + 1))


def _insert(entries: Sequence[ObjectChange]) -> None:
    """Store the entries with one statement, whatever their number."""
    fields = ObjectChange._meta.concrete_fields
    rows = (
        [one.get_db_prep_save(getattr(entry, one.attname), connection) for one in fields]
        for entry in entries
    )
    table, columns = ObjectChange._meta.db_table, ", ".join(f'"{one.column}"' for one in fields)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(fields))
            into = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608  as above
            cursor.executemany(into, list(rows))


def _settle_references() -> None:
    """Let foreign keys be judged now, and not at the commit, when the head is held already.

    What they name may be locked by a writer who waits for the head: that would be a circle.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def _lock_head() -> None:
    """Pass the head alone from here to the commit: numbers follow the order of commits."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [HEAD_LOCK])


def _tie(link_id: int, key: Key, entries: Sequence[ObjectChange]) -> ChangeLink:
    head = ChangeLink.objects.order_by("-number").first()
    # A clock that was put back does not turn the chain's time round.
    now = timezone.now() if head is None else max(timezone.now(), head.time)
    link = ChangeLink(
        id=link_id,
        number=head.number + 1 if head else 1,
        time=now,
        count=len(entries),
        total=(head.total if head else 0) + len(entries),
        key_id=key.id,
        previous=head.mac if head else BEGINNING,
    )
    mac = LinkMac(key, of_link(link))
    for entry in sorted(entries, key=attrgetter("pk")):
        mac.add(entry.mac)
    link.mac = mac.result()
    link.save(force_insert=True)
    return link

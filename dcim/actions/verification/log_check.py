"""Checks the chain over the change log: every entry, link, number and head.

It reads one committed state, in the order of the links and in steps of a few thousand rows, so that
the size of the log does not matter to the memory. Values are taken as text and turned into what was
digested here: what no longer can be read is an altered entry, not a failure.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Exists, Func, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast

from dcim.actions.log.heads import Head
from dcim.actions.verification.log_findings import Finding, Problem
from dcim.record.log.append_only import unprotected
from dcim.record.log.chain import (
    BEGINNING,
    ENTRY_COLUMNS,
    LINK_COLUMNS,
    Key,
    LinkMac,
    entry_mac,
)
from dcim.record.log.changes import ChangeLink, ObjectChange

LINKS_AT_ONCE: Final = 500
ENTRIES_AT_ONCE: Final = 2_000
BAD_KEPT: Final = 100  # of one link
DATA: Final = frozenset({"prechange_data", "postchange_data"})
# SQLite takes anything in any column, so these could fail to be read; on both engines it saves
# making objects that are written as text again.
AS_TEXT: Final = DATA | {"time", "request_id"}
# Whatever the server's DateStyle is.
POSTGRESQL_TIME: Final = (
    "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"+00:00\"')"
)
BIGGEST: Final = 2**63 - 1  # what SQLite holds as text sorts after it
TIME_OF_ENTRY: Final = ENTRY_COLUMNS.index("time")
OnProgress = Callable[[int], None]
Row = tuple[Any, ...]


@dataclass(slots=True)
class Tally:
    """What a check went through, and the link it ended at."""

    links: int = 0
    entries: int = 0
    number: int = 0
    mac: str = BEGINNING


@dataclass(slots=True)
class _Link:
    """A link as it is stored, and what its entries add up to."""

    columns: Row
    mac: str
    key: Key | None
    sum: LinkMac | None
    found: int = 0
    bad: list[Row] = field(default_factory=list)

    @property
    def number(self) -> int:
        return int(self.columns[1])

    @property
    def time(self) -> str:
        return _time_text(self.columns[2])


def check_chain(
    keys: Mapping[str, Key],
    tally: Tally,
    *,
    since: datetime | None = None,
    on_progress: OnProgress = lambda _: None,
) -> Iterator[Finding]:
    """What is wrong with links and entries, in the order of the chain.

    Args:
        keys: The chain's keys by name; links of other keys are counted and not proven.
        tally: Filled on the way.
        since: Links before this time are trusted.
        on_progress: Told how many entries have been looked at.
    """
    unknown: dict[str, Finding] = {}
    _begin_after(tally, since)
    while batch := _next_links(tally.number, keys):
        _read_entries(batch)
        for link in batch.values():
            yield from _judge(link, tally)
            if link.key is None:
                first = Finding(Problem.KEY_MISSING, link.number, detail={"key": link.columns[5]})
                unknown.setdefault(link.columns[5], first).detail["to"] = link.number
            tally.links, tally.entries = tally.links + 1, tally.entries + link.found
            tally.number, tally.mac = link.number, link.mac
        on_progress(tally.entries)
    yield from unknown.values()
    yield from _without_link(since)
    yield from (
        Finding(Problem.UNPROTECTED, detail={"table": table}) for table in unprotected(connection)
    )


def check_heads(heads: Sequence[Head], tally: Tally) -> Iterator[Finding]:
    """Heads that the chain does not hold: it was cut off, or written anew under its key."""
    if not heads and tally.number:
        yield Finding(Problem.HEADS_MISSING)
    numbers = sorted({one.number for one in heads})
    stored: dict[int, str] = {}
    for start in range(0, len(numbers), LINKS_AT_ONCE):
        links = ChangeLink.objects.filter(number__in=numbers[start : start + LINKS_AT_ONCE])
        stored |= dict(links.values_list("number", "mac"))
    for head in heads:
        detail = {"date": head.date, "links": max(head.number - tally.number, 0)}
        if head.number > tally.number:
            yield Finding(Problem.CUT_OFF, head.number, detail=detail)
        elif stored.get(head.number, head.mac) != head.mac:
            yield Finding(Problem.REWRITTEN, head.number, detail=detail)


def _begin_after(tally: Tally, since: datetime | None) -> None:
    """Take the link before the first to check for granted."""
    before = ChangeLink.objects.filter(time__lt=since) if since else ChangeLink.objects.none()
    found = before.order_by("-number").values_list("number", "mac").first()
    if found is not None:
        tally.number, tally.mac = found


def _next_links(after: int, keys: Mapping[str, Key]) -> dict[int, _Link]:
    """The next links by their ids, in the order of their numbers."""
    further = ChangeLink.objects.filter(number__gt=after, number__lte=BIGGEST)
    rows = _texts(further.order_by("number"), LINK_COLUMNS)
    links: dict[int, _Link] = {}
    for *values, mac in rows[:LINKS_AT_ONCE]:
        columns = (*values[:2], _time(values[2]), *values[3:])
        key = keys.get(columns[5])
        links[columns[0]] = _Link(columns, mac, key, LinkMac(key, columns) if key else None)
    return links


def _read_entries(links: Mapping[int, _Link]) -> None:
    """Let each link take in its entries, in the order of their ids."""
    entries = ObjectChange.objects.filter(link__in=list(links)).order_by("id")
    for *values, mac in _texts(entries, ENTRY_COLUMNS).iterator(chunk_size=ENTRIES_AT_ONCE):
        link = links[values[1]]
        link.found += 1
        if link.key is None or link.sum is None:
            continue
        link.sum.add(mac)
        if not _is_genuine(link.key, values, mac) and len(link.bad) < BAD_KEPT:
            link.bad.append(tuple(values))


def _is_genuine(key: Key, values: list[Any], mac: str) -> bool:
    """Whether an entry is what was digested.

    Notes: the quick reader of JSON takes whole numbers of more than 64 bits for floats, so what it
    does not prove is read once more.
    """
    for loads in (orjson.loads, json.loads):
        try:
            if entry_mac(key, _digested(values, loads)) == mac:
                return True
        except (ValueError, TypeError):
            continue
    return False


def _digested(values: list[Any], loads: Callable[[str], Any]) -> Row:
    """The columns of an entry as they were when its digest was made."""
    digested = dict(zip(ENTRY_COLUMNS, values, strict=True))
    if connection.vendor != "postgresql":
        digested["time"] = _time(digested["time"])
        digested["request_id"] = UUID(digested["request_id"])
    for name in DATA:
        digested[name] = None if digested[name] is None else loads(digested[name])
    return tuple(digested.values())


def _judge(link: _Link, tally: Tally) -> Iterator[Finding]:
    if link.number != tally.number + 1:
        gap = {"from": tally.number + 1, "to": link.number - 1}
        yield Finding(Problem.LINKS_GONE, gap["from"], time=link.time, detail=gap)
    elif link.columns[6] != tally.mac:
        yield Finding(Problem.LINK_MOVED, link.number, time=link.time)
    count, bad = link.columns[3], link.bad
    for values in bad:
        too_many = isinstance(count, int) and link.found > count
        problem = Problem.ENTRY_FORGED if too_many else Problem.ENTRY_ALTERED
        yield _of_entry(problem, values, link.number)
    if not isinstance(count, int):
        yield Finding(Problem.LINK_ALTERED, link.number, time=link.time)
    elif link.found != count and (link.found < count or not bad):
        detail = {"logged": count, "found": link.found}
        yield Finding(Problem.ENTRIES_GONE, link.number, time=link.time, detail=detail)
    elif not bad and link.sum is not None and link.sum.result() != link.mac:
        yield Finding(Problem.LINK_ALTERED, link.number, time=link.time)


def _of_entry(problem: Problem, values: Sequence[Any], number: int | None) -> Finding:
    pk, kind, key, name = values[0], values[8], values[9], values[10]
    detail = {"user": values[4], "action": values[7]}
    time = _time_text(values[TIME_OF_ENTRY])
    return Finding(problem, number, pk, kind, key, name, time, detail)


def _without_link(since: datetime | None) -> Iterator[Finding]:
    """Entries whose link is not there, or has a number that the chain never reaches."""
    links = ChangeLink.objects.filter(pk=OuterRef("link"), number__gte=1, number__lte=BIGGEST)
    entries = ObjectChange.objects.filter(~Exists(links)).order_by("id")
    if since is not None:
        entries = entries.filter(time__gte=since)
    for *values, _mac in _texts(entries, ENTRY_COLUMNS).iterator(chunk_size=ENTRIES_AT_ONCE):
        yield _of_entry(Problem.ENTRY_WITHOUT_LINK, values, None)


def _texts(rows: QuerySet[Any], columns: Sequence[str]) -> Any:
    """The `columns` of `rows` and their digests; what could fail to be read comes as text."""
    texts: dict[str, Func] = {
        f"{name}_text": Cast(name, TextField()) for name in AS_TEXT if name in columns
    }
    if connection.vendor == "postgresql":
        texts["time_text"] = Func("time", template=POSTGRESQL_TIME, output_field=TextField())
    names = [f"{name}_text" if name in AS_TEXT else name for name in columns]
    return rows.annotate(**texts).values_list(*names, "mac")


def _time(value: Any) -> datetime | None:
    """A moment as the database gives it; None for what is none."""
    if isinstance(value, datetime):
        return value
    try:
        moment = datetime.fromisoformat(value)
    except (ValueError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _time_text(moment: Any) -> str:
    found = _time(moment)
    return found.astimezone(UTC).isoformat() if found else str(moment or "")

"""The ledgers of a day to come: hosts that come and go, grants that begin and end.

Today is what the record says. For a later day the dates that were stated are believed: a host that
does not give room yet does from its first day on, one that does no longer from the day after its
last, and grants are judged by their own dates. Machines are taken to stay as they are.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from dcim.planning.capacity.ledger import PoolLedger, ledgers
from dcim.planning.estate import Host, Snapshot
from dcim.vocabulary.choices import AllocationStatus, DeviceStatus

COMING: Final = frozenset({DeviceStatus.PLANNED, DeviceStatus.STAGED, DeviceStatus.INVENTORY})
A_DAY: Final = timedelta(days=1)


class Event(StrEnum):
    """What changes what pools have."""

    HOST_COMES = "host_comes"
    HOST_GOES = "host_goes"
    GRANT_BEGINS = "grant_begins"
    GRANT_ENDS = "grant_ends"


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """What happens to a pool; `name` is the host's, or the grant's reference."""

    pool: str
    event: Event
    name: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day on which something changes, with the ledgers as they are from then on."""

    day: date
    changes: tuple[Change, ...]
    ledgers: tuple[PoolLedger, ...]


def on_day(snapshot: Snapshot, day: date) -> Snapshot:
    """`snapshot` as it is on `day` by what is stated today; itself on its own day or before."""
    if snapshot.as_of is None or day <= snapshot.as_of:
        return replace(snapshot, as_of=day)
    clusters = tuple(
        replace(one, hosts=tuple(_host_on(host, day) for host in one.hosts))
        for one in snapshot.clusters
    )
    return replace(snapshot, as_of=day, clusters=clusters)


def days_of_change(snapshot: Snapshot) -> tuple[Day, ...]:
    """The days after the snapshot's on which what pools have changes, in order.

    Notes: a grant ends on the day after the last one on which it holds.
    """
    found: dict[date, set[Change]] = defaultdict(set)
    today = snapshot.as_of or date.min
    for cluster in snapshot.clusters:
        for host in cluster.hosts:
            for day, event in _of_host(host):
                found[day].add(Change(cluster.ref, event, host.name))
    for grant in snapshot.allocations:
        if grant.status is AllocationStatus.ACTIVE:
            if grant.valid_from:
                begun = Change(grant.ref, Event.GRANT_BEGINS, grant.reference)
                found[grant.valid_from].add(begun)
            if (after := _after(grant.valid_until)) is not None:
                found[after].add(Change(grant.ref, Event.GRANT_ENDS, grant.reference))
    return tuple(
        Day(day, tuple(sorted(found[day])), ledgers(on_day(snapshot, day)))
        for day in sorted(found)
        if day > today
    )


def _of_host(host: Host) -> list[tuple[date, Event]]:
    events: list[tuple[date, Event]] = []
    if host.service_from and host.status in COMING:
        events.append((host.service_from, Event.HOST_COMES))
    after = _after(host.service_until)
    if after is not None and host.status in COMING | {DeviceStatus.ACTIVE}:
        events.append((after, Event.HOST_GOES))
    return events


def _after(last: date | None) -> date | None:
    """The day after the last one; None where nothing ends, as people also write 9999-12-31."""
    return None if last is None or last == date.max else last + A_DAY


def _host_on(host: Host, day: date) -> Host:
    if host.service_until and host.service_until < day and host.status is not DeviceStatus.OFFLINE:
        return replace(host, status=DeviceStatus.OFFLINE)
    if host.status in COMING and host.service_from and host.service_from <= day:
        return replace(host, status=DeviceStatus.ACTIVE)
    return host

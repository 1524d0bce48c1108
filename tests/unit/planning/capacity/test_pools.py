"""Ledgers of days to come, holders, and what still fits, on small cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dcim.planning.capacity.dates import Event, days_of_change, on_day
from dcim.planning.capacity.fitting import Size, Stop, fitting
from dcim.planning.capacity.floor import floors
from dcim.planning.capacity.holdings import By, holdings
from dcim.planning.capacity.ledger import Limit, ledgers
from dcim.planning.estate import Snapshot
from dcim.vocabulary.amounts import Amounts, ResourceClass
from dcim.vocabulary.choices import DeviceStatus
from dcim.vocabulary.errors import InvalidInput
from tests.snapshots import active, cluster, grant, snapshot, tier, vm

HOST = Amounts(8, 16384, 400)
TODAY = date(2026, 12, 1)


def dated() -> Snapshot:
    """Two hosts, one of which goes in June; a third that comes in March; a grant of one year."""
    whole = cluster(HOST, HOST, HOST)
    stays, goes, comes = whole.hosts
    hosts = (
        stays,
        replace(goes, service_until=date(2027, 5, 31)),
        replace(comes, status=DeviceStatus.PLANNED, service_from=date(2027, 3, 1)),
    )
    year = grant(HOST, valid_from=date(2027, 1, 1), valid_until=date(2027, 12, 31))
    return snapshot(replace(whole, hosts=hosts), year, as_of=TODAY)


def test_a_day_to_come_has_the_hosts_and_grants_of_that_day() -> None:
    days = {one.day: one for one in days_of_change(dated())}
    assert [(day.isoformat(), one.changes[0].event) for day, one in days.items()] == [
        ("2027-01-01", Event.GRANT_BEGINS),
        ("2027-03-01", Event.HOST_COMES),
        ("2027-06-01", Event.HOST_GOES),
        ("2028-01-01", Event.GRANT_ENDS),
    ]
    cores = [one.ledgers[0].capacity.vcpus for one in days.values()]
    open_grants = [one.ledgers[1].is_open for one in days.values()]
    assert (cores, open_grants) == ([16, 24, 16, 16], [True, True, True, False])
    assert ledgers(on_day(dated(), date(2027, 3, 1))) == days[date(2027, 3, 1)].ledgers


def test_a_planned_host_that_is_late_is_not_there_today() -> None:
    late = replace(dated(), as_of=date(2027, 4, 1))
    assert ledgers(on_day(late, date(2027, 4, 1)))[0].capacity.vcpus == 16


def test_a_shared_machine_is_split_with_the_odd_unit_to_the_first() -> None:
    shared = vm("s", "A/web", "B/web", "B/db", amounts=Amounts(5, 4096, 11))
    apps = (active("A", owner="dinkes"), active("B", tier(), tier("db"), owner="bkpsdm"))
    whole = snapshot(*apps, cluster(HOST), shared, vm("none"))
    held = {one.holder: one.used for one in holdings(whole, By.APP)}
    assert held == {
        "A": Amounts(3, 2048, 6), "B": Amounts(2, 2048, 5), "": Amounts(2, 4096, 50),
    }  # fmt: skip
    tiers = {one.holder: one.used.storage_gib for one in holdings(whole, By.TIER)}
    assert tiers == {"": 50, "A/web": 6, "B/db": 3, "B/web": 2}


@pytest.mark.parametrize(
    ("size", "count", "binding", "kind"),
    [
        (Size(Amounts(1, 8192, 10)), 2, Limit.CAPACITY, ResourceClass.MEMORY_MIB),
        (Size(Amounts(1, 1024, 10), apart=True), 1, Stop.APART, None),
        (Size(Amounts(1, 20000, 1)), 0, Limit.MAX_UNIT, ResourceClass.MEMORY_MIB),
    ],
)
def test_what_fits_beside_the_loss_of_a_host(
    size: Size, count: int, binding: Limit | Stop, kind: ResourceClass | None
) -> None:
    whole = snapshot(cluster(HOST, HOST, host_failures_to_survive=1))
    found = fitting(ledgers(whole)[0], size, floors(whole)[0])
    assert (found.count, found.at_most, found.binding, found.resource_class) == (
        count, count, binding, kind,
    )  # fmt: skip


def test_whole_hosts_are_kept_for_large_machines() -> None:
    whole = snapshot(
        cluster(*[HOST] * 3, host_failures_to_survive=1),
        vm("big", amounts=Amounts(1, 16384, 1), host="kvm-h1"),
    )
    found = fitting(ledgers(whole)[0], Size(Amounts(1, 4096, 1)), floors(whole)[0])
    assert (found.count, found.without_reserve, len(found.hosts)) == (4, 8, 1)


def test_grants_are_reckoned_without_end_and_on_hosts_many_are_told_as_at_least(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (book,) = ledgers(snapshot(grant(Amounts(48_000, 1, 1))))
    found = fitting(book, Size(Amounts(1, 0, 0)))
    assert (found.count, found.at_most, found.binding) == (48_000, 48_000, Limit.CAPACITY)
    monkeypatch.setattr("dcim.planning.capacity.fitting.MOST", 3)
    whole = snapshot(cluster(HOST))
    found = fitting(ledgers(whole)[0], Size(Amounts(1, 4096, 1)), floors(whole)[0])
    assert (found.count, found.binding, found.resource_class) == (3, Stop.MANY, None)
    assert found.at_most == found.without_reserve == HOST.memory_mib // 4096


def test_a_machine_of_no_size_is_no_question() -> None:
    with pytest.raises(InvalidInput, match="no size"):
        fitting(ledgers(snapshot(grant(HOST)))[0], Size(Amounts()))

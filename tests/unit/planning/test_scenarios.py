"""Scenarios: what each overlay does to the estate, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from dcim.planning.capacity.ledger import PoolLedger, ledgers
from dcim.planning.estate import Snapshot
from dcim.planning.scenarios.apply import apply
from dcim.planning.scenarios.overlays import (
    LapseGrant,
    Scenario,
    encode,
    overlays_of,
    parse,
    plain_overlays,
)
from dcim.planning.scenarios.series import quarters, series
from dcim.planning.scenarios.standing import difference, standing
from dcim.planning.watch import Recorded
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices import AppKind, Blocker, DeviceStatus, Verdict
from dcim.vocabulary.errors import BadDocument, InvalidInput
from tests.snapshots import active, app, cluster, grant, snapshot, vm

BASE = date(2026, 12, 1)
LATER = date(2027, 12, 1)
SIZE = Amounts(8, 16384, 500)
HOSTS = cluster(SIZE, SIZE, host_failures_to_survive=1)
HERE = replace(
    HOSTS, hosts=tuple(replace(one, rack=f"R{n}", site="PDR") for n, one in enumerate(HOSTS.hosts))
)
ESTATE = snapshot(
    active("A"),
    app("B", blocker=Blocker.CODE),
    app("C", verdict=Verdict.RETIRE),
    app("D"),
    HERE,
    grant(Amounts(4, 8192, 100), valid_until=date(2027, 6, 30)),
    vm("a", "A/web", host="kvm-h1"),
    vm("g", "A/web", cluster=None, allocation="G1"),
    serial=3,
    as_of=BASE,
)


SMALL = {"name": "w", "vcpus": "1", "memory_mib": 1}


def entry(kind: str, on: date = BASE, **fields: Any) -> dict[str, Any]:
    return {"kind": kind, "on": on.isoformat(), **fields}


def amounts(vcpus: int, memory_mib: int, storage_gib: int) -> dict[str, int]:
    return {"VCPU": vcpus, "MEMORY_MIB": memory_mib, "STORAGE_GIB": storage_gib}


def scenario(*entries: dict[str, Any]) -> Scenario:
    return Scenario(name="s", base_date=BASE, overlays=overlays_of(list(entries), BASE))


def after(*entries: dict[str, Any], on: date = BASE, estate: Snapshot = ESTATE) -> Snapshot:
    return apply(estate, scenario(*entries), on=on)


def book(whole: Snapshot, pool: str = "cluster:KVM") -> PoolLedger:
    return next(one for one in ledgers(whole) if one.pool == pool)


def test_without_overlays_everything_is_as_it_was() -> None:
    assert after() == ESTATE
    assert difference(standing(ESTATE), standing(after())).is_empty


def test_hosts_are_added_from_their_day_on() -> None:
    more = entry("add_hosts", LATER, cluster="KVM", count=2, like="kvm-h1")
    assert book(after(more)).capacity == SIZE
    found = after(more, on=LATER)
    assert book(found).capacity == SIZE.times(3)
    assert [host.name for host in found.clusters[0].hosts[2:]] == ["kvm-whatif", "kvm-whatif-2"]
    large = entry("add_hosts", cluster="KVM", amounts=amounts(64, 262144, 4000))
    assert book(after(large)).max_unit == Amounts(64, 262144, 4000)


def test_hosts_like_one_that_leaves_stay_when_it_goes() -> None:
    leaving = replace(HERE, hosts=tuple(replace(one, service_until=BASE) for one in HERE.hosts))
    more = entry("add_hosts", cluster="KVM", count=2, like="kvm-h1")
    found = after(more, on=LATER, estate=replace(ESTATE, clusters=(leaving,)))
    active_hosts = [host.name for host in found.clusters[0].active_hosts]
    assert active_hosts == ["kvm-whatif", "kvm-whatif-2"]


def test_a_host_that_retires_takes_its_room_and_leaves_its_machines_to_the_others() -> None:
    found = after(entry("retire_hosts", cluster="KVM", hosts=["kvm-h1"]))
    assert (book(found).capacity, book(found).used) == (Amounts(), Amounts(2, 4096, 50))
    assert [one.host for one in found.vms if one.cluster] == [None]


@pytest.mark.parametrize(("thing", "left"), [("host:kvm-h1", 1), ("rack:R0", 1), ("site:PDR", 0)])
def test_what_is_lost_takes_its_hosts_until_it_is_back(thing: str, left: int) -> None:
    loss = entry("lose", things=[thing], until=LATER.isoformat())
    assert len(after(loss).clusters[0].active_hosts) == left
    back = after(loss, on=LATER)
    assert [one.capacity for one in ledgers(back)] == [
        one.capacity for one in ledgers(replace(ESTATE, as_of=LATER))
    ]


def test_grants_come_change_and_lapse_on_their_day() -> None:
    new = entry(
        "new_grant", LATER, reference="G2", provider="pdn", amounts=amounts(1, 1, 1),
        until="2028-01-01",
    )  # fmt: skip
    assert [one.is_open for one in ledgers(after(new, on=LATER))] == [True, False, True]
    assert not book(after(new, on=date(2028, 1, 2)), "allocation:G2").is_open
    more = entry("change_grant", allocation="G1", amounts=amounts(9, 9, 9), until="2029-01-01")
    changed = book(after(more, on=LATER), "allocation:G1")
    assert (changed.capacity, changed.is_open) == (Amounts(9, 9, 9), True)
    lapse = entry("lapse_grant", date(2027, 3, 1), allocation="G1")
    open_on = [
        book(after(lapse, on=day), "allocation:G1").is_open
        for day in (date(2027, 2, 28), date(2027, 3, 1))
    ]
    assert open_on == [True, False]


def test_growth_is_exact_in_the_sum_and_compounded() -> None:
    machines = [vm(f"m{n}", "A/web", host="kvm-h1") for n in range(10)]
    whole = snapshot(active("A"), HERE, *machines, as_of=BASE)
    grow = entry("grow", percent_per_year=10.0)
    one_year = after(grow, on=BASE + timedelta(days=365), estate=whole)
    assert book(one_year).used == Amounts(22, 45056, 550)
    assert sorted(one.amounts.vcpus for one in one_year.vms) == [2] * 8 + [3] * 2
    two_years = after(grow, on=BASE + timedelta(days=730), estate=whole)
    assert book(two_years).used == Amounts(25, 49562, 605)  # 24.2 vCPUs, rounded up


@pytest.mark.parametrize(
    ("of", "used", "granted"),
    [
        ({"pool": "cluster:KVM"}, Amounts(4, 8192, 100), Amounts(2, 4096, 50)),
        ({"pool": "allocation:G1"}, Amounts(2, 4096, 50), Amounts(4, 8192, 100)),
        ({"resource_class": "MEMORY_MIB"}, Amounts(2, 8192, 50), Amounts(2, 8192, 50)),
        ({"app_kind": "website"}, Amounts(2, 4096, 50), Amounts(2, 4096, 50)),
    ],
)
def test_growth_may_be_of_a_pool_a_class_or_a_kind(
    of: dict[str, Any], used: Amounts, granted: Amounts
) -> None:
    found = after(entry("grow", percent_per_year=100.0, **of), on=BASE + timedelta(days=365))
    assert (book(found).used, book(found, "allocation:G1").used) == (used, granted)


def test_a_cluster_gets_other_ratios_reserve_and_failures_to_survive() -> None:
    changed = entry(
        "change_cluster", cluster="KVM", vcpu_allocation_ratio=4.0,
        reserved=amounts(1, 1024, 0), host_failures_to_survive=0,
    )  # fmt: skip
    assert book(after(changed)).capacity == Amounts(60, 31744, 1000)


def test_cured_and_new_apps_are_planned_for() -> None:
    tiers = [{"name": "web", "vcpus": "1.5", "memory_mib": 2048, "instances_wanted": 2}]
    changed = scenario(
        entry("cure", apps=["B"]),
        entry("add_app", code="NEW", tiers=tiers, users_per_month=500, needs=["B"]),
    )
    found = difference(standing(ESTATE), standing(apply(ESTATE, changed, on=BASE)))
    assert (found.gained, found.lost) == (("B", "NEW"), ())
    assert found.weight == (100, 305)


@pytest.mark.parametrize(
    ("bad", "field", "reason"),
    [
        (entry("add_hosts", date(2026, 11, 30), cluster="KVM", like="kvm-h1"), "on", "base date"),
        (entry("add_hosts", cluster="KVM", like="kvm-h1", count=0), "count", "can't be added"),
        (entry("add_hosts", cluster="KVM"), "like", "not once"),
        (entry("add_hosts", cluster="KVM", amounts=amounts(0, 0, 0)), "amounts", "is nothing"),
        (entry("add_hosts", cluster="KVM", amounts=amounts(-1, 1, 1)), "amounts.VCPU", "range"),
        (entry("add_hosts", cluster="X", like="h"), "cluster", "not recorded"),
        (entry("add_hosts", cluster="KVM", like="h"), "like", "not a host of KVM"),
        (entry("retire_hosts", cluster="KVM", hosts=[]), "hosts", "is empty"),
        (entry("retire_hosts", cluster="KVM", hosts=["kvm-h9"]), "hosts[0]", "not a host"),
        (entry("retire_hosts", cluster="KVM", hosts=["kvm-h1"] * 2), "hosts[1]", "stands twice"),
        (entry("lose", things=["rack:R9"]), "things[0]", "no host"),
        (entry("lose", things=["app:A"]), "things[0]", "can't be lost"),
        (entry("lose", things=["rack:R0"], until="2026-12-01"), "until", "is lost"),
        (entry("lose", things=["rack:R0"], until="2026-11-01"), "until", "lies before"),
        (entry("new_grant", reference="G1", provider="pdn", amounts=amounts(1, 1, 1)),
         "reference", "already"),
        (entry("new_grant", reference="G2", provider="x", amounts=amounts(1, 1, 1)),
         "provider", "not recorded"),
        (entry("change_grant", allocation="G1"), "amounts", "changes nothing"),
        (entry("change_grant", allocation="G9", until="2030-01-01"), "allocation", "not recorded"),
        (entry("lapse_grant", date(2028, 1, 1), allocation="G1"), "allocation", "not in force"),
        (entry("grow", percent_per_year=0), "percent_per_year", "out of range"),
        (entry("grow", percent_per_year=1, pool="cluster:X"), "pool", "not recorded"),
        (entry("grow", percent_per_year=1, resource_class="GPU"), "resource_class", "not known"),
        (entry("change_cluster", cluster="KVM"), "cluster", "not changed"),
        (entry("change_cluster", cluster="KVM", vcpu_allocation_ratio=0),
         "vcpu_allocation_ratio", "out of range"),
        (entry("cure", apps=["X"]), "apps[0]", "not recorded"),
        (entry("cure", apps=["A"]), "apps[0]", "is active"),
        (entry("cure", apps=["C"]), "apps[0]", "superseded"),
        (entry("cure", apps=["D"]), "apps[0]", "only room"),
        (entry("add_app", code="A", tiers=[{"name": "w", "vcpus": "1", "memory_mib": 1}]),
         "code", "already"),
        (entry("add_app", code="N", tiers=[{"name": "w", "vcpus": "0", "memory_mib": 1}]),
         "tiers[0].vcpus", "out of range"),
        (entry("add_app", code="N", tiers=[{"name": "w", "vcpus": "1", "memory_mib": 1}],
               needs=["X"]), "needs[0]", "not recorded"),
        (entry("fly"), "kind", "not known"),
        ({"on": "2026-12-01"}, "kind", "missing"),
        ({"kind": "cure", "on": "soon", "apps": ["B"]}, "on", "not a date"),
        (entry("cure", apps=["B"], colour="red"), "", "no field"),
    ],
)  # fmt: skip
def test_a_bad_entry_is_refused_by_its_place(bad: dict[str, Any], field: str, reason: str) -> None:
    good = entry("change_cluster", cluster="KVM", host_failures_to_survive=0)
    with pytest.raises(BadDocument, match=reason) as caught:
        after(good, bad, on=BASE)
    assert caught.value.field == f"overlays[1].{field}".rstrip(".")
    assert caught.value.hint


def test_what_is_retired_or_lost_twice_is_refused_even_later_than_the_day_asked_for() -> None:
    once = entry("retire_hosts", cluster="KVM", hosts=["kvm-h1"])
    for twice in (once | {"on": "2028-01-01"}, entry("lose", LATER, things=["host:kvm-h1"])):
        with pytest.raises(BadDocument) as caught:
            after(once, twice, on=BASE)
        assert caught.value.field.startswith("overlays[1]")


def test_a_loss_may_come_again_once_it_is_back() -> None:
    first = entry("lose", things=["rack:R0"], until="2027-01-01")
    second = entry("lose", date(2027, 1, 1), things=["rack:R0"])
    assert len(after(first, second, on=date(2027, 1, 1)).clusters[0].active_hosts) == 1


@pytest.mark.parametrize("ends", [("2026-12-10", "2026-12-20"), ("2026-12-20", "2026-12-10")])
def test_a_host_is_back_once_no_loss_holds_it_out(ends: tuple[str, str]) -> None:
    alone = entry("lose", things=["host:kvm-h1"], until=ends[0])
    together = entry("lose", date(2026, 12, 5), things=["site:PDR"], until=ends[1])
    away = [
        {
            host.name
            for host in after(alone, together, on=day).clusters[0].hosts
            if host.status is not DeviceStatus.ACTIVE
        }
        for day in (date(2026, 12, 9), date(2026, 12, 10), date(2026, 12, 20))
    ]
    both = {"kvm-h1", "kvm-h2"}
    assert away == [both, both if ends[1] == "2026-12-20" else {"kvm-h1"}, set()]


def test_a_day_before_the_base_is_refused() -> None:
    with pytest.raises(InvalidInput, match="before the base date"):
        after(on=BASE - timedelta(days=1))


def test_days_far_away_are_refused() -> None:
    grow = entry("grow", percent_per_year=900.0)
    with pytest.raises(InvalidInput, match="more than 50 years") as caught:
        after(grow, on=date.max)
    assert caught.value.field == "on"
    with pytest.raises(InvalidInput, match="beyond all measure") as caught:
        after(*[grow] * 9, on=date(2076, 11, 30))
    assert caught.value.field == "on"
    with pytest.raises(BadDocument, match="more than 50 years"):
        scenario(entry("lapse_grant", date(9999, 1, 1), allocation="G1"))
    lapse = LapseGrant(on=date.min, allocation="G1")
    for made in (
        Scenario(name="s", base_date=date.min, overlays=(lapse,)),
        Scenario(name="s", base_date=date(9998, 12, 31)),
    ):
        with pytest.raises(InvalidInput, match="no base date") as caught:
            apply(ESTATE, made, on=made.base_date)
        assert caught.value.field == "base_date"
        with pytest.raises(InvalidInput, match="no base date"):
            series(ESTATE, made)


def test_a_file_says_what_was_written() -> None:
    made = scenario(
        entry("lose", things=["rack:R0"], until="2027-01-01"),
        entry("grow", percent_per_year=5.0, app_kind=AppKind.WEB_APP.value),
        entry(
            "add_app",
            code="N",
            app_kind="website",
            tiers=[{"name": "w", "vcpus": "1", "memory_mib": 1}],
        ),
    )
    assert parse(encode(made)) == made
    assert plain_overlays(made.overlays)[0] == entry("lose", things=["rack:R0"], until="2027-01-01")
    for damaged in (b"[]", b"{}", b'{"format":"lumbung.scenario/1"}', encode(made)[:-9]):
        with pytest.raises(BadDocument):
            parse(damaged)


def test_the_series_says_when_each_pool_runs_full() -> None:
    grow = scenario(entry("grow", percent_per_year=100.0, resource_class="VCPU"))
    found = series(ESTATE, grow, years=3)
    full = {(one.pool, one.resource_class.value): one for one in found.full}
    # 2 of 8 vCPUs double every year: the sum, rounded up, is 8 when the exact one exceeds 7.
    assert full["cluster:KVM", "VCPU"].on == BASE + timedelta(days=660)
    assert full["cluster:KVM", "STORAGE_GIB"].on is None
    lapsed = full["allocation:G1", "MEMORY_MIB"]
    assert (lapsed.on, lapsed.is_closed) == (date(2027, 7, 1), True)
    assert [point.on for point in found.points] == list(quarters(BASE, 3))


def test_a_series_may_be_stopped_and_looks_five_years_ahead_at_most() -> None:
    stopped = series(ESTATE, scenario(), watch=Recorded(stop_at=3))
    assert (stopped.is_complete, len(stopped.points), stopped.full) == (False, 2, ())
    with pytest.raises(InvalidInput, match="6 years"):
        series(ESTATE, scenario(), years=6)

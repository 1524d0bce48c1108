"""Laws of scenarios: nothing changes nothing, order is of no account, what is back was not lost."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

from hypothesis import assume, given
from hypothesis import strategies as st

from dcim.planning.capacity.ledger import ledgers
from dcim.planning.estate import Snapshot
from dcim.planning.scenarios.apply import apply
from dcim.planning.scenarios.overlays import (
    AddHosts,
    ChangeCluster,
    Grow,
    Lose,
    NewGrant,
    Overlay,
    RetireHosts,
    Scenario,
)
from dcim.planning.snapshot import check
from dcim.vocabulary.amounts import Amounts
from tests.random_snapshots import snapshots

BASE, THEN, BACK = date(2027, 1, 1), date(2027, 6, 1), date(2027, 12, 1)


def laid(snapshot: Snapshot, *overlays: Overlay, on: date = BACK) -> Snapshot:
    found = apply(snapshot, Scenario(name="s", base_date=BASE, overlays=overlays), on=on)
    check(found)
    return found


def independent(snapshot: Snapshot) -> list[Overlay]:
    """Overlays that touch different things: each cluster once, each grant once, and growth."""
    some: list[Overlay] = [Grow(on=THEN, percent_per_year=20.0)]
    for cluster in snapshot.clusters:
        some.append(AddHosts(on=BASE, cluster=cluster.name, amounts=Amounts(4, 4096, 40)))
        some.append(ChangeCluster(on=BASE, cluster=cluster.name, vcpu_allocation_ratio=3.0))
        if cluster.active_hosts:
            gone = (cluster.active_hosts[0].name,)
            some.append(RetireHosts(on=THEN, cluster=cluster.name, hosts=gone))
    for n, provider in enumerate(snapshot.providers):
        some.append(
            NewGrant(on=BASE, reference=f"N{n}", provider=provider.slug, amounts=Amounts(1, 1, 1))
        )
    return some


@given(snapshots())
def test_an_empty_scenario_changes_nothing(snapshot: Snapshot) -> None:
    then = replace(snapshot, as_of=BACK)
    assert laid(snapshot) == then
    assert ledgers(then) == ledgers(laid(snapshot))


@given(snapshots(), st.randoms(use_true_random=False))
def test_the_order_of_independent_overlays_is_of_no_account(
    snapshot: Snapshot, chance: random.Random
) -> None:
    overlays = independent(snapshot)
    other = chance.sample(overlays, len(overlays))
    assert ledgers(laid(snapshot, *overlays)) == ledgers(
        replace(
            laid(snapshot, *other),
            allocations=laid(snapshot, *overlays).allocations,
        )
    )


@given(snapshots())
def test_what_is_lost_and_back_leaves_every_sum_as_it_was(snapshot: Snapshot) -> None:
    hosts = [host.name for one in snapshot.clusters for host in one.active_hosts]
    assume(hosts)
    lost = tuple(dict.fromkeys(f"host:{name}" for name in hosts))
    loss = Lose(on=BASE, things=lost, until=BACK)
    assert not any(one.active_hosts for one in laid(snapshot, loss, on=THEN).clusters)
    assert ledgers(laid(snapshot, loss)) == ledgers(laid(snapshot))


@given(snapshots())
def test_a_host_retired_and_one_like_it_added_leave_every_sum_as_it_was(
    snapshot: Snapshot,
) -> None:
    swaps: list[Overlay] = []
    for one in snapshot.clusters:
        for host in one.active_hosts[:1]:
            swaps.append(AddHosts(on=THEN, cluster=one.name, like=host.name))
            swaps.append(RetireHosts(on=THEN, cluster=one.name, hosts=(host.name,)))
    assert ledgers(laid(snapshot, *swaps)) == ledgers(laid(snapshot))

"""N+1 by packing: plans pass a judge, refusals equal exhaustive search."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from hypothesis import assume, given

from dcim.planning.capacity.floor import Floor
from dcim.planning.capacity.n_plus_one import Verdict, n_plus_one, survival, survives
from dcim.planning.capacity.pack import Fit
from dcim.planning.estate import NOTHING, VM
from dcim.planning.reactivation.plan import plan_reactivation
from tests.evacuations import evacuation_complaints, fits_at_all, random_floors
from tests.snapshots import active, snapshot, tier


@given(random_floors())
def test_each_loss_is_judged_as_trying_all_ways_does(floor: Floor) -> None:
    found = survival(floor)
    for loss in found.losses:
        assert loss.fit is (Fit.FITS if fits_at_all(floor, loss.hosts) else Fit.NEVER)
        if loss.fit is Fit.FITS:
            assert evacuation_complaints(floor, loss) == []
        else:
            assert loss.stuck or loss.short


@given(random_floors())
def test_the_verdict_is_that_of_all_sets(floor: Floor) -> None:
    found = survival(floor, with_repack=False)
    hosts = [host.name for host in floor.cluster.active_hosts]
    failures = floor.cluster.host_failures_to_survive
    sets = list(combinations(hosts, min(failures, len(hosts))))
    holds = all(fits_at_all(floor, lost) for lost in sets)
    if failures:
        assert found.verdict is (Verdict.SURVIVES if holds else Verdict.FAILS)
        assert (found.examined, found.sets) == (len(sets), len(sets))
    assert survives(floor) is (holds or not failures)


@given(random_floors())
def test_the_planner_says_of_what_stands_what_the_ledger_says(floor: Floor) -> None:
    """Where all run, on hosts that hold them, and no reserve is stated.

    The ledger evacuates what stands stopped, too, and keeps the reserve; plans move what runs.
    """
    cluster = replace(floor.cluster, reserved=NOTHING)
    held = [one for one in floor.occupants if one.host]
    assume(cluster.active_hosts)  # a pool without hosts is no target
    assume(all(NOTHING.fits_in(room) for room in Floor(cluster, tuple(held)).left().values()))
    vms = tuple(
        VM(
            id=one.id,
            name=one.name,
            amounts=one.amounts,
            cluster=cluster.name,
            host=one.host,
            carries=one.apart,
        )
        for one in held
    )
    tiers = sorted({tier for one in held for tier in one.apart})
    apps = tuple(
        active(code, *(tier(one.tier, anti_affinity=True) for one in tiers if one.app == code))
        for code in sorted({one.app for one in tiers})
    )
    whole = snapshot(cluster, *vms, *apps)
    (told,) = n_plus_one(whole)
    (target,) = plan_reactivation(whole).targets
    assert target.n_plus_one is not None
    holds = told.verdict in {Verdict.SURVIVES, Verdict.NOT_ASKED}
    assert (target.n_plus_one.verdict == "holds", target.n_plus_one.held_before) == (holds, holds)

"""Estates where best fit fails: the plan is right, and proved or honest about its gap."""

from __future__ import annotations

import json

import pytest

from dcim.planning.capacity.demand import NewVM
from dcim.planning.capacity.pack import Fit, fill
from dcim.planning.capacity.survival import Ground, place, strandings
from dcim.planning.document import PlanDocument, encode
from dcim.planning.estate import Carried, Snapshot
from dcim.planning.reactivation.plan import plan_reactivation
from dcim.planning.snapshot import encode as encode_snapshot
from dcim.planning.solver import Effort
from dcim.planning.watch import Recorded
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.errors import InvalidInput
from tests.hard_snapshots import apart, fragments, large, triplets
from tests.plan_checker import complaints
from tests.snapshots import app, cluster, paser, snapshot, vm

WEB = Carried(app="A", tier="web")
SHORT = Effort(limit_s=0.3)  # what is proved at all, is proved in less


def judged(whole: Snapshot, **fields: object) -> PlanDocument:
    document = plan_reactivation(whole, **fields)  # type: ignore[arg-type]
    assert complaints(json.loads(encode_snapshot(whole)), json.loads(encode(document))) == []
    return document


@pytest.mark.parametrize("seed", range(2))
def test_hosts_that_three_machines_fill_exactly_are_filled(seed: int) -> None:
    document = judged(triplets(5, seed))
    assert (document.objective.proved, document.objective.revived) == (True, 15)


def test_best_fit_alone_would_not_have_filled_them() -> None:
    vms = [machine(one.code, one.workloads[0].memory_mib) for one in triplets(5, 0).apps]
    rooms = {f"h{n}": Amounts(100, 1000, 100_000) for n in range(5)}
    assert fill(vms, rooms, {}).homeless


@pytest.mark.parametrize("whole", [triplets(4, 0, failures=1), fragments(5, 0), apart(4, 7, 0)])
def test_what_is_not_proved_says_how_far_it_may_be_from_the_best(whole: Snapshot) -> None:
    found = judged(whole, effort=SHORT).objective
    assert found.revived_weight <= found.bound
    assert found.proved == (found.gap == 0.0) or found.gap == 0.0


def test_a_large_cluster_is_planned_within_seconds_and_survives_a_host() -> None:
    document = judged(large(10, 30, 1))
    assert document.targets[0].n_plus_one is not None
    assert document.targets[0].n_plus_one.verdict == "holds"
    assert document.objective.gap < 0.1


def machine(name: str, memory_mib: int, *tiers: Carried) -> NewVM:
    size = Amounts(1, memory_mib, 1)
    return NewVM(name=name, app="A", workloads=(), amounts=size, apart=tiers)


def ground(*rooms: int, **fields: object) -> Ground:
    free = {f"h{n}": Amounts(100, room, 100) for n, room in enumerate(rooms)}
    return Ground(free=free, **{"failures": 1, **fields})  # type: ignore[arg-type]


def test_a_sum_that_is_kept_free_may_still_not_take_what_ran_on_a_host() -> None:
    vms = [machine(name, 5) for name in "abc"]  # 15 of 24 once a host is lost, two per host of 12
    assert place(vms, ground(8, 8, 8)).fit is Fit.NEVER
    assert place(vms[:2], ground(8, 8, 8)).fit is Fit.FITS


def test_instances_keep_apart_after_the_loss_too() -> None:
    twins = [machine(name, 1, WEB) for name in "ab"]
    assert place(twins, ground(9, 9)).fit is Fit.NEVER
    assert place(twins, ground(9, 9, 9)).fit is Fit.FITS


def test_what_fails_already_is_made_no_worse_and_named() -> None:
    large_one = machine("old", 9)
    before = ground(0, 8, 8, guests={"h0": (large_one,)})
    lost = strandings(before)
    assert {hosts: one.names for hosts, one in lost.items()} == {("h0",): ("old",)}
    allowed = ground(0, 8, 8, guests={"h0": (large_one,)}, allowed={("h0",): 1})
    assert place([machine("new", 8)], allowed).fit is Fit.FITS
    assert place([machine("a", 8), machine("b", 8)], allowed).fit is Fit.NEVER


def test_the_document_says_of_a_cluster_that_failed_before_which_machine_falls() -> None:
    one, two = Amounts(8, 16384, 200), Amounts(2, 4096, 50)
    whole = snapshot(
        app("A"),
        cluster(one, two, host_failures_to_survive=1),
        vm("big", host="kvm-h1", amounts=Amounts(4, 8192, 100)),
    )
    (target,) = judged(whole).targets
    assert target.n_plus_one is not None
    assert target.n_plus_one.verdict == "broken_before"
    assert [(one.hosts, one.without_place) for one in target.n_plus_one.losses] == [
        (("kvm-h1",), ("big",))
    ]


def test_a_stopped_plan_is_right_and_not_called_proved() -> None:
    watch = Recorded(stop_at=1)
    found = judged(paser(hosts=6), effort=Effort(watch=watch)).objective
    assert not found.proved
    assert found.revived > 0
    assert found.revived_weight <= found.bound
    assert watch.reports[0][2] == "most weight at hand"


def test_progress_tells_weight_bound_and_gap() -> None:
    watch = Recorded()
    plan_reactivation(paser(hosts=6), effort=Effort(watch=watch))
    assert any("gap 0.00%" in text for _, _, text in watch.reports)


@pytest.mark.parametrize("limit", [0, -1, float("nan")])
def test_a_limit_that_leaves_no_time_is_refused(limit: float) -> None:
    with pytest.raises(InvalidInput, match="no time to plan"):
        Effort(limit_s=limit)


@pytest.mark.parametrize(
    ("pool", "reason"), [("cluster:KVM", "no active hosts"), ("cluster:X", "no pool")]
)
def test_a_plan_for_a_pool_that_takes_no_machine_is_refused(pool: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        plan_reactivation(snapshot(app("A"), cluster()), only=(pool,))

"""Many regencies under one ceiling: never above it, near the best, always the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from importlib import resources

import pytest
from jsonschema import Draft202012Validator

from dcim.planning import document as plan_document
from dcim.planning.estate import Snapshot
from dcim.planning.reactivation.plan import plan_reactivation
from dcim.planning.regencies.ceiling import ceiling_of
from dcim.planning.regencies.document import encode
from dcim.planning.regencies.nation import NationalPlan, plan_regencies
from dcim.planning.regencies.regency import Regency
from dcim.planning.regencies.workers import Alone, dask_here
from dcim.planning.snapshot import encode as snapshot_bytes
from dcim.planning.solver import Effort
from dcim.planning.watch import Recorded
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.errors import BadDocument, InvalidInput, Stopped
from tests.nations import regency
from tests.plan_checker import complaints
from tests.plan_facts import CLASSES
from tests.snapshots import snapshot

AMPLE = Amounts(10_000, 2**30, 2**20)
SNAPSHOTS = tuple(regency(seed, apps=16, idle=12, hosts=4) for seed in range(4))


def named(snapshots: Sequence[Snapshot]) -> list[Regency]:
    return [Regency.of(f"r{n}", snapshot_bytes(one)) for n, one in enumerate(snapshots)]


def planned(ceiling: Amounts, snapshots: Sequence[Snapshot] = SNAPSHOTS) -> NationalPlan:
    return plan_regencies(named(snapshots), ceiling, Alone())


def everything_wrong(plan: NationalPlan, snapshots: Sequence[Snapshot]) -> list[str]:
    """What a judge that shares no code with the planner says of the whole."""
    wrong: list[str] = []
    asked = dict.fromkeys(CLASSES, 0)
    for share, one in zip(plan.shares, snapshots, strict=True):
        document = json.loads(share.plan.document)
        wrong += complaints(json.loads(snapshot_bytes(one)), document)
        for name in CLASSES:
            asked[name] += document["ask"]["amounts"][name]
    ceiling = {str(one): amount for one, amount in plan.ceiling.as_mapping().items()}
    wrong += [f"{name}: asks {asked[name]}" for name in CLASSES if asked[name] > ceiling[name]]
    told = json.loads(encode(plan))
    schema = resources.files("dcim.planning.regencies").joinpath("regencies.schema.json")
    wrong += [
        e.message for e in Draft202012Validator(json.loads(schema.read_text())).iter_errors(told)
    ]
    wrong += ["the asks are not the sum"] if told["asked"] != asked else []
    return wrong


def test_each_is_planned_as_alone_where_the_ceiling_is_ample() -> None:
    plan = planned(AMPLE)
    effort = Effort(breaks_ties=False)
    alone = [plan_document.encode(plan_reactivation(one, effort=effort)) for one in SNAPSHOTS]
    assert [share.plan.document for share in plan.shares] == alone
    assert (plan.weight, plan.gap, plan.rounds) == (plan.bound, 0, 0)


def test_nothing_is_asked_under_a_ceiling_of_nothing() -> None:
    plan = planned(Amounts())
    assert plan.asked == Amounts()
    assert (plan.weight, plan.gap) == (plan.at_hand, 0)
    assert not everything_wrong(plan, SNAPSHOTS)


def test_what_is_at_hand_is_nobody_elses_matter() -> None:
    scarce, ample = planned(Amounts(20, 40_960, 500)), planned(AMPLE)
    assert [one.plan.at_hand for one in scarce.shares] == [one.plan.at_hand for one in ample.shares]


@pytest.mark.parametrize("percent", [20, 50, 80])
def test_a_scarce_ceiling_is_shared_and_never_exceeded(percent: int) -> None:
    asked = planned(AMPLE).asked
    ceiling = Amounts(*(one * percent // 100 for one in asked.as_mapping().values()))
    plan = planned(ceiling)
    assert not everything_wrong(plan, SNAPSHOTS)
    assert plan.at_hand < plan.weight <= plan.bound
    assert any(plan.prices.values())


def test_the_same_whoever_does_the_work_and_in_which_order() -> None:
    ceiling = Amounts(30, 40_960, 500)
    alone = plan_regencies(named(SNAPSHOTS), ceiling, Alone())
    with dask_here(threads=2) as workers:
        spread = plan_regencies(named(SNAPSHOTS)[::-1], ceiling, workers)
    assert spread == alone


def test_stopped_it_deals_what_was_bid_so_far() -> None:
    ceiling = Amounts(30, 40_960, 500)
    watch = Recorded(stop_at=2)
    plan = plan_regencies(named(SNAPSHOTS), ceiling, Alone(), effort=Effort(watch=watch))
    assert not plan.is_complete
    assert not everything_wrong(plan, SNAPSHOTS)
    assert {text for _, _, text in watch.reports} >= {"every regency with its share"}


def test_stopped_before_anything_is_known_it_says_so() -> None:
    with dask_here(threads=1) as workers, pytest.raises(Stopped, match="looked at"):
        plan_regencies(named(SNAPSHOTS), AMPLE, workers, effort=Effort(watch=Recorded(stop_at=1)))


def test_bad_input_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="no regency"):
        plan_regencies([], AMPLE, Alone())
    with pytest.raises(InvalidInput, match="“r0” stands 2 times"):
        plan_regencies([*named(SNAPSHOTS[:1]), *named(SNAPSHOTS[:1])], AMPLE, Alone())
    with pytest.raises(InvalidInput, match="-1 is no amount of VCPU"):
        planned(Amounts(vcpus=-1))
    with pytest.raises(InvalidInput, match="leaves no time"):
        plan_regencies(named(SNAPSHOTS), AMPLE, Alone(), effort=Effort(limit_s=0))
    broken = replace(SNAPSHOTS[0], apps=SNAPSHOTS[0].apps * 2)
    with dask_here(threads=1) as workers, pytest.raises(BadDocument, match="r1: apps"):
        plan_regencies(named([snapshot(), broken]), AMPLE, workers)


@pytest.mark.parametrize(
    "text",
    ["", "vcpus=1", "vcpus=-1,memory=1GiB,storage=1GiB", "vcpus=1,memory=1,storage=1GiB",
     "vcpus=1,vcpus=1,memory=1GiB,storage=1GiB", "vcpus=1.5,memory=1GiB,storage=1GiB"],
)  # fmt: skip
def test_a_ceiling_is_read_strictly(text: str) -> None:
    with pytest.raises(InvalidInput, match="ceiling"):
        ceiling_of(text)

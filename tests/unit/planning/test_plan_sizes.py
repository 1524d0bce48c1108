"""What a plan makes has a size that its pool gives out; what stands is taken as it is."""

from __future__ import annotations

import json

import pytest

from dcim.planning.document import Change, Outcome, PlanDocument, encode
from dcim.planning.estate import Snapshot
from dcim.planning.reactivation.plan import plan_reactivation
from dcim.planning.snapshot import encode as encode_snapshot
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices import VirtualMachineStatus
from tests.plan_checker import complaints
from tests.snapshots import app, cluster, grant, snapshot, tier, vm

HOST = Amounts(8, 16384, 200)
STEPS = Amounts(4, 4096, 100)


def judged(whole: Snapshot) -> PlanDocument:
    document = plan_reactivation(whole)
    assert complaints(json.loads(encode_snapshot(whole)), json.loads(encode(document))) == []
    return document


def sizes(document: PlanDocument) -> list[Amounts]:
    return [vm.amounts for vm in document.targets[0].vms if vm.change is Change.CREATE]


def test_a_machine_is_rounded_to_the_smallest_size_and_to_steps() -> None:
    pool = cluster(HOST, step_size=STEPS, min_unit=Amounts(1, 5000, 1))
    document = judged(snapshot(app("A", tier("web", "0.5")), pool))
    assert sizes(document) == [Amounts(4, 8192, 100)]
    assert "takes 1 machine (4 vCPU, 8192 MiB memory, 100 GiB storage)" in document.apps[0].reason


def test_rounded_machines_fill_a_pool_sooner_and_the_rest_is_asked_as_it_is() -> None:
    apps = [app(code, tier("web", "3")) for code in ("A", "B", "C")]
    document = judged(snapshot(*apps, cluster(HOST, step_size=STEPS)))
    assert [one.outcome for one in document.apps] == [
        Outcome.REVIVE, Outcome.REVIVE, Outcome.REVIVE_ON_GRANT,
    ]  # fmt: skip
    assert document.ask.amounts.vcpus == 3
    assert "VCPU (asked 4, free 0)" in document.apps[2].reason


def test_a_step_that_no_host_holds_is_told_as_the_largest_machine() -> None:
    pool = cluster(HOST, step_size=Amounts(5, 1, 1))
    document = judged(snapshot(app("A", tier("web", "6")), pool))
    assert document.apps[0].outcome is Outcome.REVIVE_ON_GRANT
    assert "VCPU (asked 10, largest 8) in one machine for a-web-1" in document.apps[0].reason


def test_a_grant_gives_out_every_size() -> None:
    pool = cluster(Amounts(1, 1, 1), step_size=STEPS)
    document = judged(snapshot(app("A", tier("web", "3")), pool, grant(Amounts(3, 4096, 50))))
    assert document.apps[0].pool == "allocation:G1"


@pytest.mark.parametrize(
    ("status", "vcpus"), [(VirtualMachineStatus.ACTIVE, 3), (VirtualMachineStatus.PLANNED, 4)]
)
def test_what_was_planned_before_is_rounded_and_what_stands_is_not(
    status: VirtualMachineStatus, vcpus: int
) -> None:
    old = vm("old", host="kvm-h1", amounts=Amounts(3, 4096, 100), status=status)
    document = judged(snapshot(app("A"), old, cluster(HOST, HOST, step_size=STEPS)))
    assert next(one.vcpus for one in document.targets[0].vms if one.name == "old") == vcpus

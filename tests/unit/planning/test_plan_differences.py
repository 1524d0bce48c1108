"""Two plans side by side: apps, machines and pools that differ; nothing where nothing does."""

from __future__ import annotations

from dataclasses import replace

from dcim.planning.differences.answers import answer_of_difference
from dcim.planning.differences.differences import differences
from dcim.planning.document import Outcome
from dcim.planning.reactivation.plan import plan_reactivation
from dcim.vocabulary.amounts import Amounts
from tests.snapshots import app, cluster, grant, snapshot, vm

ROOM = Amounts(2, 4096, 50)  # one machine


def test_a_plan_differs_from_itself_in_nothing() -> None:
    plan = plan_reactivation(snapshot(app("A"), app("B"), cluster(ROOM)))
    found = differences(plan, plan)
    assert found.is_empty
    assert found.is_of_one_record


def test_more_room_here_is_told_as_apps_machines_pools_and_less_asked() -> None:
    small = plan_reactivation(snapshot(app("A"), app("B"), cluster(ROOM)))
    large = plan_reactivation(snapshot(app("A"), app("B"), cluster(ROOM, ROOM)))
    found = differences(small, large)
    (moved,) = found.apps
    assert (moved.code, moved.first and moved.first.outcome, moved.second and moved.second) == (
        "B",
        Outcome.REVIVE_ON_GRANT,
        moved.second,
    )
    assert moved.second is not None
    assert (moved.second.outcome, moved.second.pool) == (Outcome.REVIVE, "cluster:KVM")
    (machine,) = found.machines
    assert machine.is_moved
    assert machine.first is not None
    assert (machine.name, machine.first.pool) == ("b-web-1", "ask")
    assert [(one.first, one.second) for one in found.pools] == [(2, 4), (4096, 8192), (50, 100)]
    told = answer_of_difference(found)
    assert told["first"]["asked"] == {"VCPU": 2, "MEMORY_MIB": 4096, "STORAGE_GIB": 50}
    assert (told["second"]["revived"], told["same_record"], told["same"]) == (2, True, False)


def test_what_only_one_plan_knows_has_no_other_side() -> None:
    one = plan_reactivation(snapshot(app("A"), cluster(ROOM)))
    other = plan_reactivation(
        snapshot(app("B"), cluster(ROOM, ROOM), grant(ROOM), vm("x", host="kvm-h1"), serial=7)
    )
    found = differences(one, other)
    assert not found.is_of_one_record
    assert [(each.code, each.first is None, each.second is None) for each in found.apps] == [
        ("A", False, True),
        ("B", True, False),
    ]
    assert {each.pool for each in found.pools if each.first is None} == {"allocation:G1"}
    assert found.swapped == differences(other, one)


def test_another_host_is_a_move() -> None:
    plan = plan_reactivation(snapshot(app("A"), cluster(ROOM, ROOM)))
    (target,) = plan.targets
    (placed,) = target.vms
    other = replace(plan, targets=(replace(target, vms=(replace(placed, host="kvm-h2"),)),))
    (machine,) = differences(plan, other).machines
    assert (machine.is_moved, machine.first and machine.first.host) == (True, "kvm-h1")

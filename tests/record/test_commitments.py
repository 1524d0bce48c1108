"""Commitments: on one grant a machine counts with the larger of what it draws and what is held."""

from __future__ import annotations

from typing import Any

import pytest

from dcim.actions import record
from dcim.actions.grants.commitments import draw
from dcim.actions.grants.counters import check_ledgers
from dcim.record.log.changes import ObjectChange
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.commitments import Commitment
from dcim.vocabulary.errors import (
    BadRows,
    InUse,
    InvalidInput,
    QuotaExceeded,
    Refused,
    UnknownThing,
)
from tests.factories import TESTER, make

pytestmark = pytest.mark.django_db


def grant_of(vcpus: int, **values: Any) -> Allocation:
    return make(Allocation, vcpus=vcpus, memory_mib=8192, storage_gib=100, **values)


def machine_on(grant: Allocation | None, vcpus: int, **values: Any) -> VirtualMachine:
    return make(VirtualMachine, allocation=grant, vcpus=vcpus, memory_mib=1024, **values)


def commit(grant: Allocation, **values: Any) -> Commitment:
    return make(Commitment, allocation=grant, **{"storage_gib": 0, **values})


def vcpus_of(grant: Allocation) -> tuple[int, int]:
    """Used and committed."""
    grant.refresh_from_db()
    assert check_ledgers().is_clean
    return grant.used_vcpus, grant.committed_vcpus


def test_a_move_is_held_on_both_sides_until_it_is_drawn() -> None:
    old, new = grant_of(4), grant_of(8)
    machine = machine_on(old, 4)
    held = commit(new, virtual_machine=machine, vcpus=6)
    assert (vcpus_of(old), vcpus_of(new)) == ((4, 0), (0, 6))
    machine = record.update(machine, {"allocation": new}, by=TESTER)
    assert (vcpus_of(old), vcpus_of(new)) == ((0, 0), (4, 2))
    machine = record.update(machine, {"vcpus": 7}, by=TESTER)
    assert vcpus_of(new) == (7, 0)
    machine = record.update(machine, {"vcpus": 5}, by=TESTER)
    assert vcpus_of(new) == (5, 1)
    draw(held, by=TESTER)
    assert vcpus_of(new) == (5, 0)


def test_nobody_else_gets_what_is_committed() -> None:
    grant = grant_of(8)
    held = commit(grant, name="simpeg-db-2", vcpus=6)
    with pytest.raises(QuotaExceeded, match="has 2 VCPU free, and intruder asks for 3 more"):
        machine_on(grant, 3, name="intruder")
    with pytest.raises(QuotaExceeded) as refused:
        commit(grant, name="another", vcpus=3)
    assert refused.value.shortfall is not None
    assert (refused.value.shortfall.asked, refused.value.shortfall.free) == (3, 2)
    record.delete(held, by=TESTER)
    assert machine_on(grant, 3).allocation == grant


def test_one_step_draws_the_room_of_a_machine_that_was_to_come_on_a_full_grant() -> None:
    grant = grant_of(8)
    held = commit(grant, name="simpeg-db-2", vcpus=8)
    with pytest.raises(InvalidInput, match="was to come") as refused:
        draw(held, by=TESTER)
    assert refused.value.field == "virtual_machine"
    machine = draw(held, machine=machine_on(None, 8), by=TESTER)
    assert (machine.allocation, vcpus_of(grant)) == (grant, (8, 0))
    entries = ObjectChange.objects.filter(changed_object_type="planner.commitment")
    assert entries.order_by("-pk").values_list("action", flat=True)[0] == "delete"


def test_room_is_drawn_by_whom_it_is_held_for_and_not_by_what_is_larger() -> None:
    grant = grant_of(8)
    machine = machine_on(None, 9)
    held = commit(grant, virtual_machine=machine, vcpus=8)
    with pytest.raises(InvalidInput, match="is held for"):
        draw(held, machine=machine_on(None, 1), by=TESTER)
    with pytest.raises(QuotaExceeded, match=r"has 0 VCPU free, and .* asks for 1 more"):
        draw(held, by=TESTER)
    assert vcpus_of(grant) == (0, 8)


def test_what_is_committed_to_a_machine_that_is_deleted_is_free_again() -> None:
    grant = grant_of(8)
    machine = machine_on(grant, 2)
    commit(grant, virtual_machine=machine, vcpus=6)
    held = Commitment.objects.get()
    record.delete(machine, by=TESTER)
    assert vcpus_of(grant) == (0, 0)
    with pytest.raises(UnknownThing, match="has been deleted"):
        draw(held, by=TESTER)
    with pytest.raises(UnknownThing, match="has been deleted"):
        record.delete(held, by=TESTER)


def test_a_grant_with_commitments_neither_shrinks_below_them_nor_is_returned() -> None:
    grant = grant_of(8)
    commit(grant, name="simpeg-db-2", vcpus=6)
    with pytest.raises(QuotaExceeded, match="6 VCPU"):
        record.update(grant, {"vcpus": 5}, by=TESTER)
    with pytest.raises(InUse, match="simpeg-db-2"):
        record.update(grant, {"status": "returned"}, by=TESTER)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "a", "vcpus": 0}, "vcpus"),
        ({"name": "a", "vcpus": -1}, "vcpus"),
        ({"name": "", "vcpus": 1}, "virtual_machine"),
    ],
)
def test_a_commitment_of_nothing_or_to_nobody_is_refused(
    values: dict[str, Any], field: str
) -> None:
    grant = grant_of(8)
    with pytest.raises(InvalidInput) as refused:
        record.create(Commitment, {"allocation": grant, **values}, by=TESTER)
    assert field in refused.value.errors


def test_nothing_is_committed_twice_to_one_machine_nor_on_a_returned_grant() -> None:
    grant = grant_of(8)
    row = {"allocation": grant, "virtual_machine": machine_on(None, 1), "vcpus": 1}
    record.create(Commitment, row, by=TESTER)
    with pytest.raises(BadRows):
        record.create_many(Commitment, [row], by=TESTER)
    with pytest.raises(Refused, match="has been returned"):
        commit(grant_of(1, status="returned"), name="a", vcpus=1)

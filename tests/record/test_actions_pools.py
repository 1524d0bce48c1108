"""Pools: a grant is a ceiling on the sum of its machines, and hosts stay where machines run."""

from __future__ import annotations

from typing import Any

import pytest

from dcim.actions import record
from dcim.actions.refusals import writing
from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.planner.allocations import Allocation
from dcim.vocabulary.errors import DoesNotFit, InUse, InvalidInput, QuotaExceeded, Refused
from tests.factories import TESTER, make

pytestmark = pytest.mark.django_db


def grant_of(vcpus: int) -> Allocation:
    return make(Allocation, vcpus=vcpus, memory_mib=8192, storage_gib=100)


def machine_on(grant: Allocation, vcpus: int, **values: Any) -> VirtualMachine:
    return make(VirtualMachine, allocation=grant, vcpus=vcpus, memory_mib=1024, **values)


def test_machines_fill_a_grant_up_to_its_ceiling() -> None:
    grant = grant_of(8)
    for _ in range(2):
        machine_on(grant, 4)
    with pytest.raises(DoesNotFit, match=r"has 0 VCPU free, and .* asks for 1 more") as refused:
        machine_on(grant, 1)
    assert refused.value.field == "vcpus"
    assert VirtualMachine.objects.count() == 2


def test_a_machine_does_not_grow_beyond_what_its_grant_has_left() -> None:
    grant = grant_of(8)
    machine, _ = machine_on(grant, 4), machine_on(grant, 4)
    with pytest.raises(DoesNotFit, match=r"has 0 VCPU free, and .* asks for 2 more"):
        record.update(machine, {"vcpus": 6}, by=TESTER)


def test_a_set_of_machines_is_judged_together() -> None:
    grant, cluster = grant_of(8), make(Cluster)
    rows = [
        {"name": f"m{number}", "cluster": cluster, "allocation": grant, "vcpus": 4}
        for number in range(3)
    ]
    with pytest.raises(DoesNotFit, match=r"has 0 VCPU free, and m2 asks for 4 more"):
        record.create_many(VirtualMachine, rows, by=TESTER)


def test_who_writes_past_the_actions_is_refused_by_the_database_in_the_same_words() -> None:
    machine_on(grant_of(8), 4)
    with (
        pytest.raises(QuotaExceeded, match="no room for what would be drawn") as refused,
        writing(),
    ):
        VirtualMachine.objects.update(vcpus=9)
    assert refused.value.field == "vcpus"
    with pytest.raises(QuotaExceeded), writing():
        Allocation.objects.update(storage_gib=0, memory_mib=1)


def test_a_grant_does_not_shrink_below_what_is_drawn_on_it() -> None:
    grant = grant_of(8)
    machine_on(grant, 4)
    with pytest.raises(DoesNotFit, match=r"4 VCPU of .* are drawn"):
        record.update(grant, {"vcpus": 3}, by=TESTER)
    assert record.update(grant, {"vcpus": 4}, by=TESTER).vcpus == 4


def test_a_grant_is_not_returned_while_machines_draw_on_it() -> None:
    grant = grant_of(8)
    machine = machine_on(grant, 4, name="simpeg-db-1")
    with pytest.raises(InUse, match="simpeg-db-1"):
        record.update(grant, {"status": "returned"}, by=TESTER)
    record.delete(machine, by=TESTER)
    assert record.update(grant, {"status": "returned"}, by=TESTER).status == "returned"


def test_nothing_draws_on_a_returned_grant() -> None:
    grant = make(Allocation, vcpus=8, memory_mib=8192, storage_gib=100, status="returned")
    with pytest.raises(Refused, match="has been returned") as refused:
        machine_on(grant, 1)
    assert refused.value.field == "allocation"


def test_what_stayed_on_a_returned_grant_may_shrink_and_not_grow() -> None:
    grant = grant_of(8)
    machine = machine_on(grant, 4)
    Allocation.objects.update(status="returned")
    assert record.update(machine, {"vcpus": 3}, by=TESTER).vcpus == 3
    with pytest.raises(Refused, match="has been returned"):
        record.update(machine, {"vcpus": 4}, by=TESTER)


def test_a_host_does_not_leave_its_cluster_while_machines_run_on_it() -> None:
    host = make(Device, cluster=make(Cluster))
    make(VirtualMachine, name="simpeg-db-1", cluster=host.cluster, device=host)
    with pytest.raises(InUse, match="simpeg-db-1") as refused:
        record.update(host, {"cluster": None}, by=TESTER)
    assert refused.value.field == "cluster"
    assert Device.objects.get(pk=host.pk).cluster_id == host.cluster_id


def test_a_host_without_machines_leaves_its_cluster() -> None:
    host = make(Device, cluster=make(Cluster))
    assert record.update_many(Device, [(host, {"cluster": None})], by=TESTER)[0].cluster is None


def test_a_cluster_does_not_plan_for_the_loss_of_all_its_hosts() -> None:
    cluster = make(Cluster, name="K")
    for _ in range(2):
        make(Device, cluster=cluster)
    with pytest.raises(InvalidInput, match="K can't survive the loss of 2 hosts: it has 2") as no:
        record.update(cluster, {"host_failures_to_survive": 2}, by=TESTER)
    assert no.value.field == "host_failures_to_survive"
    assert "at most 1" in no.value.hint


def test_a_cluster_without_hosts_may_say_how_many_it_is_to_survive() -> None:
    cluster = make(Cluster)
    record.update(cluster, {"host_failures_to_survive": 2}, by=TESTER)
    make(Device, cluster=cluster)
    assert record.update(cluster, {"name": "named"}, by=TESTER).name == "named"

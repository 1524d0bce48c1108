"""A machine that has disks is as large as they are together, and says so in the log."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from dcim.actions import record
from dcim.record.log.changes import ObjectChange
from dcim.record.networks.machine_parts import VirtualDisk
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.planner.allocations import Allocation
from dcim.vocabulary.errors import DoesNotFit, InvalidInput
from tests.factories import TESTER, make
from tests.record.change_log import after, before

pytestmark = pytest.mark.django_db


def size_of(machine: VirtualMachine) -> int | None:
    return VirtualMachine.objects.get(pk=machine.pk).disk_mb


def test_a_machine_is_as_large_as_its_disks() -> None:
    machine = make(VirtualMachine, disk_mb=7)
    make(VirtualDisk, virtual_machine=machine, size_mb=1_000)
    disk = make(VirtualDisk, virtual_machine=machine, size_mb=500)
    assert size_of(machine) == 1_500
    record.update(disk, {"size_mb": 50}, by=TESTER)
    assert size_of(machine) == 1_050


def test_a_disk_that_moves_takes_its_size_along() -> None:
    machine, other = make(VirtualMachine), make(VirtualMachine)
    make(VirtualDisk, virtual_machine=machine, size_mb=1)
    disk = make(VirtualDisk, virtual_machine=machine, size_mb=2)
    record.update(disk, {"virtual_machine": other}, by=TESTER)
    assert (size_of(machine), size_of(other)) == (1, 2)


def test_a_machine_whose_last_disk_goes_has_no_size() -> None:
    disk = make(VirtualDisk, size_mb=10)
    record.delete(disk, by=TESTER)
    assert size_of(disk.virtual_machine) is None


def test_the_machine_has_an_entry_of_its_own() -> None:
    disk = make(VirtualDisk, size_mb=10)
    entries = ObjectChange.objects.filter(changed_object_type="virtualization.virtualmachine")
    (entry,) = entries.filter(action="update")
    assert entry.changed_object_id == disk.virtual_machine_id
    assert (before(entry)["disk_mb"], after(entry)["disk_mb"]) == (None, 10)


def test_another_size_than_the_disks_is_refused() -> None:
    disk = make(VirtualDisk, size_mb=10)
    machine = VirtualMachine.objects.get(pk=disk.virtual_machine_id)
    with pytest.raises(InvalidInput, match="come to 10 MB") as refused:
        record.update(machine, {"disk_mb": 11}, by=TESTER)
    assert set(refused.value.errors) == {"disk_mb"}
    record.update_many(VirtualMachine, [(machine, {"disk_mb": 10})], by=TESTER)


def test_disks_beyond_the_grant_are_refused() -> None:
    grant = make(Allocation, vcpus=1, memory_mib=1024, storage_gib=1)
    machine = make(VirtualMachine, allocation=grant)
    with pytest.raises(DoesNotFit):
        record.create(
            VirtualDisk, {"virtual_machine": machine, "name": "vda", "size_mb": 2_000}, by=TESTER
        )
    assert not VirtualDisk.objects.exists()


def test_disks_beyond_what_can_be_kept_are_refused() -> None:
    disk = make(VirtualDisk, size_mb=2_000_000_000)
    values = {"virtual_machine": disk.virtual_machine, "name": "vdb", "size_mb": 2_000_000_000}
    with pytest.raises(InvalidInput, match="At most"):
        record.create(VirtualDisk, values, by=TESTER)


def test_the_statements_do_not_grow_with_the_disks(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    machines = [make(VirtualMachine) for _ in range(5)]
    rows = [
        {"virtual_machine": one, "name": f"vd{number}", "size_mb": 1}
        for one in machines
        for number in range(20)
    ]
    with django_assert_max_num_queries(25):
        record.create_many(VirtualDisk, rows, by=TESTER)
    assert {size_of(one) for one in machines} == {20}

"""The record takes what a hypervisor has, by the rules of any write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.utils import timezone

from dcim.actions.drift.deeds import accept, record_as_is
from dcim.actions.drift.sights import FRESH_FOR
from dcim.planning.drift.sides import recorded
from dcim.record.equipment.devices import Device
from dcim.record.log.changes import ObjectChange
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.planner.drift import DriftFinding
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.vocabulary.errors import NotPermitted, Refused, Stale
from tests.factories import TESTER, make, make_user

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - FRESH_FOR


@pytest.fixture
def machine() -> VirtualMachine:
    """A machine of 2 vCPUs, 2 GiB and 20 GiB on the cluster KVM."""
    cluster = make(Cluster, name="KVM", hypervisor_uri="qemu:///system")
    make(Device, cluster=cluster, cpu_cores=64, memory_mib=2**18, storage_gib=900)
    size = {"vcpus": 2, "memory_mib": 2048, "disk_mb": 21474}
    return make(VirtualMachine, name="satu", cluster=cluster, **size)


def said(name: str = "satu") -> dict[str, Any]:
    """What the record says of the machine."""
    (target,) = record_as_is().targets
    return next(dict(one.fields) for one in recorded(target) if one.name == name)


def finding(kind: str = "changed", name: str = "satu", **values: Any) -> DriftFinding:
    now = timezone.now()
    rest: Mapping[str, Any] = {"target": "kvm", "opened_at": now, "last_seen": now, **values}
    return DriftFinding.objects.create(kind=kind, name=name, **rest)


@pytest.mark.parametrize(
    ("field", "value", "column", "written"),
    [
        ("vcpus", 4, "vcpus", 4),
        ("memory_mib", 4096, "memory_mib", 4096),
        ("storage_gib", 60, "disk_mb", 64424),
        ("running", False, "status", "offline"),
    ],
)
def test_a_changed_field_is_taken_in_the_records_units(
    machine: VirtualMachine, field: str, value: Any, column: str, written: Any
) -> None:
    found = finding(field=field, record=said()[field], hypervisor=value, state=said()[field])
    taken = accept(found, by=TESTER)
    assert taken is not None
    assert getattr(taken, column) == written
    assert said()[field] == value
    found.refresh_from_db()
    assert (found.status, found.closed_at is not None) == ("accepted", True)
    logged = ObjectChange.objects.filter(changed_object_id=machine.pk, action="update").get()
    assert logged.message.endswith(f": kvm/satu {field}")


@pytest.mark.parametrize(
    "values",
    [
        {"field": "memory_mib", "record": 1024, "hypervisor": 4096},  # changed since
        {"field": "app", "record": "A", "hypervisor": "B"},
        {"field": "memory_mib", "record": 2048, "hypervisor": 2048, "odd": "state"},
        {"kind": "unmanaged", "record": {}, "hypervisor": {}},
        {"kind": "leftover", "state": {}},
        {"kind": "missing", "name": "dua", "record": {}},
        {"kind": "unknown", "name": "dua", "hypervisor": {}, "target": "lain"},
        {"subject": "network", "kind": "missing", "record": {}},
        {"field": "vcpus", "record": 2, "hypervisor": 4, "last_seen": LONG_AGO},
    ],
)
def test_what_the_record_can_not_take_is_refused(
    machine: VirtualMachine, values: dict[str, Any]
) -> None:
    before = said()
    with pytest.raises(Refused):
        accept(finding(**values), by=TESTER)
    assert said() == before
    assert DriftFinding.objects.get().closed_at is None


def test_a_stray_machine_is_recorded_and_a_planned_one_has_come(machine: VirtualMachine) -> None:
    make(VirtualMachine, name="baru", cluster=machine.cluster, status="planned")
    fields = {"vcpus": 1, "memory_mib": 512, "storage_gib": 5, "running": True}
    for name in ("liar", "baru"):
        taken = accept(finding("unknown", name, hypervisor=fields), by=TESTER)
        assert taken is not None
        assert (taken.cluster, taken.status) == (machine.cluster, "active")
        assert {key: said(name)[key] for key in fields} == fields
    assert VirtualMachine.objects.count() == 3


def test_one_planned_under_a_name_that_no_hypervisor_takes_has_come(
    machine: VirtualMachine,
) -> None:
    for name in ("Web 01 (baru)", "web", "web-2"):
        make(VirtualMachine, name=name, cluster=machine.cluster, status="planned")
    fields = {"vcpus": 1, "memory_mib": 512, "storage_gib": 5, "running": True}
    for found, name in {"web-01-baru": "Web 01 (baru)", "web-2": "web-2"}.items():
        taken = accept(finding("unrecorded", found, hypervisor=fields), by=TESTER)
        assert taken is not None
        assert (taken.name, taken.status) == (name, "active")
    stray = accept(finding("unknown", "web-3", hypervisor=fields), by=TESTER)
    assert stray is not None
    assert stray.name == "web-3"
    assert VirtualMachine.objects.get(name="web").status == "planned"


def test_on_a_shared_hypervisor_a_stray_is_recorded_where_it_is_planned_and_once(
    machine: VirtualMachine,
) -> None:
    beside = make(Cluster, name="LAIN", hypervisor_uri="qemu:///system/?no_tty=1")
    make(Device, cluster=beside, cpu_cores=64, memory_mib=2**18, storage_gib=900)
    # Plans call it satu-2: satu is on the other cluster of the hypervisor.
    make(VirtualMachine, name="satu", cluster=beside, status="planned")
    fields = {"vcpus": 1, "memory_mib": 512, "storage_gib": 5, "running": True}
    taken = accept(finding("unknown", "satu-2", hypervisor=fields, beside=["lain"]), by=TESTER)
    assert taken is not None
    assert (taken.name, taken.cluster, taken.status) == ("satu", beside, "active")
    # In the stack of one target, and by now recorded on the other.
    make(VirtualMachine, name="dua", cluster=beside)
    for kind in ("unrecorded", "unknown"):
        found = finding(kind, "dua", hypervisor=fields)
        with pytest.raises(Refused, match="dua on lain"):
            accept(found, by=TESTER)
        found.delete()
    assert VirtualMachine.objects.count() == 3


def test_a_name_in_other_letters_is_taken_unless_the_stack_has_the_records(
    machine: VirtualMachine,
) -> None:
    names = {"record": "satu", "hypervisor": "SATU"}
    found = finding(field="name", state="satu", **names)
    with pytest.raises(Refused, match="virsh domrename SATU satu"):
        accept(found, by=TESTER)
    DriftFinding.objects.update(state="SATU")
    taken = accept(found, by=TESTER)
    assert taken is not None
    assert taken.name == "SATU"
    with pytest.raises(Refused, match="changed since"):
        accept(finding(field="name", **names), by=TESTER)


def test_only_what_was_shown_is_accepted(machine: VirtualMachine) -> None:
    found = finding("moved", record=said(), hypervisor={}, found_on="lain")
    shown = found.mark
    DriftFinding.objects.update(kind="missing", hypervisor=None, found_on="")  # gone there too
    with pytest.raises(Stale, match="Something else"):
        accept(found, seen=shown, by=TESTER)
    assert VirtualMachine.objects.exists()
    found.refresh_from_db()
    DriftFinding.objects.update(last_seen=timezone.now())
    assert accept(found, seen=found.mark, by=TESTER) is None


def test_a_machine_that_is_gone_is_removed_unless_an_app_misses_it(machine: VirtualMachine) -> None:
    app = make(ServiceApp, code="SIMPEG")
    tier = make(Workload, app=app, virtual_machines=[machine])
    found = finding("missing", record=said())
    with pytest.raises(Refused, match="SIMPEG"):
        accept(found, by=TESTER)
    tier.virtual_machines.clear()
    DriftFinding.objects.update(record=said())
    assert accept(found, by=TESTER) is None
    assert not VirtualMachine.objects.exists()


def test_a_machine_that_moved_gets_its_new_cluster(machine: VirtualMachine) -> None:
    other = make(Cluster, name="LAIN", hypervisor_uri="qemu+ssh://root@lain/system")
    make(Device, cluster=other, cpu_cores=64, memory_mib=2**18, storage_gib=900)
    (target,) = [one for one in record_as_is().targets if one.name == "kvm"]
    record = dict(recorded(target)[0].fields)
    moved = finding("moved", record=record, hypervisor={}, found_on="lain", last_seen=LONG_AGO)
    with pytest.raises(Refused, match="kvm, lain"):
        accept(moved, by=TESTER)
    DriftFinding.objects.update(last_seen=timezone.now())
    beside = make(Cluster, name="SERUMAH", hypervisor_uri="qemu+ssh://LAIN/system")
    twin = make(VirtualMachine, name="satu", cluster=beside)
    with pytest.raises(Refused, match="satu on serumah"):
        accept(moved, by=TESTER)
    twin.delete()
    taken = accept(moved, by=TESTER)
    assert taken is not None
    assert taken.cluster == other


def test_it_takes_the_rights_to_the_finding_and_to_the_machine(machine: VirtualMachine) -> None:
    found = finding(field="vcpus", record=2, hypervisor=4, state=2)
    with pytest.raises(NotPermitted):
        accept(found, by=TESTER.of(make_user()))
    found.refresh_from_db()
    assert found.closed_at is None

"""Drift made by hand on libvirt's test hypervisor: found, told once, accepted, let be, cured."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import libvirt
import pytest
from django.core.management import call_command

from dcim.actions.drift.deeds import accept, ignore, record_as_is
from dcim.actions.drift.figures import drift_by_target
from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.planner.drift import DriftFinding, DriftScan
from provisioning.engine.command import find_engine
from provisioning.engine.exported import state_of
from provisioning.engine.report import Action
from provisioning.engine.run import run
from provisioning.provider.on_libvirt.connection import open_connection
from provisioning.provider.opening import driver_for
from provisioning.provider.specs import Kind
from tests.factories import TESTER, make

pytestmark = [pytest.mark.engine, pytest.mark.django_db]
URI = "test:///default"
GONE = "qemu+unix:///system?socket=/nowhere/at/all"
STRAY = "test"  # the machine that libvirt's test hypervisor is born with


@pytest.fixture
def kvm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """A cluster on the test hypervisor whose three machines stand as recorded."""
    monkeypatch.setenv("LUMBUNG_DATA", str(tmp_path))
    cluster = make(Cluster, name="KVM", hypervisor_uri=URI)
    make(Device, name="H1", cluster=cluster, cpu_cores=64, memory_mib=2**18, storage_gib=900)
    for name in ("satu-1", "dua-1", "tiga-1"):
        make(VirtualMachine, name=name, cluster=cluster, vcpus=2, memory_mib=2048, disk_mb=21474)
    assert run(record_as_is(), Action.UP).exit_code == 0
    yield cluster
    assert run(record_as_is(), Action.DESTROY, targets=["kvm"]).exit_code == 0


def drift(*arguments: str) -> tuple[int, Any]:
    """Exit code of the command, and what it prints as JSON."""
    out = StringIO()
    try:
        call_command("drift", *arguments, "--json", stdout=out, stderr=StringIO())
    except SystemExit as err:
        return int(err.code or 0), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def told(found: Any) -> dict[tuple[str, str], tuple[Any, ...]]:
    return {
        (one["name"], one["field"]): (
            one["kind"], one["odd"], one["record"], one["hypervisor"], one["state"],
        )
        for one in found["findings"]
    }  # fmt: skip


def machine(name: str) -> libvirt.virDomain:
    return open_connection(URI).lookupByName(name)


def stack() -> str:
    return json.dumps(state_of(find_engine(), "kvm"), sort_keys=True)


def test_drift_made_by_hand_is_found_told_once_and_goes(kvm: Cluster) -> None:
    before = (driver_for(URI).names(Kind.DOMAIN), stack())
    code, first = drift()
    assert (code, set(told(first))) == (2, {(STRAY, "")})
    ignore(DriftFinding.objects.get(), reason="Bawaan libvirt", by=TESTER)

    # One hypervisor that is gone is one line, and the others go on; nothing stands on a rehearsal.
    make(VirtualMachine, cluster=make(Cluster, name="A", hypervisor_uri=GONE))
    make(VirtualMachine, cluster=make(Cluster, name="B", hypervisor_uri=""))
    code, found = drift()
    assert code == 1
    outcomes = {one["target"]: one["outcome"] for one in found["targets"]}
    assert outcomes == {"a": "failed", "b": "skipped", "kvm": "same"}
    failed = DriftScan.objects.get(target="a")
    assert GONE in failed.message
    assert "\n" not in failed.message
    assert (driver_for(URI).names(Kind.DOMAIN), stack()) == before

    machine("satu-1").destroy()
    for kind in (libvirt.VIR_DOMAIN_MEM_MAXIMUM, 0):
        machine("satu-1").setMemoryFlags(4 * 2**20, libvirt.VIR_DOMAIN_AFFECT_CONFIG | kind)
    machine("dua-1").destroy()
    machine("dua-1").undefine()
    code, found = drift("--target", "kvm")
    assert code == 2
    assert told(found)["satu-1", "memory_mib"] == ("changed", "hypervisor", 2048, 4096, 2048)
    assert told(found)["satu-1", "running"] == ("changed", "hypervisor", True, False, True)
    assert told(found)["dua-1", ""][:2] == ("missing", "hypervisor")
    assert len(found["findings"]) == 3

    memory = DriftFinding.objects.get(name="satu-1", field="memory_mib")
    taken = accept(memory, by=TESTER)
    assert taken is not None
    assert taken.memory_mib == 4096
    code, rest = drift("--target", "kvm")
    assert set(told(rest)) == {("satu-1", "memory_mib"), ("satu-1", "running"), ("dua-1", "")}
    # What the state still says is repaired with the rest.
    assert told(rest)["satu-1", "memory_mib"][:2] == ("changed", "state")
    assert {one["id"] for one in rest["findings"]} & {one["id"] for one in found["findings"]}
    assert run(record_as_is(), Action.UP, targets=["kvm"]).exit_code == 0
    assert drift("--target", "kvm")[0] == 0
    closed = DriftFinding.objects.exclude(name=STRAY)
    assert sorted(closed.values_list("status", flat=True)) == ["accepted", "gone", "gone", "gone"]
    figures = {one.target: (one.open_count, one.ignored, one.failed) for one in drift_by_target()}
    assert figures == {"a": (0, 0, 1), "b": (0, 0, 0), "kvm": (0, 1, 0)}

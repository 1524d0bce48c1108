"""Drift made by hand on real QEMU machines: found, told once, accepted, let be, brought back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import libvirt
import pytest
from django.core.management import call_command

from dcim.actions import record
from dcim.actions.drift.deeds import accept, ignore, record_as_is
from dcim.actions.drift.figures import drift_by_target
from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.planner.drift import DriftFinding, DriftRule, DriftScan
from provisioning.engine.command import find_engine
from provisioning.engine.exported import state_of
from provisioning.engine.report import Action
from provisioning.engine.run import run
from provisioning.provider.opening import driver_for
from provisioning.provider.specs import Kind
from tests.factories import TESTER, make
from tests.setup.libvirt import Hypervisor

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.django_db]
GONE = "qemu+unix:///system?socket=/nowhere/at/all"
STRAY = "liar-1"
BY_HAND = """
<domain type='qemu'><name>liar-1</name><memory unit='MiB'>48</memory><vcpu>1</vcpu>
<os><type>hvm</type></os></domain>
"""


@pytest.fixture
def kvm(
    hypervisor: Hypervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Hypervisor]:
    """A hypervisor whose three machines stand as recorded, beside one that nobody recorded."""
    monkeypatch.setenv("LUMBUNG_DATA", str(tmp_path))
    cluster = make(Cluster, name="KVM", hypervisor_uri=hypervisor.uri)
    make(Device, name="H1", cluster=cluster, cpu_cores=64, memory_mib=2**18, storage_gib=900)
    size = {"vcpus": 1, "memory_mib": 64, "disk_mb": 1073}
    for name in ("satu-1", "dua-1", "tiga-1"):
        make(VirtualMachine, name=name, cluster=cluster, **size)
    up()
    hypervisor.connection.defineXML(BY_HAND).create()
    yield hypervisor
    hypervisor.clear()


def up() -> None:
    """What a run does that was approved: the target as the record has it."""
    report = run(record_as_is(), Action.UP, targets=["kvm"], disposable_only=False)
    assert report.exit_code == 0, [one.message for one in report.targets]


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


def stack() -> str:
    return json.dumps(state_of(find_engine(), "kvm"), sort_keys=True)


def test_drift_made_by_hand_is_found_told_once_and_goes(kvm: Hypervisor) -> None:
    before = (driver_for(kvm.uri).names(Kind.DOMAIN), stack())
    code, first = drift()
    assert (code, set(told(first))) == (2, {(STRAY, "")})
    ignore(DriftFinding.objects.get(), reason="milik tim lain", by=TESTER)

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
    assert (driver_for(kvm.uri).names(Kind.DOMAIN), stack()) == before

    machine = kvm.connection.lookupByName
    for kind in (libvirt.VIR_DOMAIN_MEM_MAXIMUM, 0):
        machine("satu-1").setMemoryFlags(128 * 2**10, libvirt.VIR_DOMAIN_AFFECT_CONFIG | kind)
    machine("dua-1").destroy()
    machine("tiga-1").destroy()
    machine("tiga-1").undefine()
    code, found = drift("--target", "kvm")
    assert code == 2
    assert told(found)["satu-1", "memory_mib"] == ("changed", "hypervisor", 64, 128, 64)
    assert told(found)["dua-1", "running"] == ("changed", "hypervisor", True, False, True)
    assert told(found)["tiga-1", ""][:2] == ("missing", "hypervisor")
    assert len(found["findings"]) == 3

    memory = DriftFinding.objects.get(name="satu-1", field="memory_mib")
    taken = accept(memory, by=TESTER)
    assert taken is not None
    assert taken.memory_mib == 128
    code, rest = drift("--target", "kvm")
    assert set(told(rest)) == {("satu-1", "memory_mib"), ("dua-1", "running"), ("tiga-1", "")}
    # What the state still says is repaired with the rest.
    assert told(rest)["satu-1", "memory_mib"][:2] == ("changed", "state")
    assert {one["id"] for one in rest["findings"]} & {one["id"] for one in found["findings"]}
    up()
    assert machine("dua-1").isActive()
    assert machine("tiga-1").isActive()
    # Spelled otherwise, its address names the same hypervisor: nothing has moved.
    Cluster.objects.filter(name="KVM").update(hypervisor_uri=f"{kvm.uri}&mode=auto")
    preview = run(record_as_is(), Action.PREVIEW, targets=["kvm"])
    assert (preview.exit_code, preview.targets[0].message) == (0, "")
    up()
    assert drift("--target", "kvm")[0] == 0
    closed = DriftFinding.objects.exclude(name=STRAY)
    assert sorted(closed.values_list("status", flat=True)) == ["accepted", "gone", "gone", "gone"]
    figures = {one.target: (one.open_count, one.ignored, one.failed) for one in drift_by_target()}
    assert figures == {"a": (0, 0, 1), "b": (0, 0, 0), "kvm": (0, 1, 0)}
    # Let be no longer, the stray machine is recorded as it is.
    record.delete(DriftRule.objects.get(), by=TESTER)
    stray = accept(DriftFinding.objects.get(name=STRAY), by=TESTER)
    assert stray is not None
    assert (stray.cluster.name if stray.cluster else "", stray.memory_mib) == ("KVM", 48)
    assert told(drift("--target", "kvm")[1])[STRAY, ""][:2] == ("unmanaged", "state")

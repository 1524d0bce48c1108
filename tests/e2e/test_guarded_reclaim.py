"""A real machine is not taken away under a running app; then it is, and the record follows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.utils import timezone

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.actions.jobs.running import perform
from dcim.actions.plans.making import document_of, make_plan
from dcim.actions.provisioning.approvals import approve_preview
from dcim.actions.provisioning.asking import ask_apply, ask_run, job_of
from dcim.planning.reactivation.verdicts import Stance
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.places.sites import Site
from dcim.record.planner.backups import BackupCopy
from dcim.record.planner.plans import Plan, ProvisioningRun
from dcim.record.planner.reclaims import ReclaimedMachine
from dcim.record.planner.service_apps import AppDependency, ServiceApp, Workload
from dcim.vocabulary.choices import AppStatus
from dcim.vocabulary.errors import NotBackedUp, StillNeeded
from provisioning.engine.report import Action, Result
from provisioning.engine.run import run
from provisioning.engine.state.checkpoint import stored_state
from provisioning.engine.state.protection import unprotected
from provisioning.engine.state.workspace import PROJECT, state_folder
from tests.factories import TESTER, make, make_user, member
from tests.setup.libvirt import Hypervisor

pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

BY_HAND = """<domain type='qemu'><name>{name}</name>
<memory unit='MiB'>64</memory><vcpu>1</vcpu><os><type>hvm</type></os>
<devices><disk type='file' device='disk'><driver name='qemu' type='qcow2'/>
<source file='{path}'/><target dev='vda' bus='virtio'/></disk></devices></domain>"""
DISK = """<volume><name>{name}.qcow2</name><capacity unit='GiB'>1</capacity>
<target><format type='qcow2'/></target></volume>"""


def app_on_a_machine(code: str, cluster: Cluster, hypervisor: Hypervisor) -> ServiceApp:
    """An app on a machine that runs since before it was recorded."""
    name, connection = f"{code.lower()}-1", hypervisor.connection
    disk = connection.storagePoolLookupByName(hypervisor.pool).createXML(DISK.format(name=name))
    connection.defineXML(BY_HAND.format(name=name, path=disk.path())).create()
    app = make(ServiceApp, code=code)
    size = {"vcpus": 1, "memory_mib": 64, "disk_mb": 1_073}
    machine = make(VirtualMachine, name=name, cluster=cluster, **size)
    make(Workload, app=app, name="db", virtual_machines=[machine])
    return app


def planned() -> Plan:
    return make_plan(Stance.AS_DECLARED, by=TESTER)[0]


def done(asked: ProvisioningRun) -> ProvisioningRun:
    job = job_of(asked)
    assert job is not None
    perform(job.job_id)
    asked.refresh_from_db()
    return asked


def approved(asker: Actor, approver: Actor) -> ProvisioningRun:
    """An approved preview of the record as it is."""
    preview = done(ask_run(planned(), by=asker))
    assert (preview.outcome, preview.message) == ("changes", "")
    approve_preview(preview, digest=preview.plan.digest, by=approver)
    return preview


@pytest.mark.django_db
def test_a_reclaim_waits_for_the_last_app_and_for_a_copy(
    hypervisor: Hypervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_DATA", str(tmp_path))
    asker = Actor.of(member(make_user("teknisi"), "engineer"))
    second = Actor.of(member(make_user("penyetuju"), "approver"))
    site = make(Site)  # before the plans: they lapse with what is recorded after
    cluster = make(Cluster, name="PDR-QEMU", hypervisor_uri=hypervisor.uri)
    old, new = (app_on_a_machine(code, cluster, hypervisor) for code in ("LAMA", "BARU"))
    need = make(AppDependency, app=new, needs=old)
    report = run(document_of(planned()), Action.UP, disposable_only=False)
    assert report.result is Result.DONE, report.targets[0].message
    runs_as = hypervisor.connection.lookupByName("baru-1").ID()

    record.update(old, {"status": AppStatus.RETIRED.value}, by=TESTER)
    preview = approved(asker, second)
    with pytest.raises(StillNeeded, match="BARU"):
        ask_apply(preview, by=asker)

    record.delete(need, by=TESTER)
    leave_open("pdr-qemu")  # which the preview puts right, and opens nothing itself
    preview = approved(asker, second)
    assert is_protected("pdr-qemu")
    with pytest.raises(NotBackedUp, match="pdr-qemu/lama-1"):
        ask_apply(preview, by=asker)
    assert machines(hypervisor) == {"baru-1", "lama-1"}

    copy = {"workload": old.workloads.get(), "site": site, "last_success": timezone.now()}
    record.create(BackupCopy, copy, by=TESTER)
    applied = done(ask_apply(preview, by=asker))
    assert (applied.outcome, applied.message) == ("done", "")
    assert machines(hypervisor) == {"baru-1"}
    assert is_protected("pdr-qemu")
    assert hypervisor.connection.lookupByName("baru-1").ID() == runs_as
    assert [one.name for one in VirtualMachine.objects.all()] == ["baru-1"]
    assert [(one.name, one.run) for one in ReclaimedMachine.objects.all()] == [("lama-1", applied)]
    hypervisor.clear()


def leave_open(target: str) -> None:
    """As a run leaves the state that is killed before it protects again what still stands."""
    file = state_folder() / ".pulumi" / "stacks" / PROJECT / f"{target}.json"
    whole = json.loads(file.read_text())
    for one in whole["checkpoint"]["latest"]["resources"]:
        one["protect"] = False
    file.write_text(json.dumps(whole))
    assert not is_protected(target)


def is_protected(target: str) -> bool:
    """Whether all that the stack holds is protected."""
    state = stored_state(target)
    assert state is not None
    return unprotected(state) == []


def machines(hypervisor: Hypervisor) -> set[str]:
    return {one.name() for one in hypervisor.connection.listAllDomains()}

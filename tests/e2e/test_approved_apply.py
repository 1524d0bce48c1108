"""An approved preview applied by the real engine: refused when anything moved, else followed."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import libvirt
import pytest
from django.utils import translation

from dcim.actions.changes import Actor
from dcim.actions.jobs.running import perform
from dcim.actions.plans.making import planning_serial, store_plan
from dcim.actions.provisioning import guards
from dcim.actions.provisioning.approvals import approve_preview
from dcim.actions.provisioning.asking import ask_apply, ask_run, job_of
from dcim.planning.document import Change, PlanDocument
from dcim.planning.watch import Recorded
from dcim.record.log.changes import ObjectChange
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.people.account import User
from dcim.record.planner.plans import PlanApproval, ProvisioningRun
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.vocabulary.errors import Refused
from provisioning.engine.report import Action, Op, Result
from provisioning.engine.run import apply, run
from provisioning.engine.saved import Shelf, shelf
from provisioning.engine.state.workspace import is_at_work
from provisioning.provider.on_libvirt.connection import close_connection
from provisioning.provider.opening import driver_for
from provisioning.provider.specs import Kind, VolumeSpec
from tests.factories import TESTER, make, make_user, member
from tests.plan_documents import app_vms, document, target, vm

pytestmark = [
    pytest.mark.engine,
    # Where an engine stops at an error, the SDK leaves its loop open for the collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
URI = "test:///default"
NAME = "pdr-kvm-apply"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing stands yet, neither here nor on the hypervisor, which other tests share."""
    close_connection(URI)
    monkeypatch.setenv("LUMBUNG_DATA", str(tmp_path))
    with translation.override("en"):
        yield


def done(asked: ProvisioningRun) -> ProvisioningRun:
    job = job_of(asked)
    assert job is not None
    perform(job.job_id)
    asked.refresh_from_db()
    return asked


def previewed(by: User) -> ProvisioningRun:
    """A preview: one machine stays, one that was planned and a new one come, and one goes."""
    cluster = make(Cluster, name=NAME.upper(), hypervisor_uri=URI)
    app = make(ServiceApp, code="SIPP")
    make(Workload, app=app, name="app")
    stays, planned, goes = (
        make(VirtualMachine, name=name, cluster=cluster, status=status)
        for name, status in (
            ("simpeg-app-1", "active"),
            ("sipp-web-1", "planned"),
            ("lama-app-1", "offline"),
        )
    )
    there = target(
        NAME,
        hypervisor=URI,
        vms=(
            vm(id=str(stays.pk)),
            vm(
                "sipp-web-1",
                id=str(planned.pk),
                change=Change.CREATE,
                addresses=("10.64.0.9/16",),
            ),
            vm("sipp-app-2", change=Change.CREATE, addresses=("10.64.0.10/16",)),
        ),
        reclaim=(vm("lama-app-1", id=str(goes.pk), change=Change.RECLAIM, reason="superseded"),),
    )
    plan = store_plan(document(there, base_serial=planning_serial()), by=TESTER)
    return done(ask_run(plan, by=Actor.of(by)))


def saved_plan_altered(preview: ProvisioningRun) -> Callable[[], object]:
    path = shelf(preview.pk).path(NAME)
    before = path.read_text()
    path.write_text(before.replace("2048", "4096"))
    return lambda: path.write_text(before)


def stack_moved(preview: ProvisioningRun) -> Callable[[], object]:
    """The stack is no longer in the state of the preview, as if another run had been there."""
    before = preview.bases
    bases = [{**before[0], "state": "0" * 64}]

    def put(what: list[dict[str, str]]) -> None:
        ProvisioningRun.objects.filter(pk=preview.pk).update(bases=what)
        PlanApproval.objects.update(bases=what)

    put(bases)
    return lambda: put(before)


def made_by_hand(_preview: ProvisioningRun) -> Callable[[], object]:
    """Somebody has made the machine smaller, on the hypervisor itself."""
    domain = libvirt.open(URI).lookupByName("simpeg-app-1")
    before = domain.XMLDesc(0)
    domain.destroy()
    return lambda: domain.create() or before


def guard_under_the_lock(_preview: ProvisioningRun) -> Callable[[], object]:
    """A guard forbids it by the time that the target is held."""

    def guard(_document: PlanDocument, _run: ProvisioningRun) -> None:
        if is_at_work(NAME):
            raise Refused("SIMPEG rests on it by now.", hint="Reclaim it later.")

    replaced = pytest.MonkeyPatch()
    replaced.setattr(guards, "GUARDS", (guard,))
    return replaced.undo


@pytest.mark.django_db
def test_what_was_approved_is_applied_and_nothing_else_and_the_record_follows() -> None:
    asker = member(make_user("teknisi"), "engineer")
    preview = previewed(asker)
    assert (preview.outcome, preview.report and preview.report["counts"]["create"]) == (
        "changes",
        4,
    ), preview.message
    saved = shelf(preview.pk).path(NAME)
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    approver = member(make_user("penyetuju"), "approver")
    approve_preview(preview, digest=preview.plan.digest, by=Actor.of(approver))

    for move, says in (
        (saved_plan_altered, "not the one that was approved"),
        (stack_moved, "stack has changed since"),
        (made_by_hand, "no longer what was approved"),
        (guard_under_the_lock, "rests on it by now"),
    ):
        undo = move(preview)
        refused = done(ask_apply(ProvisioningRun.objects.get(pk=preview.pk), by=Actor.of(asker)))
        assert (refused.outcome, refused.report, refused.followed) == ("refused", None, [])
        assert says in refused.message
        undo()
        assert sorted(one.name() for one in libvirt.open(URI).listAllDomains()) == [
            "lama-app-1",
            "simpeg-app-1",
            "test",
        ]

    applied = done(ask_apply(ProvisioningRun.objects.get(pk=preview.pk), by=Actor.of(asker)))
    assert (applied.outcome, applied.message) == ("done", "")
    assert not saved.parent.exists()  # of no use any more, and it may hold secrets
    assert [line.get("error") for line in applied.followed] == [None] * 3, applied.followed
    machines = {one.name: one for one in VirtualMachine.objects.all()}
    assert {name: one.status for name, one in machines.items()} == {
        "simpeg-app-1": "active",
        "sipp-web-1": "active",
        "sipp-app-2": "active",
    }
    assert str(machines["sipp-web-1"].primary_ip4) == "10.64.0.9/16"
    assert list(Workload.objects.get().virtual_machines.all()) == [machines["sipp-app-2"]]
    gone = ObjectChange.objects.filter(object_repr="lama-app-1").latest("id")
    assert (gone.action, gone.user) == ("delete", asker)
    assert any("sipp-web-1: made" in line["message"] for line in applied.log)
    with pytest.raises(Refused, match=r"\d+ \w+ \d+ \(.*sipp"):
        ask_apply(preview, by=Actor.of(asker))


def test_what_was_approved_of_two_hypervisors_is_done_on_both(tmp_path: Path) -> None:
    one, other = (app_vms(1, Change.CREATE, first=first) for first in (0, 1))
    plan = document(target("satu", vms=one), target("dua", vms=other))
    plans = Shelf(tmp_path)
    preview = run(plan, Action.PREVIEW, shelf=plans)
    assert preview.result is Result.CHANGES
    applied = apply(plan, list(plans.bases.values()), plans)
    assert [(one.result, one.message) for one in applied.targets] == [(Result.DONE, "")] * 2
    assert applied.counts.create == preview.counts.create == 4


def test_nothing_is_reclaimed_once_its_replacement_was_not_made(tmp_path: Path) -> None:
    """The second target would delete what the first, which fails, should have replaced."""
    goes = vm(change=Change.RECLAIM, reason="moves", addresses=("10.64.0.12/16",))
    comes = vm("simpeg-app-2", change=Change.CREATE, addresses=("10.64.0.11/16",))
    plan = document(target("satu", vms=(comes,)), target("tiga", reclaim=(goes,)))
    plans = Shelf(tmp_path)
    assert run(plan, Action.PREVIEW, shelf=plans).result is Result.CHANGES
    foreign = VolumeSpec(name=comes.name, size_gib=7)
    driver_for(plan.targets[0].uri).create(foreign)  # by somebody else, meanwhile
    applied = apply(plan, list(plans.bases.values()), plans)
    first, second = applied.targets
    assert (applied.exit_code, first.result, second.result) == (1, Result.FAILED, Result.REFUSED)
    assert "not begun, since satu was not done" in second.message
    assert second.steps == ()
    assert driver_for(plan.targets[1].uri).names(Kind.DOMAIN) == {goes.name}


def test_a_stopped_run_finishes_its_steps_and_the_next_one_goes_on() -> None:
    """Some machines are made, the report says which, and nothing is made twice."""
    plan = document(target("stopped", vms=app_vms(12, Change.CREATE)))
    stopped = run(plan, Action.UP, watch=Recorded(stop_at=4))
    [report] = stopped.targets
    assert stopped.result is Result.REFUSED
    assert "was stopped" in report.message
    made = sum(step.outcome == "done" for step in report.steps)
    assert 4 <= made < 25
    again = run(plan, Action.UP)
    assert again.result is Result.DONE
    assert again.counts.create + made == 25
    assert run(plan, Action.PREVIEW).counts.changed == 0
    assert {step.op for step in again.steps(*Op) if step.name == "apps"} == {Op.SAME}

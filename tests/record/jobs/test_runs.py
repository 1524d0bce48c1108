"""Runs of the engine in the queue: asked for, begun, ended, stopped and given up; no engine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.actions.jobs.queue import stop
from dcim.actions.jobs.recovery import recover
from dcim.actions.jobs.running import perform
from dcim.actions.plans.making import document_of, planning_serial, store_plan
from dcim.actions.provisioning import ending, guards
from dcim.actions.provisioning.approvals import approve_preview, standing_approval
from dcim.actions.provisioning.asking import ask_apply, ask_run, job_of, stop_run
from dcim.actions.provisioning.ending import Ending, begin_run, end_run
from dcim.planning.document import DocumentKind, PlanDocument
from dcim.planning.watch import LoggedWatch
from dcim.record.log.changes import ObjectChange
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.people.account import User
from dcim.record.places.sites import Site
from dcim.record.planner.jobs import Job
from dcim.record.planner.plans import Plan, PlanApproval, ProvisioningRun
from dcim.vocabulary.choices import RunKind, RunOutcome
from dcim.vocabulary.errors import (
    InvalidInput,
    LumbungError,
    NotPermitted,
    NotReclaimed,
    Refused,
    UnknownThing,
)
from provisioning.runs import performing, queued
from provisioning.runs.management import running
from tests.factories import TESTER, make, make_user, member
from tests.plan_documents import document

pytestmark = pytest.mark.django_db

BASES = [{"target": "pdr-kvm", "engine_plan": "a" * 64, "state": "b" * 64, "steps": "c" * 64}]


@pytest.fixture
def author() -> User:
    return member(make_user("perencana"), "planner", "approver")


@pytest.fixture
def asker() -> User:
    return member(make_user("teknisi"), "engineer", "approver")


@pytest.fixture
def approver() -> User:
    return member(make_user("penyetuju"), "approver")


@pytest.fixture
def plan(author: User) -> Plan:
    make(Site, name="DC Paser")
    return store_plan(document(base_serial=planning_serial()), by=Actor.of(author))


@pytest.fixture
def preview(plan: Plan, asker: User) -> ProvisioningRun:
    """A preview that ended well."""
    run = ask_run(plan, by=Actor.of(asker))
    Job.objects.update(status="completed")
    return end_run(
        begin_run(run), Ending(outcome=RunOutcome.CHANGES, report={"targets": []}, bases=BASES)
    )


def approve(preview: ProvisioningRun, user: User) -> PlanApproval:
    return approve_preview(preview, digest=preview.plan.digest, by=Actor.of(user))


def ends_as(monkeypatch: pytest.MonkeyPatch, do: Callable[[LoggedWatch], Ending]) -> None:
    def performed(_row: ProvisioningRun, watch: LoggedWatch) -> performing.Performed:
        return performing.Performed(do(watch))

    monkeypatch.setattr(performing, "perform", performed)


def done(run: ProvisioningRun) -> tuple[ProvisioningRun, Job]:
    job = job_of(run)
    assert job is not None
    perform(job.job_id)
    run.refresh_from_db()
    job.refresh_from_db()
    return run, job


def test_a_run_is_queued_begun_and_ended_as_who_asked_for_it(
    plan: Plan, asker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def do(watch: LoggedWatch) -> Ending:
        seen.append(ProvisioningRun.objects.get().status)
        watch.note("Volume a-1: made")
        return Ending(outcome=RunOutcome.CHANGES, report={"targets": []}, bases=BASES)

    ends_as(monkeypatch, do)
    serial = planning_serial()
    run = ask_run(plan, targets=["pdr-kvm"], by=Actor.of(asker))
    assert (run.status, run.outcome, run.requested_by) == ("queued", "", asker)
    assert ask_run(plan, targets=["pdr-kvm"], by=Actor.of(asker)) == run
    asker.groups.clear()  # what was made must be told, whatever became of the right to ask
    run, job = done(run)
    assert seen == ["running"]
    assert (run.status, run.outcome, run.bases) == ("ended", "changes", BASES)
    assert (job.status, job.data) == ("completed", {"run": run.pk, "outcome": "changes"})
    assert ObjectChange.objects.latest("id").user == asker
    assert planning_serial() == serial


@pytest.mark.parametrize(
    ("role", "kind", "targets", "error"),
    [
        ("viewer", RunKind.PREVIEW, (), NotPermitted),
        ("approver", RunKind.PREVIEW, (), NotPermitted),
        ("ci", RunKind.UP, (), InvalidInput),
        ("ci", RunKind.REFRESH, ("nowhere",), UnknownThing),
    ],
)
def test_what_may_not_be_asked_is_not_queued(
    plan: Plan, role: str, kind: RunKind, targets: tuple[str, ...], error: type[LumbungError]
) -> None:
    with pytest.raises(error):
        ask_run(plan, kind, targets, by=Actor.of(member(make_user("x"), role)))
    assert not Job.objects.exists()
    assert not ProvisioningRun.objects.exists()


def test_only_a_second_person_approves_and_only_what_was_shown(
    preview: ProvisioningRun, author: User, asker: User, approver: User
) -> None:
    for first in (author, asker):
        with pytest.raises(NotPermitted):
            approve(preview, first)
    with pytest.raises(Refused, match="not the one that was shown"):
        approve_preview(preview, digest="sha256:0", by=Actor.of(approver))
    with pytest.raises(Refused, match="Nobody has approved"):
        ask_apply(preview, by=Actor.of(asker))
    given = approve(preview, approver)
    assert (standing_approval(preview), given.bases) == (given, BASES)
    with pytest.raises(NotPermitted):
        ask_apply(preview, by=Actor.of(approver))
    run = ask_apply(preview, by=Actor.of(asker))
    assert (run.kind, run.approval, run.status) == ("up", given, "queued")


def test_what_was_refused_or_not_saved_can_not_be_approved(
    preview: ProvisioningRun, approver: User
) -> None:
    ways: list[dict[str, Any]] = [{"outcome": "refused"}, {"bases": []}, {"kind": "refresh"}]
    for values in ways:
        before = {name: getattr(preview, name) for name in values}
        ProvisioningRun.objects.update(**values)
        with pytest.raises(Refused, match="ended well"):
            approve(preview, approver)
        ProvisioningRun.objects.update(**before)


def document_altered(preview: ProvisioningRun) -> None:
    altered = {**preview.plan.document, "name": "another"}
    Plan.objects.filter(pk=preview.plan_id).update(document=altered)


def engine_plan_altered(preview: ProvisioningRun) -> None:
    bases = [{**BASES[0], "engine_plan": "d" * 64}]
    ProvisioningRun.objects.filter(pk=preview.pk).update(bases=bases)


def record_moved(_preview: ProvisioningRun) -> None:
    record.create(Site, {"name": "DRC Balikpapan", "slug": "drc"}, by=TESTER)


def grown_old(model: type[PlanApproval | ProvisioningRun], days: int) -> None:
    model.objects.update(created=timezone.now() - timedelta(days=days))


def right_lost(_preview: ProvisioningRun) -> None:
    User.objects.get(username="penyetuju").groups.clear()


@pytest.mark.parametrize(
    ("move", "says"),
    [
        (right_lost, "penyetuju may no longer approve"),
        (document_altered, "plan document was altered"),
        (engine_plan_altered, "saved engine plans are others"),
        (record_moved, r"moved from serial \d+ to \d+ \(DRC Balikpapan\)"),
        (lambda _preview: grown_old(PlanApproval, 8), "8 days old, and holds for 7"),
        (lambda _preview: grown_old(ProvisioningRun, 22), "is 22 days old, and holds for 21"),
    ],
)
def test_a_lapsed_approval_says_what_moved_and_nothing_is_queued(
    preview: ProvisioningRun,
    asker: User,
    approver: User,
    move: Callable[[ProvisioningRun], None],
    says: str,
) -> None:
    approve(preview, approver)
    move(preview)
    preview = ProvisioningRun.objects.get(pk=preview.pk)
    with pytest.raises(LumbungError, match=says):
        ask_apply(preview, by=Actor.of(asker))
    assert ProvisioningRun.objects.count() == 1


def test_what_moves_between_asking_and_beginning_is_refused_before_the_engine(
    preview: ProvisioningRun, asker: User, approver: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(performing, "apply", lambda *_args, **_more: pytest.fail("it was started"))
    approve(preview, approver)
    run = ask_apply(preview, by=Actor.of(asker))
    record_moved(preview)
    run, job = done(run)
    assert (run.outcome, run.report, job.status) == ("refused", None, "completed")
    assert "DRC Balikpapan" in run.message
    assert run.log[-1]["message"] == run.message


def test_what_moves_while_the_targets_are_waited_for_is_refused_too(
    preview: ProvisioningRun, asker: User, approver: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def waits(*_args: object, before: Callable[[], object], **_more: object) -> None:
        record_moved(preview)
        before()
        pytest.fail("it was begun")

    monkeypatch.setattr(performing, "apply", waits)
    approve(preview, approver)
    run, _job = done(ask_apply(preview, by=Actor.of(asker)))
    assert (run.outcome, run.report) == ("refused", None)
    assert "DRC Balikpapan" in run.message


def test_who_may_no_longer_apply_is_refused_before_the_engine(
    preview: ProvisioningRun, asker: User, approver: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(performing, "apply", lambda *_args, **_more: pytest.fail("it was started"))
    approve(preview, approver)
    run = ask_apply(preview, by=Actor.of(asker))
    asker.groups.clear()
    run, _job = done(run)
    assert (run.outcome, run.report) == (RunOutcome.REFUSED, None)
    assert "may not do this: apply" in run.message


def test_a_guard_is_asked_twice(
    preview: ProvisioningRun, asker: User, approver: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def guard(found: PlanDocument, run: ProvisioningRun) -> None:
        asked.append(run.kind)
        if len(asked) > 1:
            raise Refused("SIMPEG rests on it.", hint="Reclaim it later.")

    monkeypatch.setattr(guards, "GUARDS", (guard,))
    approve(preview, approver)
    run, _job = done(ask_apply(preview, by=Actor.of(asker)))
    assert (asked, run.outcome) == (["preview", "up"], "refused")
    assert run.message == "SIMPEG rests on it. Reclaim it later."


def shows(preview: ProvisioningRun, *steps: tuple[str, str, str]) -> ProvisioningRun:
    """The preview, as one that shows `steps`: what is done, with which kind, of which name."""
    told = [dict(zip(("op", "kind", "name"), step, strict=True)) for step in steps]
    preview.report = {"targets": [{"name": "pdr-kvm", "steps": told}]}
    preview.save()
    return preview


@pytest.mark.parametrize(
    "steps",
    [
        [("delete", "Volume", "dulu-1")],  # renamed, moved, or its row deleted
        [("replace", "Domain", "simpeg-app-1"), ("replace", "Volume", "simpeg-app-1")],
    ],
)
def test_what_no_plan_reclaims_is_not_approved_and_not_applied(
    preview: ProvisioningRun, asker: User, approver: User, steps: list[tuple[str, str, str]]
) -> None:
    name = f"pdr-kvm/{steps[0][2]}"
    with pytest.raises(NotReclaimed, match=name):
        approve(shows(preview, *steps), approver)
    approve(shows(preview), approver)  # as if before there was this rule
    with pytest.raises(NotReclaimed) as refused:
        ask_apply(shows(preview, *steps), by=Actor.of(asker))
    assert refused.value.machines == [name]
    shows(preview)
    run = ask_apply(preview, by=Actor.of(asker))
    shows(preview, *steps)
    run, _job = done(run)
    assert (run.outcome, run.report, name in run.message) == ("refused", None, True)


def test_what_goes_by_the_plan_or_holds_no_data_is_no_loss(
    preview: ProvisioningRun, approver: User
) -> None:
    reclaimed = [("delete", kind, "lama-app-1") for kind in ("Domain", "Volume")]
    failed_before = ("replace", "Volume", "sipp-web-1")
    disk_gone = [("create", "Volume", "simpeg-app-1"), ("replace", "Domain", "simpeg-app-1")]
    network = ("delete", "Network", "lama")
    shows(preview, *reclaimed, failed_before, *disk_gone, network)
    assert approve(preview, approver).preview == preview


@pytest.mark.parametrize("given_up", [False, True])
def test_what_the_engine_did_is_followed_although_the_last_write_is_lost(
    preview: ProvisioningRun,
    asker: User,
    approver: User,
    monkeypatch: pytest.MonkeyPatch,
    given_up: bool,
) -> None:
    """A machine that is gone shows in no later run."""
    report: dict[str, list[str]] = {"targets": [], "apps": []}

    def do(_watch: LoggedWatch) -> Ending:
        if given_up:
            Job.objects.filter(status="running").update(worker="dead")
            recover(worker="dead")
        return Ending(outcome=RunOutcome.DONE, report=report)

    def lost(*_args: object) -> None:
        raise Refused("Others were writing the same objects.", hint="Try again.")

    def follow(_document: PlanDocument, run: ProvisioningRun, _by: Actor) -> list[dict[str, str]]:
        return [{"machine": "lama-1", "change": f"gone by {run.outcome}"}]

    ends_as(monkeypatch, do)
    monkeypatch.setattr(ending, "AFTER", (follow,))
    monkeypatch.setattr(queued, "end_run", lost)
    approve(preview, approver)
    run, job = done(ask_apply(preview, by=Actor.of(asker)))
    assert (run.status, run.outcome, run.report) == ("ended", "done", report)
    assert run.followed == [{"machine": "lama-1", "change": "gone by done"}]
    assert job.status == ("errored" if given_up else "failed")


def test_the_record_as_it_is_is_previewed_without_a_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    previewed: list[Plan] = []

    def run_inline(plan: Plan, _kind: RunKind, **_more: object) -> None:
        previewed.append(plan)
        raise Refused("it is shown only")

    monkeypatch.setattr(running, "run_inline", run_inline)
    make(VirtualMachine, name="lama-1", cluster=make(Cluster, hypervisor_uri="test:///default"))
    with pytest.raises(CommandError, match="shown only"):
        call_command("preview", "--as-is")
    document = document_of(previewed[0])
    assert document.kind is DocumentKind.AS_IS
    assert [one.name for target in document.targets for one in target.vms] == ["lama-1"]
    with pytest.raises(CommandError, match="Leave out --plan or --as-is"):
        call_command("preview", "--as-is", "--plan", "reactivation")


def test_one_that_waits_is_ended_and_never_begins(plan: Plan, asker: User) -> None:
    run = ask_run(plan, by=Actor.of(asker))
    with pytest.raises(NotPermitted):
        stop_run(run, by=Actor.of(make_user("x")))
    ended = stop_run(run, by=Actor.of(member(make_user("budi"), "planner")))
    assert (ended.status, ended.outcome) == ("ended", "stopped")
    assert "budi" in ended.message
    with pytest.raises(Refused, match="ended already"):
        stop_run(ended, by=Actor.of(asker))


@pytest.mark.parametrize(
    ("kind", "left"),
    [("provisioning.look", ("running", "")), ("provisioning.apply", ("ended", "failed"))],
)
def test_a_killed_worker_s_look_is_begun_again_and_its_apply_is_ended(
    plan: Plan, asker: User, kind: str, left: tuple[str, str]
) -> None:
    run = begin_run(ask_run(plan, by=Actor.of(asker)))
    Job.objects.update(
        kind=kind, status="running", worker="dead", tries=1, heartbeat=timezone.now()
    )
    [job] = recover(worker="dead")
    run.refresh_from_db()
    assert (run.status, run.outcome) == left
    assert ("The worker stopped" in run.message) is (left[0] == "ended")
    assert job.status == ("pending" if left[0] == "running" else "errored")
    if job.is_open:
        stop(job, by=TESTER)

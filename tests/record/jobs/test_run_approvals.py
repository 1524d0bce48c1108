"""Approvals and applies where there are several of something, or nobody to answer for one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.actions.jobs.recovery import recover
from dcim.actions.jobs.running import perform
from dcim.actions.plans.making import planning_serial, store_plan
from dcim.actions.provisioning.approvals import approve_preview
from dcim.actions.provisioning.asking import ask_apply, begin_apply_inline
from dcim.actions.provisioning.ending import begin_run
from dcim.actions.provisioning.going_on import WayOn, way_on
from dcim.planning.document import PlanDocument, as_is
from dcim.record.people.account import User
from dcim.record.places.sites import Site
from dcim.record.planner.jobs import Job
from dcim.record.planner.plans import PlanApproval, ProvisioningRun
from dcim.vocabulary.errors import Refused, UnknownThing
from provisioning.runs import performing
from provisioning.runs.management.running import actor_of
from tests.factories import TESTER, make, make_user, member
from tests.plan_documents import document

pytestmark = pytest.mark.django_db
BASES = [{"target": "pdr-kvm", "engine_plan": "a" * 64, "state": "b" * 64, "steps": "c" * 64}]


def test_what_has_moved_or_was_asked_by_nobody_known_is_not_approved() -> None:
    make(Site)
    make_user("teknisi")
    approver = Actor.of(member(make_user("penyetuju"), "approver"))
    plan = store_plan(document(base_serial=planning_serial()), by=Actor.system("plan"))
    preview = ProvisioningRun.objects.create(
        plan=plan, status="ended", outcome="changes", report={"targets": []}, bases=BASES
    )
    with pytest.raises(Refused, match="Nobody is known"):
        approve_preview(preview, digest=plan.digest, by=approver)
    with pytest.raises(UnknownThing, match="no active user"):
        actor_of("siapa", "preview")
    ProvisioningRun.objects.update(requested_by=actor_of("teknisi", "preview").user)
    record.create(Site, {"name": "DRC Balikpapan", "slug": "drc"}, by=TESTER)
    with pytest.raises(Refused, match=r"can't be approved any more: .*\(DRC Balikpapan\)"):
        approve_preview(preview, digest=plan.digest, by=approver)
    assert not PlanApproval.objects.exists()


def shown(plan: PlanDocument, asker: User) -> ProvisioningRun:
    """A preview that ended well, of a plan by another than `asker`."""
    return ProvisioningRun.objects.create(
        plan=store_plan(plan, by=Actor.of(author())),
        requested_by=asker,
        status="ended",
        outcome="changes",
        report={"targets": []},
        bases=BASES,
    )


def author() -> User:
    known = User.objects.filter(username="perencana").first()
    return known or member(make_user("perencana"), "planner")


def approved(asker: User) -> ProvisioningRun:
    make(Site)
    preview = shown(document(base_serial=planning_serial()), asker)
    approver = Actor.of(member(make_user("penyetuju"), "approver"))
    approve_preview(preview, digest=preview.plan.digest, by=approver)
    return preview


def engineer(name: str) -> User:
    return member(make_user(name), "engineer")


def test_one_preview_is_applied_by_one_run_and_once() -> None:
    first, second = engineer("teknisi"), engineer("teknisi-2")
    preview = approved(first)
    run = ask_apply(preview, by=Actor.of(first))
    another = member(make_user("penyetuju-2"), "approver")
    approve_preview(preview, digest=preview.plan.digest, by=Actor.of(another))
    assert ask_apply(preview, by=Actor.of(first)) == run  # though the newer approval is another
    for ask in (ask_apply, begin_apply_inline):
        with pytest.raises(Refused, match=rf"Run {run.pk} applies this .* asked for by teknisi\."):
            ask(preview, by=Actor.of(second))
    ProvisioningRun.objects.filter(pk=run.pk).update(status="ended", outcome="failed")
    run = ask_apply(preview, by=Actor.of(second))  # the worker judges what is left of it
    ProvisioningRun.objects.filter(pk=run.pk).update(status="ended", outcome="done")
    with pytest.raises(Refused, match=f"lapsed: run {run.pk} has applied it"):
        ask_apply(preview, by=Actor.of(first))
    third = Actor.of(member(make_user("penyetuju-3"), "approver"))
    with pytest.raises(Refused, match=f"run {run.pk} has applied it"):
        approve_preview(preview, digest=preview.plan.digest, by=third)
    assert ProvisioningRun.objects.filter(kind="up").count() == 2


@pytest.mark.parametrize("lost", ["right", "account"])
def test_who_loses_the_right_while_the_targets_are_waited_for_applies_nothing(
    lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asker = engineer("teknisi")

    def waits(*_args: object, before: Callable[[], object], **_more: object) -> None:
        if lost == "right":
            asker.groups.clear()
        else:
            User.objects.filter(pk=asker.pk).update(is_active=False)
        before()
        pytest.fail("it was begun")

    monkeypatch.setattr(performing, "apply", waits)
    run = ask_apply(approved(asker), by=Actor.of(asker))
    perform(Job.objects.get().job_id)
    run.refresh_from_db()
    assert (run.outcome, run.report) == ("refused", None)
    assert "may not do this: apply" in run.message


def test_an_apply_whose_worker_died_says_the_way_on() -> None:
    asker = engineer("teknisi")
    preview = approved(asker)
    run = begin_run(ask_apply(preview, by=Actor.of(asker)))
    assert way_on(run) is None
    Job.objects.update(status="running", worker="dead", tries=1, heartbeat=timezone.now())
    recover(worker="dead")
    run.refresh_from_db()
    assert run.message == (
        "The worker stopped; this was try 1. An apply is not repeated by itself: what was done by"
        " then stands in the state. Preview the plan again, have that approved, and apply it."
    )
    assert run.log[-1]["message"] == run.message
    assert way_on(run) is WayOn.PREVIEW
    assert way_on(preview) is None
    record.create(Site, {"name": "DRC Balikpapan", "slug": "drc"}, by=TESTER)
    assert way_on(run) is way_on(preview) is WayOn.NEW_PLAN
    as_it_was = shown(as_is(document(base_serial=planning_serial())), asker)
    assert way_on(as_it_was) is None
    as_it_was.outcome = "failed"
    assert way_on(as_it_was) is WayOn.AS_IS

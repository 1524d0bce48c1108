"""Machines go only where no running app needs them and their data are kept; the record follows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import override_settings

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.actions.plans.approvals import has_lapsed
from dcim.actions.plans.making import document_of
from dcim.actions.provisioning.ending import begin_inline
from dcim.actions.provisioning.guards import check_guards
from dcim.actions.reclaim.backups import waive_backup
from dcim.actions.reclaim.following import let_go
from dcim.actions.reclaim.giving_back import draft_give_backs
from dcim.actions.reclaim.guard import ask_guard, guard
from dcim.actions.reclaim.overview import overview, require_reclaimable
from dcim.planning.document import Change
from dcim.planning.reclaim.order import target_order
from dcim.record.log.changes import ObjectChange
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.people.organisation import Tenant
from dcim.record.planner.plans import Plan
from dcim.record.planner.reclaims import ReclaimedMachine
from dcim.record.planner.requests import AllocationRequest
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices import RunKind
from dcim.vocabulary.choices_reclaim import Cover
from dcim.vocabulary.choices_requests import RequestKind, RequestStatus
from dcim.vocabulary.errors import (
    AnotherMachine,
    InvalidInput,
    NotBackedUp,
    NotPermitted,
    Refused,
    StillNeeded,
    UnknownThing,
)
from tests.factories import TESTER, make, make_user, member
from tests.plan_documents import document, target, vm
from tests.reclaims import Room, applied, room

pytestmark = pytest.mark.django_db
NAME = "pdn-1/lama-1"
GONE = {"pdn-1": {"lama-1", "baru-1"}}  # what the plan does not reclaim is passed over


@pytest.fixture
def here() -> Room:
    return room()


def test_a_running_app_holds_a_machine_until_it_lets_go(here: Room) -> None:
    need = here.rest()
    with pytest.raises(StillNeeded, match="BARU") as refused:
        guard(document_of(here.plan()))
    chain = ["app:BARU", "app:LAMA", "workload:LAMA/db", "vm:lama-1"]
    assert refused.value.chains == {"BARU": chain}
    record.update(need, {"hardness": "soft"}, by=TESTER)
    found = guard(document_of(here.plan()))
    assert [hit.thing.name for hit in found.hit.degraded] == ["BARU"]
    record.delete(need, by=TESTER)
    assert guard(document_of(here.plan())).hit.degraded == ()


@pytest.mark.parametrize(
    ("goes_from", "comes_to", "is_refused"),
    [
        ("qemu+ssh://satu/system", "", True),
        ("qemu+ssh://satu/system", "qemu+ssh://dua/system", False),
        ("", "", False),
    ],
    ids=["rehearsed for real", "real for real", "rehearsed for rehearsed"],
)
def test_what_only_a_rehearsal_brings_up_replaces_nothing_real(
    here: Room, goes_from: str, comes_to: str, *, is_refused: bool
) -> None:
    here.rest()
    plan = document_of(here.plan())
    (there,) = (one for one in plan.targets if one.reclaim)
    new = vm("lama-2", app="LAMA", workloads=("db",), change=Change.CREATE)
    coming = target("baru", hypervisor=comes_to, vms=(new,))
    moved = replace(plan, targets=(replace(there, hypervisor=goes_from), coming))
    hit = {one.thing.name for one in ask_guard(moved).hit.down}
    assert hit == ({"BARU"} if is_refused else set())


def test_targets_that_bring_up_what_another_takes_away_come_first() -> None:
    goes = vm("bersama-9", app="ABC", shared_with=("SIMPEG",), change=Change.RECLAIM, reason="r")
    first = target("zulu", vms=(vm(change=Change.CREATE),))
    assert target_order(document(first, target("bravo", reclaim=(goes,)))) == ("zulu", "bravo")
    other = replace(goes, shared_with=())
    assert target_order(document(first, target("bravo", reclaim=(other,)))) == ("bravo", "zulu")


def test_a_plan_that_means_another_machine_is_refused(here: Room) -> None:
    plan = here.plan()
    record.update(here.machine, {"name": "lain-1"}, by=TESTER)
    with pytest.raises(AnotherMachine, match=NAME):
        guard(document_of(plan))
    record.update(here.machine, {"name": "lama-1"}, by=TESTER)
    record.delete(here.machine, by=TESTER)
    assert guard(document_of(plan)).hit.down == ()  # gone already: nothing rests on it
    make(VirtualMachine, name="lama-1", allocation=here.grant)
    with pytest.raises(AnotherMachine):
        guard(document_of(plan))


def test_data_go_with_a_young_copy_or_a_second_persons_word(here: Room) -> None:
    plan = here.plan()
    for days in (None, 8):  # none is recorded; one is too old
        if days:
            here.copy(days)
        with pytest.raises(NotBackedUp) as refused:
            require_reclaimable(plan)
        assert refused.value.machines == [NAME]
    with pytest.raises(NotPermitted, match="Whoever made it"):
        waive_backup(plan, NAME, reason="kosong", by=Actor.of(here.author))
    viewer = member(make_user("pelihat"), "viewer")
    with pytest.raises(NotPermitted):
        waive_backup(plan, NAME, reason="kosong", by=Actor.of(viewer))
    second = Actor.of(here.approver)
    with pytest.raises(InvalidInput) as missing:
        waive_backup(plan, NAME, reason=" ", by=second)
    assert missing.value.field == "reason"
    with pytest.raises(UnknownThing, match="baru-1"):
        waive_backup(plan, "pdn-1/baru-1", reason="kosong", by=second)
    Plan.objects.filter(pk=plan.pk).update(created_by=None)
    with pytest.raises(Refused, match="known to have made"):
        waive_backup(plan, NAME, reason="kosong", by=second)
    Plan.objects.filter(pk=plan.pk).update(created_by=here.author)
    made = waive_backup(plan, NAME, reason="Datanya sudah pindah", by=second)
    assert ObjectChange.objects.latest("id").changed_object_type == "planner.backupwaiver"
    assert (made.user, made.machine_id) == (here.approver, here.machine.pk)
    with pytest.raises(Refused, match="waived"):
        waive_backup(plan, NAME, reason="lagi", by=second)
    assert require_reclaimable(plan).hit.down == ()
    assert not has_lapsed(plan.base_serial)  # approvals stand, though a copy was made since


def test_a_copy_counts_while_it_is_young_and_kept(here: Room) -> None:
    plan, copy = here.plan(), here.copy(3)
    assert [one.covered.cover for one in overview(plan).going] == [Cover.COPIED]
    record.update(copy, {"retention_days": 2}, by=TESTER)
    assert [one.covered.cover for one in overview(plan).going] == [Cover.MISSING]
    with override_settings(RECLAIM_COPY_DAYS=1):
        record.update(copy, {"retention_days": None}, by=TESTER)
        assert not overview(plan).is_free_to_go


def test_the_record_follows_once_and_what_is_free_is_asked_back(here: Room) -> None:
    here.copy()
    plan = here.plan()
    found = overview(plan)
    assert found.is_free_to_go
    assert [(one.pool, one.amounts) for one in found.freed] == [
        ("allocation:PDN-1", here.machine.amounts)
    ]
    by = Actor.of(here.author)
    asked = ask_for(here)
    applied(plan, by=by)
    assert [str(one) for one in ReclaimedMachine.objects.all()] == [NAME]
    assert not VirtualMachine.objects.filter(name="lama-1").exists()
    ended = ObjectChange.objects.get(
        action="delete", changed_object_type="virtualization.virtualmachine"
    )
    assert ended.prechange_data is not None
    assert (ended.prechange_data["name"], "reactivation" in ended.message) == ("lama-1", True)
    here.grant.refresh_from_db()
    assert here.grant.used == Amounts(2, 2048, 20)
    gone = ReclaimedMachine.objects.get()
    draft = gone.request
    assert draft is not None
    assert (draft.kind, draft.tenant) == (RequestKind.CHANGE, asked.tenant)
    assert "lama-1" in draft.purpose
    assert draft.lines.get().asked == Amounts(6, 6144, 80)
    assert (gone.apps, gone.amounts) == ("LAMA", Amounts(2, 2048, 20))
    entries = ObjectChange.objects.count()
    assert let_go(plan, GONE, run=gone.run, by=by) == ()
    draft_give_backs(plan, by=by)
    assert ObjectChange.objects.count() == entries
    assert (
        AllocationRequest.objects.filter(status=RequestStatus.DRAFT, predecessor=here.grant).count()
        == 1
    )
    assert [one.covered.cover for one in overview(plan).going] == [Cover.GONE]


def ask_for(here: Room) -> AllocationRequest:
    """An older request to the provider, which tells who applies."""
    return make(AllocationRequest, provider=here.grant.provider)


def test_a_grant_on_which_nothing_is_left_is_ended(here: Room) -> None:
    ask_for(here)
    plan = here.plan()
    record.update(VirtualMachine.objects.get(name="baru-1"), {"allocation": None}, by=TESTER)
    applied(plan)
    draft = ReclaimedMachine.objects.get().request
    assert draft is not None
    assert (draft.kind, draft.lines.count()) == (RequestKind.TERMINATION, 0)


def test_nobody_is_made_up_to_apply(here: Room) -> None:
    plan = here.plan()
    assert "who applies" in applied(plan).followed[-1]["error"]
    (back,) = draft_give_backs(plan, by=TESTER)
    assert (back.draft, back.lacks_applicant) == (None, True)
    (back,) = draft_give_backs(plan, tenant=make(Tenant), by=TESTER)
    assert back.draft is not None
    record.update(here.grant.provider, {"kind": "regency"}, by=TESTER)
    assert draft_give_backs(plan, by=TESTER) == ()  # what is ours goes back to nobody


def test_a_run_asks_the_guard_first_and_tells_what_is_gone(here: Room) -> None:
    need = here.rest()
    plan = here.plan()
    run = begin_inline(plan, RunKind.UP, [], by=TESTER)
    with pytest.raises(StillNeeded):
        check_guards(document_of(plan), run)
    record.delete(need, by=TESTER)
    with pytest.raises(NotBackedUp):
        check_guards(document_of(plan), run)
    here.copy()
    check_guards(document_of(plan), run)
    ask_for(here)
    for rehearsal in (True, False):
        ended = applied(plan, rehearsal=rehearsal)
        assert [one["machine"] for one in ended.followed] == ([] if rehearsal else ["lama-1", NAME])
    assert ReclaimedMachine.objects.get().run == ended
    assert here.grant.reclaimed.get().request is not None

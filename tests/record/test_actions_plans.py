"""Plans and runs as rows: frozen, found again by digest, older only when the record is newer."""

from __future__ import annotations

import pytest

from dcim.actions.plans.making import make_plan, planning_serial
from dcim.actions.provisioning.ending import Ending, begin_inline, end_run
from dcim.actions.register.imports import import_apps, import_offices
from dcim.planning.reactivation.verdicts import Stance
from dcim.record.log.changes import ObjectChange
from dcim.record.places.sites import Site
from dcim.record.planner.plans import Plan, ProvisioningRun
from dcim.vocabulary.choices import RunKind, RunOutcome
from tests.factories import TESTER, make
from tests.record.registers import OFFICE, app_row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def register() -> None:
    import_offices([OFFICE], by=TESTER)
    import_apps([app_row("A"), app_row("B", status="inactive", hosting="none")], by=TESTER)


def test_a_plan_is_stored_with_its_digest_and_its_base() -> None:
    serial = planning_serial()
    plan, _ = make_plan(Stance.AS_DECLARED, by=TESTER)
    assert (plan.stance, plan.base_serial) == ("as-declared", serial)
    assert plan.document["digest"] == plan.digest
    assert {app["code"] for app in plan.document["apps"]} == {"A", "B"}


def test_the_same_plan_is_found_again_and_not_stored_twice() -> None:
    first, made = make_plan(Stance.AS_DECLARED, by=TESTER)
    assert made
    assert make_plan(Stance.AS_DECLARED, by=TESTER) == (first, False)
    assert Plan.objects.count() == 1


def test_another_stance_is_another_plan() -> None:
    plans = {make_plan(stance, by=TESTER)[0].digest for stance in Stance}
    assert len(plans) == Plan.objects.count() == 2


def test_a_change_of_the_record_makes_a_new_plan() -> None:
    first, _ = make_plan(Stance.AS_DECLARED, by=TESTER)
    make(Site)
    second, _ = make_plan(Stance.AS_DECLARED, by=TESTER)
    assert second.base_serial > first.base_serial


def test_a_run_keeps_what_the_engine_said_and_does_not_make_the_plan_old() -> None:
    plan, _ = make_plan(Stance.AS_DECLARED, by=TESTER)
    run = end_run(
        begin_inline(plan, RunKind.PREVIEW, [], by=TESTER),
        Ending(outcome=RunOutcome.CHANGES, report={"create": 2}),
    )
    assert ProvisioningRun.objects.get() == run
    assert (run.status, run.report, run.outcome) == ("ended", {"create": 2}, "changes")
    assert planning_serial() == plan.base_serial
    entry = ObjectChange.objects.latest("id")
    assert entry.changed_object_type == "planner.provisioningrun"

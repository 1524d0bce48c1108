"""`./manage.py preview`: plans that the record keeps, and the reports that stay with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from dcim.actions.changes import Actor
from dcim.actions.plans.making import store_plan
from dcim.planning.document import Change, PlanDocument, encode
from dcim.planning.reactivation.verdicts import Stance
from dcim.record.planner.plans import Plan, ProvisioningRun
from dcim.vocabulary.errors import InvalidInput, UnknownThing
from provisioning.runs.stored import find_plan
from tests.plan_documents import document, target, vm

pytestmark = [
    pytest.mark.engine,
    pytest.mark.django_db,
    # Where an engine stops at an error, the SDK leaves its loop open for the collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LUMBUNG_DATA", str(tmp_path))
    return tmp_path


def stored(plan: PlanDocument) -> Plan:
    return store_plan(plan, by=Actor.system("test"))


def test_a_stored_plan_is_previewed_and_the_report_is_kept() -> None:
    plan = stored(document())
    with pytest.raises(SystemExit, match="2"):
        call_command("preview", "--plan", plan.name)
    kept = ProvisioningRun.objects.get(plan=plan)
    assert (kept.kind, kept.outcome) == ("preview", "changes")
    assert kept.report is not None
    assert kept.report["counts"]["create"] == 2


def test_a_plan_is_found_by_its_digest_and_an_unchanged_one_exits_with_zero() -> None:
    plan = stored(document(target(vms=(vm(),))))
    call_command("preview", "--plan", plan.digest.removeprefix("sha256:")[:12], "--json")
    assert ProvisioningRun.objects.get(plan=plan).outcome == "no_change"


def test_a_plan_in_a_file_is_stored_first(data: Path) -> None:
    (data / "plan.json").write_bytes(encode(document(target(vms=(vm(),)))))
    call_command("preview", "--plan", str(data / "plan.json"), "--markdown", str(data / "p.md"))
    assert Plan.objects.get().digest == document(target(vms=(vm(),))).digest
    assert (data / "p.md").read_text("utf-8").startswith("Lumbung preview of reactivation")


def test_an_unknown_plan_is_an_error_with_a_way_out() -> None:
    with pytest.raises(CommandError, match=r"no plan “none”.*leave --plan out") as caught:
        call_command("preview", "--plan", "none")
    assert caught.value.returncode == 1


def test_a_digest_is_known_by_eight_characters_and_not_by_fewer() -> None:
    plan = stored(document())
    digits = plan.digest.removeprefix("sha256:")
    assert found(digits[:8]) == found(plan.digest[:15]) == plan
    with pytest.raises(UnknownThing, match="at least 8 characters"):
        found(digits[:7])


def test_the_beginning_of_several_digests_is_refused() -> None:
    plan = stored(document())
    digest = f"{plan.digest[:20]}{'0' * 51}"
    Plan(**{**fields_of(plan), "digest": digest}).save()
    with pytest.raises(InvalidInput, match="several plans begin with"):
        found(plan.digest[:20])
    assert found(plan.digest[:40]) == plan


def found(named: str) -> Plan:
    return find_plan(named, Stance.AS_DECLARED, by=Actor.system("test"))


def fields_of(plan: Plan) -> dict[str, object]:
    return {name: getattr(plan, name) for name in ("name", "stance", "base_serial", "document")}


def test_a_plan_that_breaks_a_rule_is_refused_and_the_reason_is_kept() -> None:
    stored(document(target(vms=(vm(vcpus=0, change=Change.CREATE),))))
    with pytest.raises(CommandError, match="vcpus bernilai 0") as caught:
        call_command("preview", "--plan", "reactivation")
    assert caught.value.returncode == 3
    kept = ProvisioningRun.objects.get()
    assert (kept.outcome, kept.report) == ("refused", None)
    assert "vcpus is 0" in kept.message

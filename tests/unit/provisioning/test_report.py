"""Reports: counts first, warnings, a row per app, Markdown never too long, JSON by its schema."""

from __future__ import annotations

import json
from importlib import resources

import pytest
from jsonschema import Draft202012Validator

from dcim.planning.document import AppLine, Outcome, PlanDocument
from provisioning.engine.markdown import MOST_CHARACTERS, as_markdown
from provisioning.engine.report import (
    Action,
    Counts,
    FieldChange,
    Op,
    Report,
    Result,
    Step,
    as_json,
    counts_of,
    report_of,
    target_report,
)
from provisioning.engine.text import as_text
from tests.plan_documents import document, target

CREATED = Step(Op.CREATE, "Domain", "sipp-web-1", "SIPP")
DELETED = Step(Op.DELETE, "Domain", "lama-app-1", "LAMA")
RESIZED = Step(Op.UPDATE, "Volume", "simpeg-app-1", "SIMPEG", (FieldChange("size_gib", 20, 40),))
REPLACED = Step(
    Op.REPLACE, "Domain", "arsip-1", "ARSIP", (FieldChange("name", "a", "b", replaces=True),)
)
KEPT = Step(Op.SAME, "Network", "apps", "")


def report(*steps: Step, plan: PlanDocument | None = None, hypervisor: str = "") -> Report:
    plan = plan or document()
    result = Result.CHANGES if counts_of(steps).changed else Result.NO_CHANGE
    where = target(hypervisor=hypervisor)
    one = target_report(where, result, steps=steps, counts=counts_of(steps))
    return report_of(Action.PREVIEW, plan, [one])


def with_results(*results: Result) -> Report:
    plan = document()
    return report_of(Action.PREVIEW, plan, [target_report(plan.targets[0], one) for one in results])


def test_counts_come_first() -> None:
    lines = as_markdown(report(CREATED, DELETED, RESIZED, KEPT)).splitlines()
    assert lines[2] == "**1 to create, 1 to update, 0 to replace, 1 to delete, 1 same**"


@pytest.mark.parametrize(
    ("step", "words"),
    [(DELETED, "machines lama-app-1 would be deleted"), (REPLACED, "losing")],
)
def test_what_is_lost_is_warned_of(step: Step, words: str) -> None:
    assert words in as_markdown(report(step))
    assert words in as_text(report(step))


def test_nothing_is_warned_of_when_nothing_is_lost() -> None:
    assert "WARNING" not in as_text(report(CREATED, RESIZED))


def test_a_rehearsal_is_labelled_everywhere_and_a_real_run_nowhere() -> None:
    for draw in (as_text, as_markdown):
        assert "REHEARSAL" in draw(report(CREATED))
        assert "ehearsal" not in draw(report(CREATED, hypervisor="qemu:///system"))


def test_each_app_that_changes_has_a_row_and_the_others_are_counted() -> None:
    text = as_markdown(report(CREATED))
    assert "| SIPP | revive | cluster:PDR-KVM | 1 | 0 | 0 | 0 |  |" in text
    assert "1 app stays as it is." in text


def test_steps_are_folded_with_what_changes() -> None:
    text = as_markdown(report(RESIZED))
    assert "<details><summary>pdr-kvm: 1 steps</summary>" in text
    assert "- update Volume simpeg-app-1 of SIMPEG: size_gib 20 → 40" in text


def test_capacity_is_shown_before_and_after() -> None:
    plan = document()
    one = target_report(plan.targets[0], Result.CHANGES)
    text = as_markdown(report_of(Action.PREVIEW, plan, [one]))
    assert "| VCPU | 8 | 4 | 4 | 4 |" in text


def test_what_waits_for_a_grant_is_said() -> None:
    assert "Waiting for a grant of pdn: 1 machine with 2 vCPU" in as_text(report())


def test_markdown_stays_below_the_limit_and_says_that_it_was_cut() -> None:
    many = tuple(Step(Op.CREATE, "Domain", f"app-{n}", f"APP{n}") for n in range(3000))
    lines = tuple(AppLine(code=f"APP{n}", outcome=Outcome.REVIVE) for n in range(1500))
    text = as_markdown(report(*many, plan=document(apps=lines)))
    assert len(text) <= MOST_CHARACTERS
    assert text.startswith("## Lumbung preview")
    assert "_Cut here" in text
    assert text.count("<details>") == text.count("</details>")


def test_names_can_not_break_the_table_or_call_on_anybody() -> None:
    lines = (AppLine(code="A", outcome=Outcome.RETIRE, reason="a|b <script> @dinas\nx"),)
    text = as_markdown(report(plan=document(apps=lines)))
    assert "a\\|b &lt;script> &#64;dinas x" in text


def test_the_json_is_as_its_schema_says() -> None:
    schema = resources.files("provisioning.engine").joinpath("report.schema.json").read_text()
    found = json.loads(as_json(report(CREATED, DELETED, RESIZED, REPLACED, KEPT)))
    assert list(Draft202012Validator(json.loads(schema)).iter_errors(found)) == []
    assert found["counts"] == {"create": 1, "update": 1, "replace": 1, "delete": 1, "same": 1}


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ((), 0),
        ((Result.NO_CHANGE, Result.DONE), 0),
        ((Result.NO_CHANGE, Result.CHANGES), 2),
        ((Result.CHANGES, Result.REFUSED), 3),
        ((Result.REFUSED, Result.FAILED, Result.CHANGES), 1),
    ],
)
def test_of_several_targets_the_worst_counts(results: tuple[Result, ...], code: int) -> None:
    assert with_results(*results).exit_code == code


def test_counts_of_targets_add_up() -> None:
    assert Counts(create=1, same=2) + Counts(create=2, delete=1) == Counts(3, 0, 0, 1, 2)

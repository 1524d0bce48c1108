"""Reports: counts first, warnings, a row per app, Markdown never too long, JSON by its schema."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources

import pytest
from jsonschema import Draft202012Validator

from dcim.planning.document import AppLine, Change, Outcome, PlanDocument
from dcim.planning.document_grounds import Grant
from dcim.planning.rules import Violation
from dcim.vocabulary.amounts import Amounts
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
from tests.plan_documents import document, target, vm

CREATED = Step(Op.CREATE, "Domain", "sipp-web-1", "SIPP")
DELETED = Step(Op.DELETE, "Domain", "lama-app-1", "LAMA")
RESIZED = Step(Op.UPDATE, "Volume", "simpeg-app-1", "SIMPEG", (FieldChange("size_gib", 20, 40),))
REPLACED = Step(
    Op.REPLACE, "Domain", "arsip-1", "ARSIP", (FieldChange("name", "a", "b", replaces=True),)
)
SIZE = "2 vCPU, 2048 MiB, 20 GiB"
KEPT = Step(Op.SAME, "Network", "apps", "")


def report(*steps: Step, plan: PlanDocument | None = None, hypervisor: str = "") -> Report:
    plan = plan or document()
    result = Result.CHANGES if counts_of(steps).changed else Result.NO_CHANGE
    where = replace(plan.targets[0], hypervisor=hypervisor)
    one = target_report(where, result, steps=steps, counts=counts_of(steps))
    return report_of(Action.PREVIEW, plan, [one])


def with_results(*results: Result) -> Report:
    plan = document()
    return report_of(Action.PREVIEW, plan, [target_report(plan.targets[0], one) for one in results])


@pytest.mark.parametrize(
    ("mode", "note"),
    [
        ("nat", "10.64.0.0/16, nat"),
        ("", "10.64.0.0/16, isolated"),
    ],
)
def test_a_network_that_is_new_says_where_it_leads(mode: str, note: str) -> None:
    (network,) = target().networks
    plan = document(target(networks=(replace(network, mode=mode),)))
    new = report(replace(KEPT, op=Op.CREATE), plan=plan)
    assert [step.note for step in new.targets[0].steps] == [note]
    assert note in as_markdown(new)
    assert report(KEPT, plan=plan).targets[0].steps == (KEPT,)


def test_counts_come_first() -> None:
    lines = as_markdown(report(CREATED, DELETED, RESIZED, KEPT)).splitlines()
    assert lines[2] == "**1 to create, 1 to update, 0 to replace, 1 to delete, 1 same**"


def test_what_could_not_be_looked_at_is_not_counted_as_nothing() -> None:
    plan = document()
    dark = target_report(plan.targets[0], Result.FAILED, message="no answer")
    seen = replace(report(CREATED).targets[0], name="drc-kvm")
    for draw in (as_text, as_markdown):
        none = draw(report_of(Action.PREVIEW, plan, [dark]))
        assert "nothing was done or seen: pdr-kvm failed" in none
        assert "0 to create" not in none
        some = draw(report_of(Action.PREVIEW, plan, [dark, seen]))
        assert (
            "1 to create, 0 to update, 0 to replace, 0 to delete, 0 same; without pdr-kvm" in some
        )
        rule = Violation("vm.size_positive", "pdr-kvm", "vm a", "vcpus is 0.", "Give it 1.")
        refused = draw(report_of(Action.PREVIEW, plan, [], [rule]))
        assert "refused, 1 rule broken; no engine was started" in refused


def test_no_name_of_a_pool_gives_the_forge_a_line_of_its_own() -> None:
    plan = document(target(pool="cluster:A`b\n/merge"))
    seen = target_report(plan.targets[0], Result.CHANGES, steps=(CREATED,), counts=Counts(create=1))
    lines = as_markdown(report_of(Action.PREVIEW, plan, [seen])).splitlines()
    assert "- pdr-kvm: changes, `cluster:A'b /merge` on `rehearsal:pdr-kvm`" in lines


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (DELETED, "machine lama-app-1 would be deleted. No active app rests on that."),
        (REPLACED, "machine arsip-1 would be replaced, losing what is on them."),
    ],
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


def test_one_line_warns_however_much_goes() -> None:
    text = as_markdown(report(DELETED, REPLACED, RESIZED))
    assert text.count("WARNING") == 1


def test_what_goes_stands_above_what_comes_with_what_forces_it() -> None:
    rows = as_markdown(report(CREATED, RESIZED, DELETED, REPLACED)).splitlines()
    table = rows[rows.index("| --- | --- | --- | --- | --- |") + 1 :][:4]
    assert table == [
        "| delete | lama-app-1 | LAMA | superseded | none |",
        "| replace | arsip-1 | ARSIP | name a → b (replaces) | none |",
        "| update | simpeg-app-1 (Volume) | SIMPEG | size_gib 20 → 40 |  |",
        f"| create | sipp-web-1 | SIPP | {SIZE} |  |",
    ]


def test_what_is_alike_of_one_machine_is_one_row_and_what_stays_is_none() -> None:
    disk = replace(CREATED, kind="Volume")
    text = as_markdown(report(disk, CREATED, KEPT))
    assert f"| create | sipp-web-1 | SIPP | {SIZE} |  |" in text
    assert "(Network)" not in text


def test_each_app_that_changes_has_a_folded_row_and_the_others_are_counted() -> None:
    text = as_markdown(report(CREATED))
    assert "<details><summary>2 apps</summary>" in text
    assert "| SIPP | revive | cluster:PDR-KVM | 1 | 0 | 0 | 0 |  |" in text
    assert "1 app stays as it is." in text


def test_beyond_one_screen_resources_are_folded() -> None:
    many = tuple(Step(Op.CREATE, "Domain", f"app-{n}", f"APP{n}") for n in range(25))
    text = as_markdown(report(*many))
    assert text.index("app-11 ") < text.index("<summary>13 more resources") < text.index("app-12 ")


def test_who_is_hit_is_known_without_a_database() -> None:
    """What the machine carries, what rests on that, and what is on a network that goes."""
    going = vm("lama-app-1", change=Change.RECLAIM, reason="old", shared_with=("MAIL",))
    one = target(vms=(vm(),), reclaim=(going,))
    apps = (
        AppLine(code="LAMA", status="inactive", needed_by=("SSO", "PORTAL")),
        AppLine(code="MAIL", status="active"),
        AppLine(code="SIMPEG", status="active"),
    )
    steps = (DELETED, replace(KEPT, op=Op.DELETE))
    found = report_of(
        Action.PREVIEW,
        document(one, apps=apps),
        [target_report(one, Result.CHANGES, steps=steps, counts=counts_of(steps))],
    )
    assert {loss.name: loss.rested_on_by for loss in found.losses} == {
        "apps": ("MAIL", "PORTAL", "SIMPEG", "SSO"),
        "lama-app-1": ("MAIL", "PORTAL", "SSO"),
    }
    assert "Active apps rest on that: MAIL, PORTAL, SIMPEG, SSO." in as_markdown(found)
    assert "| LAMA | old | MAIL, PORTAL, SSO |" in as_markdown(found)


def test_capacity_is_shown_before_and_after_where_it_moves_and_of_grants_too() -> None:
    new = vm("sipp-web-1", change=Change.CREATE, allocation="PDN-1")
    one = target(vms=(vm(), new))
    grant = Grant(name="PDN-1", provider="pdn", amounts=Amounts(8, 4096, 90))
    still = target("pdr-still", vms=(vm("b"),))
    plan = document(one, still, grants=(grant,))
    steps = (CREATED,)
    found = report_of(
        Action.PREVIEW,
        plan,
        [target_report(one, Result.CHANGES, steps=steps), target_report(still, Result.NO_CHANGE)],
    )
    text = as_markdown(found)
    assert "| cluster:PDR-KVM | 2 → 4 of 8 (4 free) |" in text
    assert "| allocation:PDN-1 | 0 → 2 of 8 (6 free) |" in text
    assert "cluster:PDR-STILL |" not in text
    assert f"| create | pdr-kvm/sipp-web-1 | SIPP | {SIZE}; draws on PDN-1 |  |" in text
    assert "PDN-1  VCPU         8        0             2      6" in as_text(found)


def test_nothing_but_one_line_is_said_when_nothing_changes() -> None:
    text = as_markdown(report(KEPT))
    assert text.count("\n") == 1
    assert "on a rehearsal: no change, 1 same. Plan `sha256:" in text


def test_a_broken_rule_is_a_row_with_its_way_out() -> None:
    broken = Violation("vm.size_positive", "pdr-kvm", "vm a", "vcpus is 0.", "Give it at least 1.")
    found = report_of(Action.PREVIEW, document(), (), [broken])
    assert (found.result, found.exit_code) == (Result.REFUSED, 3)
    row = "| vm.size_positive | pdr-kvm, vm a | vcpus is 0. | Give it at least 1. |"
    assert row in as_markdown(found)
    assert "vcpus is 0. Give it at least 1." in as_text(found)
    assert faults(found) == []


def test_a_target_that_failed_says_why_above_the_table() -> None:
    one = target_report(target(), Result.FAILED, message="engine: it broke.")
    text = as_markdown(report_of(Action.PREVIEW, document(), [one]))
    assert "> **pdr-kvm failed:** engine: it broke." in text


def test_what_waits_for_a_grant_is_said() -> None:
    assert "Waiting for a grant of pdn: 1 machine with 2 vCPU" in as_text(report())


def test_markdown_stays_below_the_limit_and_says_that_it_was_cut() -> None:
    many = tuple(Step(Op.CREATE, "Domain", f"app-{n}", f"APP{n}") for n in range(3000))
    lines = tuple(AppLine(code=f"APP{n}", outcome=Outcome.REVIVE) for n in range(1500))
    text = as_markdown(report(*many, plan=document(apps=lines)))
    assert len(text) <= MOST_CHARACTERS < 65_536
    assert text.startswith("## Lumbung preview")
    assert "_Cut here" in text
    assert text.count("<details>") == text.count("</details>")


def test_names_can_not_break_the_table_or_call_on_anybody() -> None:
    lines = (AppLine(code="A", outcome=Outcome.RETIRE, reason="a|b <script> @dinas\n[x](y)"),)
    text = as_markdown(report(CREATED, plan=document(apps=lines)))
    assert "a&#124;b &#60;script> &#64;dinas &#91;x](y)" in text


def faults(found: Report) -> list[object]:
    schema = resources.files("provisioning.engine").joinpath("report.schema.json").read_text()
    return list(Draft202012Validator(json.loads(schema)).iter_errors(json.loads(as_json(found))))


def test_the_json_is_as_its_schema_says() -> None:
    found = report(CREATED, DELETED, RESIZED, REPLACED, KEPT)
    assert faults(found) == []
    counts = json.loads(as_json(found))["counts"]
    assert counts == {"create": 1, "update": 1, "replace": 1, "delete": 1, "same": 1, "adopt": 0}


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

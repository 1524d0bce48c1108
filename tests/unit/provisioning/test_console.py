"""The command line where no engine is needed: schemas, refusals and errors, in words and files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from dcim.planning.document import Change, PlanDocument, encode
from dcim.vocabulary.errors import MissingComponent
from provisioning.engine import console
from provisioning.engine.console import main
from tests.plan_documents import document, target, vm


def written(folder: Path, plan: PlanDocument) -> str:
    path = folder / "plan.json"
    path.write_bytes(encode(plan))
    return str(path)


@pytest.mark.parametrize("of", ["report", "plan"])
def test_a_schema_is_printed(of: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", of]) == 0
    schema = json.loads(capsys.readouterr().out)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"].startswith(f"urn:lumbung:{of}:")


TOO_SMALL = document(target(vms=(vm(vcpus=0, change=Change.CREATE),)))
TOO_FULL = document(target(vms=(vm(change=Change.CREATE),)))


@pytest.mark.parametrize(
    ("plan", "options", "rule"),
    [
        (TOO_SMALL, [], "vm.size_positive"),
        (TOO_FULL, ["--headroom", "51"], "headroom.minimum"),
    ],
)
def test_a_plan_that_breaks_a_rule_has_a_report_too(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    plan: PlanDocument,
    options: list[str],
    rule: str,
) -> None:
    shown = tmp_path / "shown.md"
    named = ["--plan", written(tmp_path, plan), "--json", "--markdown", str(shown)]
    assert main(["preview", *named, *options]) == 3
    said = capsys.readouterr()
    assert {one["rule"] for one in json.loads(said.out)["violations"]} == {rule}
    assert f"| {rule} | pdr-kvm, " in shown.read_text("utf-8")
    assert said.err.startswith("pdr-kvm, ")


def test_an_error_stands_in_the_file_for_a_comment_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = tmp_path / "shown.md"
    assert main(["preview", "--plan", "none.json", "--markdown", str(shown)]) == 1
    said = capsys.readouterr().err.strip()
    assert said.startswith("plan: none.json can't be read")
    assert shown.read_text("utf-8") == f"## Lumbung preview: failed\n\n> {said}\n"


@pytest.mark.parametrize("percent", ["-1", "101", "ten"])
def test_what_is_no_percentage_is_refused(percent: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["preview", "--plan", "x", "--headroom", percent])
    assert ended.value.code == 1
    assert "argument --headroom" in capsys.readouterr().err


def test_a_comment_needs_what_was_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = "https://forge.example/repos/o/r/issues/1/comments"
    assert main(["comment", str(tmp_path / "none.md"), "--at", at]) == 1
    assert "can't be read" in capsys.readouterr().err


def test_previews_do_not_wait_for_the_host_of_ordinary_projects(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_say: object) -> None:
        raise MissingComponent("the host could not be built.")

    monkeypatch.setattr(console, "get_engine", lambda _say: None)
    monkeypatch.setattr(console, "get_language_host", fail)
    assert main(["engine"]) == 0
    assert "could not be built" in capsys.readouterr().err


def test_a_label_needs_a_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = "https://forge.example/repos/o/r/issues/1/comments"
    (tmp_path / "shown.md").write_text("no report")
    shown = str(tmp_path / "shown.md")
    assert main(["comment", shown, "--at", at, "--report", shown]) == 1
    assert "report: is no report." in capsys.readouterr().err

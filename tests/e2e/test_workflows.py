"""The workflow files of docs/ci: their own lines in a shell, a served API, the real engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from dcim.planning.document import Change, PlanDocument, encode
from provisioning.engine.remote.comment import LABEL, MARK
from tests.answering import Heard, Said, Server, answering
from tests.plan_documents import document, target, vm
from tests.served import Product, served

pytestmark = [pytest.mark.engine, pytest.mark.slow]
ROOT = Path(__file__).parents[2]
FLOWS = ROOT / "docs" / "ci"
STORE = """
from pathlib import Path
from dcim.actions.changes import Actor
from dcim.actions.plans.making import store_plan
from dcim.planning.document import parse
store_plan(parse(Path({path!r}).read_bytes()), by=Actor.system("test"))
"""


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with served(tmp_path_factory.mktemp("product")) as product:
        yield product


@dataclass
class Forge:
    """A forge with one request, the comments on it, and its labels."""

    comments: list[dict[str, Any]] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)

    def answer(self, heard: Heard) -> Said:
        *_, last, name = heard.path.split("/")
        if name == "labels":
            self.labels.update(heard.told["labels"])
        elif last == "labels":
            if name not in self.labels:
                return Said({"message": "Label does not exist"}, 404)
            self.labels.remove(name)
        elif last == "merge_requests":
            self.labels -= {heard.told.get("remove_labels")}
            self.labels |= {heard.told[one] for one in ("add_labels",) if one in heard.told}
        else:
            return self.answer_of_comments(heard)
        return Said([])

    def answer_of_comments(self, heard: Heard) -> Said:
        if heard.method == "GET":
            return Said(self.comments)
        if heard.method == "POST":
            self.comments.append({"id": 7, **heard.told})
        else:
            assert heard.path.endswith("comments/7" if heard.method == "PATCH" else "notes/7")
            self.comments[0].update(heard.told)
        return Said({"id": 7})

    @property
    def text(self) -> str:
        """The one comment."""
        (comment,) = self.comments
        body: str = comment["body"]
        assert body.startswith(MARK)
        return body


@pytest.fixture(scope="module")
def forge() -> Iterator[tuple[Forge, Server]]:
    forge = Forge()
    with answering(forge.answer) as server:
        yield forge, server


def keep(product: Product, folder: Path, plan: PlanDocument) -> None:
    """Makes `plan` the newest of the product."""
    path = folder / "newest.json"
    path.write_bytes(encode(plan))
    made = product.manage("shell", "--no-imports", "--command", STORE.format(path=str(path)))
    assert made.returncode == 0, made.stderr


@dataclass(frozen=True)
class Ran:
    """How a job ended, and what it left behind."""

    code: int
    log: str
    folder: Path

    def read(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8")


def shell(script: str, folder: Path, variables: Mapping[str, str]) -> Ran:
    """Runs lines as a runner does: in one shell that stops at the first error."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    known = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), **variables}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env={**known, "LUMBUNG_DATA": str(folder / "data")},
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    return Ran(done.returncode, done.stdout + done.stderr, folder)


def on_github(product: Product, forge: Server, folder: Path, token: str) -> Ran:
    """The steps of the job in their order; what is an expression there is a value here."""
    job = yaml.safe_load((FLOWS / "github-actions.yml").read_text())["jobs"]["preview"]
    secret = {"LUMBUNG_TOKEN", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_BACKEND_URL"}
    told = {step.get("name"): step.get("env", {}).keys() & secret for step in job["steps"]}
    assert (job["env"].keys() & secret, told.pop("Preview"), set().union(*told.values())) == (
        set(),
        secret,  # the one step that needs them
        set(),
    )
    variables = {
        "LUMBUNG_URL": f"http://127.0.0.1:{product.port}",
        "LUMBUNG_TOKEN": token,
        "PULUMI_CONFIG_PASSPHRASE": "correct horse",
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "COMMENT_TOKEN": "forge-secret",
        "COMMENTS": f"{forge.address}/repos/paser/infra/issues/5/comments",
    }
    log = ""
    for step in job["steps"]:
        if "run" not in step or step["name"] == "Install":  # installed here already
            continue
        if "CODE" in step.get("env", {}):
            last = (folder / "output").read_text().splitlines()[-1]
            variables["CODE"] = last.removeprefix("code=")
        ran = shell(step["run"], folder, variables)
        log += ran.log
        if ran.code:
            return Ran(ran.code, log, folder)
    return Ran(0, log, folder)


def on_gitlab(product: Product, forge: Server, folder: Path, token: str) -> Ran:
    """The script of the job."""
    job = yaml.safe_load((FLOWS / "gitlab-ci.yml").read_text())["lumbung-preview"]
    variables = {
        "LUMBUNG_URL": f"http://127.0.0.1:{product.port}",
        "LUMBUNG_TOKEN": token,
        "PULUMI_CONFIG_PASSPHRASE": "correct horse",
        "COMMENT_TOKEN": "forge-secret",
        "CI_API_V4_URL": f"{forge.address}/api/v4",
        "CI_PROJECT_ID": "3",
        "CI_MERGE_REQUEST_IID": "5",
    }
    return shell("\n".join(job["script"]), folder, variables)


def test_a_job_from_its_first_comment_to_its_last(
    product: Product, forge: tuple[Forge, Server], tmp_path: Path
) -> None:
    """Changes are posted, then brought up to date; no change posts nothing; faults are seen."""
    comments, server = forge
    still = document(target(vms=(vm(),)))
    keep(product, tmp_path, still)
    for run in (on_github, on_gitlab):
        comments.labels.add(LABEL)  # of an earlier plan
        quiet = run(product, server, tmp_path, product.token)
        assert (quiet.code, comments.comments, comments.labels) == (0, [], set()), quiet.log
    assert "no change" in quiet.read("preview.md")

    keep(product, tmp_path, document())
    first = on_github(product, server, tmp_path, product.token)
    assert first.code == 0, first.log
    assert "**2 to create, 0 to update, 0 to replace, 2 to delete, 3 same**" in comments.text
    assert "machine lama-app-1 and 1 other resource would be deleted." in comments.text
    assert first.read("preview.md") in comments.text
    assert comments.labels == {LABEL}
    comments.labels.clear()
    assert first.read("summary.md").endswith(first.read("preview.md"))
    assert json.loads(first.read("preview.json"))["exit_code"] == 2

    again = on_gitlab(product, server, tmp_path, product.token)
    assert again.code == 0, again.log
    assert comments.labels == {LABEL}
    told = [(one.method, one.path.rpartition("/")[2]) for one in server.heard]
    assert [one for one in told if one[0] != "GET"] == [
        ("DELETE", LABEL),
        ("PUT", "5"),
        ("POST", "comments"),
        ("POST", "labels"),
        ("PUT", "7"),
        ("PUT", "5"),
    ]

    refused = document(target(vms=(vm(vcpus=0, change=Change.CREATE),)))
    keep(product, tmp_path, refused)
    for run in (on_github, on_gitlab):
        ran = run(product, server, tmp_path, product.token)
        assert ran.code == 3, ran.log
        assert "| vm.size_positive | pdr-kvm, vm simpeg-app-1 | vcpus is 0. |" in comments.text
    assert json.loads(ran.read("preview.json"))["result"] == "refused"

    for run in (on_github, on_gitlab):
        ran = run(product, server, tmp_path, "nbt_0.expired")
        assert ran.code == 1, ran.log
        assert "does not accept the token: Invalid token." in comments.text
        assert comments.labels == {LABEL}  # of what could not be looked at nothing is known
    everything = quiet.log + first.log + again.log + ran.log + comments.text
    for secret in (product.token, "correct horse", "forge-secret"):
        assert secret not in everything

"""The command `python -m provisioning`: exit codes, one-line errors, and runs that are killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dcim.planning.document import Change, PlanDocument, encode
from tests.plan_documents import app_vms, document, target, vm

pytestmark = [pytest.mark.engine, pytest.mark.slow]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, document())
    return tmp_path


def write(folder: Path, plan: PlanDocument) -> None:
    (folder / "plan.json").write_bytes(encode(plan))


def command(folder: Path, *arguments: str) -> list[str]:
    plan = ["--plan", str(folder / "plan.json")]
    return [sys.executable, "-m", "provisioning", arguments[0], *plan, *arguments[1:]]


def settings(folder: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "LUMBUNG_DATA": str(folder / "data"), "PYTHONPATH": str(ROOT), **more}


def call(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(folder, *arguments),
        cwd=folder,
        env=settings(folder, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_exit_codes_tell_changes_done_and_no_change_apart(folder: Path) -> None:
    codes = [call(folder, deed).returncode for deed in ("preview", "up", "refresh", "preview")]
    assert codes == [2, 0, 0, 0]
    assert call(folder, "destroy").returncode == 0


def test_the_report_comes_as_json_and_as_markdown(folder: Path) -> None:
    done = call(folder, "preview", "--json", "--markdown", "report.md")
    assert json.loads(done.stdout)["counts"]["create"] == 2
    assert "**2 to create, 0 to update, 0 to replace, 2 to delete, 3 same**" in (
        folder / "report.md"
    ).read_text("utf-8")


def test_progress_goes_to_stderr_and_secrets_nowhere(folder: Path) -> None:
    done = call(folder, "preview", PULUMI_CONFIG_PASSPHRASE="correct horse")
    assert "preview …" in done.stderr
    assert "correct horse" not in done.stdout + done.stderr


def test_of_several_targets_the_worst_counts(folder: Path) -> None:
    real = target("pdr-real", hypervisor="qemu+tcp://127.0.0.1:1/system", vms=(vm(),))
    write(folder, document(target(vms=(vm(),)), real))
    assert call(folder, "up", "--target", "pdr-kvm").returncode == 0
    done = call(folder, "up")
    assert done.returncode == 3
    assert "real hypervisor" in last_line(done)


def test_an_unreachable_hypervisor_is_one_line(folder: Path) -> None:
    write(folder, document(target(hypervisor="qemu+tcp://127.0.0.1:1/system", vms=(vm(),))))
    done = call(folder, "preview")  # what runs there already would be taken over
    assert done.returncode == 1
    assert "127.0.0.1:1': Connection refused." in last_line(done)
    assert call(folder, "refresh").returncode == 0  # nothing of ours stands there yet


def test_a_broken_rule_is_refused_with_its_way_out(folder: Path) -> None:
    write(folder, document(target(vms=(vm(vcpus=0, change=Change.CREATE),))))
    done = call(folder, "preview")
    assert done.returncode == 3
    assert "vcpus is 0. Give it at least 1." in last_line(done)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("preview", "--target", "x"), "no target “x”. Known: pdr-kvm."),
        (("preview", "--plan", "none.json"), "none.json can't be read"),
        (("preview", "--nonsense"), "--nonsense"),
        (("fly",), "invalid choice"),
        (("preview", "--markdown", "no/such/folder.md"), "folder.md can't be written"),
    ],
)
def test_wrong_usage_is_an_error_in_one_line(
    folder: Path, arguments: tuple[str, ...], reason: str
) -> None:
    done = call(folder, *arguments)
    assert done.returncode == 1
    assert reason in last_line(done)
    assert "Traceback" not in done.stderr


def test_a_plan_that_was_changed_by_hand_is_refused_by_its_digest(folder: Path) -> None:
    raw = json.loads(encode(document()))
    raw["base_serial"] = 99
    (folder / "plan.json").write_text(json.dumps(raw))
    done = call(folder, "preview")
    assert done.returncode == 1
    assert last_line(done).startswith("digest: says sha256:")


def test_attributes_torn_by_a_kill_do_not_hide_the_state(folder: Path) -> None:
    write(folder, document(target(vms=app_vms(1, Change.CREATE))))
    assert call(folder, "up").returncode == 0
    (attributes,) = folder.rglob("pdr-kvm.json.attrs")
    attributes.write_bytes(b"")
    assert call(folder, "preview").returncode == 0


def test_a_stack_that_another_machine_may_hold_is_left_to_it(folder: Path) -> None:
    backend = folder / "shared"
    backend.mkdir()
    shared = {"PULUMI_BACKEND_URL": backend.as_uri()}
    assert call(folder, "preview", **shared).returncode == 2
    lock = hold(backend)
    done = call(folder, "up", **shared)
    assert (done.returncode, lock.exists()) == (3, True)
    assert "other on other (process 1" in last_line(done)
    assert "holds the stack pdr-kvm, or was killed while it did." in last_line(done)


def test_a_lock_that_a_killed_run_left_is_taken_away(folder: Path) -> None:
    state = folder / "data" / "pulumi"
    assert call(folder, "preview").returncode == 2
    lock = hold(state)
    assert (call(folder, "up").returncode, lock.exists()) == (0, False)


def hold(backend: Path) -> Path:
    """Locks the stack as the engine does when it works on it."""
    (checkpoint,) = backend.glob(".pulumi/stacks/**/pdr-kvm.json")
    where = checkpoint.relative_to(backend / ".pulumi" / "stacks").with_suffix("")
    lock = backend / ".pulumi" / "locks" / "organization" / where / "5f3c.json"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.write_text('{"pid": 1, "username": "other", "hostname": "other"}', "utf-8")
    return lock


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    return done.stderr.strip().splitlines()[-1]

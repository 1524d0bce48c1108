"""A plan as an ordinary Pulumi project: what the CLI by itself makes of `Pulumi.yaml`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dcim.planning.document import encode
from provisioning.engine.command import find_engine, get_language_host
from tests.plan_documents import document, target, vm

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.once]
ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "provisioning" / "engine" / "project"


def pulumi(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The CLI at work on a copy of the project, with this Python first on PATH.

    It writes the stack's settings beside the project's file; state lies in `folder` too.
    """
    if not (copy := folder / "project").exists():
        shutil.copytree(PROJECT, copy)
        said = (copy / "Pulumi.yaml").read_text().replace("../../", f"{PROJECT.parents[1]}/")
        (copy / "Pulumi.yaml").write_text(said)
    places = [Path(sys.executable).parent, get_language_host(print).parent]
    settings = {
        "PATH": ":".join([*map(str, places), os.environ["PATH"]]),
        "PYTHONPATH": str(ROOT),
        "LUMBUNG_DATA": str(folder / "data"),
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_BACKEND_URL": folder.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "any",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    command = [find_engine().command, "--non-interactive", "-C", str(copy), *words]
    return subprocess.run(
        command, env={**os.environ, **settings}, capture_output=True, text=True, check=False
    )


def test_the_cli_previews_a_plan_file_and_tells_a_fault_in_a_sentence(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_bytes(encode(document(target(vms=(vm(),)))))
    made = pulumi(tmp_path, "stack", "init", "pdr-kvm")
    assert made.returncode == 0, made.stderr
    done = pulumi(tmp_path, "preview", "--json", "--config", f"lumbung:plan={plan}")
    assert done.returncode == 0, done.stdout + done.stderr
    steps = json.loads(done.stdout)["steps"]
    names = [one["urn"].rpartition("$")[2] for one in steps if one["op"] == "create"]
    assert "lumbung:index:Domain::simpeg-app-1" in names
    absent = pulumi(tmp_path, "preview", "--config", "lumbung:plan=absent.json")
    assert absent.returncode != 0
    assert "absent.json can't be read: No such file" in absent.stdout + absent.stderr
    assert "Traceback" not in absent.stdout + absent.stderr

"""A preview in a fresh environment that holds neither Django nor networkx nor OR-Tools."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dcim.planning.document import encode
from tests.plan_documents import document

pytestmark = [pytest.mark.engine, pytest.mark.slow]
ROOT = Path(__file__).parents[2]
UV = str(Path(sys.executable).parent / "uv")
ABSENT = ("django", "networkx", "ortools", "libvirt", "rest_framework")


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The Python of an environment made by `pip install .[provisioning]`."""
    venv = tmp_path_factory.mktemp("without-django") / "venv"
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, venv], check=True)
    python = str(venv / "bin" / "python")
    project = f"{ROOT}[provisioning]"
    subprocess.run([UV, "pip", "install", "--quiet", "--python", python, project], check=True)
    return python


def call(python: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [python, *arguments],
        cwd=folder,
        env={**clean, "LUMBUNG_DATA": str(folder / "data")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_preview_runs_there(python: str, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_bytes(encode(document()))
    done = call(python, tmp_path, "-m", "provisioning", "preview", "--plan", "plan.json")
    assert done.returncode == 2, done.stderr
    assert "2 to create" in done.stdout


@pytest.mark.parametrize("module", ABSENT)
def test_it_is_not_installed_there(python: str, tmp_path: Path, module: str) -> None:
    done = call(python, tmp_path, "-c", f"import {module}")
    assert "ModuleNotFoundError" in done.stderr


def test_a_real_hypervisor_names_the_package_it_needs(python: str, tmp_path: Path) -> None:
    code = (
        "from provisioning.provider.opening import driver_for;"
        "from provisioning.provider.specs import Kind;"
        "driver_for('qemu:///system').read(Kind.DOMAIN, 'x')"
    )
    assert "lumbung[provisioning,libvirt]" in call(python, tmp_path, "-c", code).stderr

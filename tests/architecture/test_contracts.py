"""Each import contract catches the fault that it is there for, and nothing else complains."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
NAMES = {contract["id"]: contract["name"] for contract in CONFIG["contracts"]}


@dataclass(frozen=True, slots=True)
class Fault:
    """One file written into a copy of the tree, and the one contract that must break."""

    contract: str
    path: str
    line: str = ""


FAULTS = (
    Fault("borders", "dcim/actions/seeded.py", "import api"),
    Fault("rooms", "dcim/misc/__init__.py"),
    Fault("rooms", "dcim/management/seeded.py", "import dcim.web"),
    Fault("provisioning-rooms", "provisioning/misc/__init__.py"),
    Fault("no-pages-outside", "api/seeded.py", "import dcim.web"),
    Fault("no-pages-outside", "provisioning/runs/seeded.py", "import dcim.web"),
    Fault("rooms-of-pages", "dcim/web/misc/__init__.py"),
    Fault("no-commands-in-api", "api/seeded.py", "import dcim.management"),
    Fault("pure-rooms", "dcim/graph/seeded.py", "import dcim.record"),
    Fault("pure-rooms", "dcim/planning/seeded.py", "import django"),
    Fault("without-django", "provisioning/program/seeded.py", "import django"),
    Fault("without-django", "provisioning/engine/seeded.py", "import dcim.actions"),
    Fault("networkx", "dcim/planning/seeded.py", "import networkx"),
    Fault("numpy", "dcim/planning/seeded.py", "import numpy"),
    Fault("ortools", "dcim/graph/seeded.py", "import ortools"),
    Fault("dask", "dcim/planning/seeded.py", "import distributed"),
    Fault("pulumi", "api/seeded.py", "import pulumi"),
    Fault("clouds", "provisioning/engine/seeded.py", "import pulumi_openstack"),
    Fault("seed", "provisioning/program/seeded.py", "import pycdlib"),
    Fault("rest", "dcim/web/lists/seeded.py", "import rest_framework"),
    Fault("tables", "api/seeded.py", "import django_tables2"),
    Fault("tasks", "dcim/actions/seeded.py", "import django_tasks"),
    Fault("paper", "dcim/web/lists/seeded.py", "import typst"),
    Fault("no-cycles", "dcim/graph/seeded.py", "import dcim.graph.seeded_too"),
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of our packages and of the contracts."""
    for package in CONFIG["root_packages"]:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=only_python)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def only_python(folder: str, names: list[str]) -> list[str]:
    """What to leave out of the copy: all but folders and Python files."""
    return [name for name in names if "." in name and not name.endswith(".py")] + ["__pycache__"]


def broken_contracts(tree: Path) -> set[str]:
    """The ids of the contracts that lint-imports finds broken in `tree`."""
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=tree,
        env={"PYTHONPATH": str(tree), "COLUMNS": "200", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    broken = {key for key, name in NAMES.items() if f"{name} BROKEN" in done.stdout}
    kept = {key for key, name in NAMES.items() if f"{name} KEPT" in done.stdout}
    assert broken | kept == set(NAMES), done.stdout + done.stderr
    assert (done.returncode == 0) == (not broken)
    return broken


def test_the_tree_keeps_every_contract(tree: Path) -> None:
    assert broken_contracts(tree) == set()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.contract}: {fault.path}")
def test_a_seeded_fault_breaks_exactly_its_contract(tree: Path, fault: Fault) -> None:
    seeded = tree / fault.path
    seeded.parent.mkdir(exist_ok=True)
    seeded.write_text(f"{fault.line}\n")
    if fault.contract == "no-cycles":
        (tree / "dcim/graph/seeded_too.py").write_text("import dcim.graph.seeded\n")
    assert broken_contracts(tree) == {fault.contract}


def test_every_contract_has_a_seeded_fault() -> None:
    assert {fault.contract for fault in FAULTS} == set(NAMES)

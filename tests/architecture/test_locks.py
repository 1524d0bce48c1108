"""The locks hold what the project asks for, with hashes, and name no place to fetch from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXTRAS: dict[str, list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
    "optional-dependencies"
]
LOCKS = {
    "bootstrap.txt": {"uv"},
    "run.txt": {"server", "provisioning"},
    "dev.txt": {"server", "provisioning", "libvirt", "dev"},
}
PINNED = re.compile(r"^(?P<name>[\w.-]+)(?:\[[\w,-]+\])?==(?P<version>[^\s;\\]+)", re.MULTILINE)


def normal(name: str) -> str:
    """The name as packages are compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def versions(lock: str) -> dict[str, str]:
    """Name to version of each package in the lock."""
    found = PINNED.finditer((ROOT / "requirements" / lock).read_text())
    return {normal(match["name"]): match["version"] for match in found}


@pytest.mark.parametrize("lock", LOCKS)
def test_each_package_has_a_version_and_hashes(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / "requirements" / lock).read_text().strip())
    packages = [entry for entry in entries if not entry.startswith("#")]
    bad = [entry for entry in packages if "--hash=sha256:" not in entry or "==" not in entry]
    assert packages
    assert bad == []


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_names_no_place_to_fetch_from(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text()
    assert re.findall(r"\S*(?:://| @ |--index-url|--find-links)\S*", text) == []


@pytest.mark.parametrize("lock", ["run.txt", "dev.txt"])
def test_the_lock_holds_what_the_project_asks_for(lock: str) -> None:
    asked = {
        normal(re.split(r"[\s<>=!~;\[]", requirement, maxsplit=1)[0])
        for extra in LOCKS[lock]
        for requirement in EXTRAS[extra]
    }
    assert asked - set(versions(lock)) == set()


def test_development_runs_on_the_versions_that_a_run_has() -> None:
    assert versions("run.txt").items() <= versions("dev.txt").items()


def test_a_run_never_builds_against_libvirt() -> None:
    assert "libvirt-python" not in versions("run.txt")

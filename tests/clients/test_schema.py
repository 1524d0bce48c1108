"""schemathesis invents requests from docs/openapi.json, and holds the answers to it.

Each day's run takes another part of the paths; `make soak` takes all, in every phase.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from tests.api.examples import WRITABLE
from tests.factories import make

ROOT: Final = Path(__file__).resolve().parents[2]
DOCUMENT: Final = ROOT / "docs" / "openapi.json"
DAYS: Final = 14
LONGEST_S: Final = 60

pytestmark = [pytest.mark.slow, pytest.mark.hypothesis]


def part_of_today() -> list[str]:
    """What chooses the paths of today; after `DAYS` days all have had theirs."""
    day = timezone.localdate().toordinal()
    paths = sorted(json.loads(DOCUMENT.read_text())["paths"])[day % DAYS :: DAYS]
    chosen = "|".join(re.escape(path) for path in paths)
    return [
        "--include-path-regex", f"^({chosen})$", "--seed", str(day), "--phases", "fuzzing",
        "--max-examples", "3", "--max-time", str(LONGEST_S), "--no-shrink",
    ]  # fmt: skip


def everything() -> list[str]:
    return ["--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "50"]


def run(url: str, token: str, folder: Path, options: list[str]) -> subprocess.CompletedProcess[str]:
    """What schemathesis says; it fails with the requests that show why."""
    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        "--config-file", str(ROOT / "tests" / "clients" / "schemathesis.toml"),
        "run", str(DOCUMENT), "--url", url, "--header", f"Authorization: Token {token}",
        "--continue-on-failure", "--suppress-health-check", "all",
        "--generation-database", "none", *options,
    ]  # fmt: skip
    settings = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    return subprocess.run(
        command, cwd=folder, env=settings, capture_output=True, text=True, check=False
    )


def test_answers_are_those_that_the_document_states(
    token: str, live_server: LiveServer, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    for resource in WRITABLE:
        make(resource.model)
    soak = pytestconfig.getoption("--hypothesis-profile", None) == "soak"
    done = run(live_server.url, token, tmp_path, everything() if soak else part_of_today())
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"[1-9]\d* generated", done.stdout), done.stdout

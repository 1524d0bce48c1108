"""Requests that schemathesis invents from docs/openapi.json, whose answers it holds to it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
# The same requests in each run: one that fails by chance helps nobody who changes something else.
QUICK: Final = ("--phases", "fuzzing", "--max-examples", "2", "--seed", "1", "--no-shrink")
# Seconds for each half of the API: `make soak` as a whole has about an hour.
LONGEST: Final = "900"
SOAK: Final = (
    "--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "50",
    "--max-time", LONGEST,
)  # fmt: skip
# Makes an object of every kind, and names those by which the server's one user is signed in.
FILL: Final = """
from dcim.record.people.account import ApiToken
mine = ApiToken.objects.get()
from tests.api.examples import WRITABLE
from tests.factories import make
for resource in WRITABLE:
    make(resource.model)
print(f"users/tokens/{mine.pk} users/users/{mine.user_id}")
"""


@dataclass(frozen=True, slots=True)
class Invention:
    """schemathesis with a server to ask, and how thoroughly.

    Attributes:
        kept: The objects by which it is signed in, as in "users/tokens/1"; it leaves them alone.
    """

    url: str
    token: str
    kept: str
    folder: Path
    options: tuple[str, ...]

    def ask(self, paths: str) -> None:
        """Ask of all operations whose paths match; fail with the requests that show why."""
        done = self._run("--include-path-regex", paths)
        assert done.returncode == 0, done.stdout + done.stderr
        assert re.search(r"[1-9]\d* generated", done.stdout), done.stdout

    def _run(self, *more: str) -> subprocess.CompletedProcess[str]:
        command = [
            str(Path(sys.executable).parent / "schemathesis"),
            "--config-file", str(ROOT / "tests" / "clients" / "schemathesis.toml"),
            "run", str(ROOT / "docs" / "openapi.json"), "--url", self.url,
            "--header", f"Authorization: Token {self.token}",
            "--request-timeout", "60", "--continue-on-failure", "--suppress-health-check", "all",
            "--generation-database", "none", *self.options, *more,
        ]  # fmt: skip
        settings = {"PYTHONPATH": str(ROOT), "NO_COLOR": "1", "LUMBUNG_KEPT": self.kept}
        return subprocess.run(
            command, cwd=self.folder, env={**os.environ, **settings}, capture_output=True,
            text=True, check=False,
        )  # fmt: skip

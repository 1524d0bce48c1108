"""Commands that only root may run; standard library only, as `tests.setup.packages` needs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence


def root_prefix() -> list[str] | None:
    """What to write before a command that root must run; None where nobody can be asked."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    silent = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo"] if silent.returncode == 0 or sys.stdin.isatty() else None


def as_root(command: Sequence[str]) -> list[str]:
    """`command` as root runs it.

    Raises: SystemExit with the command where nobody can be asked.
    """
    prefix = root_prefix()
    if prefix is None:
        raise SystemExit(f"Only root may run {command[0]}: run as root, or allow sudo.")
    return [*prefix, *command]

"""Which Chromium the tests drive: the one on PATH, else Playwright's own.

    python -m tests.setup.browser             fetch Playwright's where none is found

Debian's package comes with `tests.setup.packages`; Playwright's is for Ubuntu, where the package is
a snap, which can't read files outside the home folder.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",  # Chromium refuses to start as root with it.
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def executable() -> str:
    """The path of the Chromium to start.

    Raises: RuntimeError with the command that installs one.
    """
    found = on_path() or playwrights_own()
    if found is None:
        raise RuntimeError("No Chromium found. Run: make test-setup")
    return found


def install() -> int:
    """Fetch Playwright's Chromium and the libraries it needs, unless one is there."""
    if on_path() or playwrights_own():
        return 0
    command = [sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"]
    return subprocess.run(command, check=False).returncode


def on_path() -> str | None:
    """The first Chromium on PATH that is no snap."""
    for name in NAMES:
        found = shutil.which(name)
        if found and "snap" not in Path(found).resolve().as_posix() and not _calls_snap(found):
            return found
    return None


def playwrights_own() -> str | None:
    """The Chromium that `playwright install chromium` fetched, if it did."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _calls_snap(path: str) -> bool:
    """Ubuntu's package is a short shell script that starts the snap."""
    with Path(path).open("rb") as file:
        start = file.read(2048)
    return start.startswith(b"#!") and b"/snap/" in start


if __name__ == "__main__":
    raise SystemExit(install())

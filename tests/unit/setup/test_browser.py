"""Which Chromium is taken: any on PATH but a snap."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.setup import browser


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The only folder on PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def program(path: Path, text: str) -> str:
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


def test_the_browser_on_path_is_taken(folder: Path) -> None:
    chosen = program(folder / "google-chrome", "#!/bin/sh\nexec /opt/chrome/chrome\n")
    assert browser.on_path() == chosen


def test_a_script_that_starts_a_snap_is_passed_over(folder: Path) -> None:
    program(folder / "chromium-browser", "#!/bin/sh\nexec /snap/bin/chromium\n")
    assert browser.on_path() is None


def test_debians_own_name_comes_first(folder: Path) -> None:
    program(folder / "google-chrome", "#!/bin/sh\n")
    chosen = program(folder / "chromium", "#!/bin/sh\n")
    assert browser.on_path() == chosen

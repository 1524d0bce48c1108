"""What the installer of system packages looks for, and what it says where it may not install."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.setup.packages import NEEDS, Need, commands, install

ABSENT = Need("PostgreSQL", lambda: False, ("postgresql",))


def test_the_commands_name_every_package_of_what_is_missing() -> None:
    update, fetch = commands([ABSENT, Need("gettext", lambda: False, ("gettext",))])
    assert update == ["apt-get", "update", "-qq"]
    assert fetch[-2:] == ["postgresql", "gettext"]


def test_without_apt_the_exact_command_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        SystemExit, match=r"need PostgreSQL\. Run: sudo apt-get update .*postgresql$"
    ):
        install([ABSENT])


@pytest.mark.parametrize("need", NEEDS, ids=lambda need: need.name)
def test_this_machine_has_what_the_tests_need(need: Need) -> None:
    assert need.is_present(), "Run: make test-setup"

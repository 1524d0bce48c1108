"""Rights are judged in one place, and passwords looked at in one: nothing goes past them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.sources import calls, place, python_files

ROOMS = python_files("api", "dcim", "provisioning")
JUDGE = Path("dcim/actions/rights.py")
DOOR = Path("dcim/actions/accounts/sign_in.py")
PAST_THE_JUDGE = {"has_perm", "has_perms", "has_module_perms", "get_all_permissions"}
PAST_THE_DOOR = {"authenticate", "check_password", "acheck_password"}


def called(names: set[str], *, but: Path) -> list[str]:
    """The places that call one of `names`, whatever they call it on."""
    return [
        place(path, call)
        for path in ROOMS
        if path != but
        for call in calls(path)
        if {getattr(call.func, "attr", ""), getattr(call.func, "id", "")} & names
    ]


@pytest.mark.parametrize(("names", "but"), [(PAST_THE_JUDGE, JUDGE), (PAST_THE_DOOR, DOOR)])
def test_nothing_goes_past_the_judge_or_the_door(names: set[str], but: Path) -> None:
    assert called(names, but=but) == [], f"Ask {but}: limits and the lock-out are there."

"""docs/rights.md says what the roles' declaration says, and every name in it is one."""

from __future__ import annotations

import re

import pytest

from dcim.catalog import BY_KIND
from dcim.catalog.roles import ACTIONS, NETBOX, ROLES, Grant, Role
from tests.architecture.sources import ROOT

ROW = re.compile(r"^\| `(\w+)` \| (.+) \|$", re.MULTILINE)
RECORD = "NetBox's objects"


def cells(role: Role) -> list[str]:
    """The cells of a role: kinds that may be viewed, added, changed, deleted, approved."""
    return [kinds(role, action) or "–" for action in ACTIONS]


def kinds(role: Role, action: str) -> str:
    told = [named for grant in role.grants if action in grant.actions for named in names(grant)]
    return ", ".join(dict.fromkeys(told))


def names(grant: Grant) -> list[str]:
    """The grant's kinds; NetBox's families go by one name, a limit shows as a mark."""
    mark = "°" if grant.only else "*" if grant.never else ""
    whole = set(NETBOX) <= set(grant.kinds)
    rest = [kind for kind in grant.kinds if not (whole and kind in NETBOX)]
    return [*([RECORD] if whole else []), *(f"`{kind}`{mark}" for kind in rest)]


def test_the_table_of_roles_is_the_declaration() -> None:
    told = dict(ROW.findall((ROOT / "docs" / "rights.md").read_text()))
    assert told == {name: " | ".join(cells(role)) for name, role in ROLES.items()}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_names_kinds_that_there_are(role: str) -> None:
    families = {f"{kind.partition('.')[0]}.*" for kind in BY_KIND} | set(NETBOX)
    known = {*BY_KIND, *families}
    named = {kind for grant in ROLES[role].grants for kind in grant.kinds}
    assert named - known == set()

"""Only actions write: no other room saves, creates, updates or deletes rows."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.sources import calls, place, python_files

# Rooms that see Django, less the two that may write.
READERS = (
    "api",
    "dcim/catalog",
    "dcim/graph",
    "dcim/management",
    "dcim/planning",
    "dcim/web",
    "provisioning/runs",
)
ALWAYS = {"save", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "raw_delete"}
ALWAYS |= {f"a{name}" for name in ALWAYS}
# Words that dictionaries and actions know too: a row's form takes no positional argument.
BY_FORM = {"create", "update", "delete", "acreate", "aupdate", "adelete"}


def writes(path: Path) -> list[str]:
    """The places in the file where rows are written past the actions."""
    return [place(path, call) for call in calls(path) if is_write(call)]


def is_write(call: ast.Call) -> bool:
    """Whether the call is one that models, managers and querysets offer for writing."""
    if not isinstance(call.func, ast.Attribute):
        return False
    name = call.func.attr
    return name in ALWAYS or (name in BY_FORM and not call.args)


@pytest.mark.parametrize("room", READERS)
def test_the_room_writes_no_rows(room: str) -> None:
    found = [where for path in python_files(room) for where in writes(path)]
    assert found == [], "Write through dcim.actions: it keeps the change log."


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("rack.save()", True),
        ("Rack.objects.create(name='R1')", True),
        ("Rack.objects.filter(name='R1').delete()", True),
        ("racks.update(status='active')", True),
        ("record.update(rack, by=user)", False),
        ("seen.update({1})", False),
    ],
)
def test_a_write_is_told_from_its_namesakes(line: str, expected: bool) -> None:
    statement = ast.parse(line).body[0]
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Call)
    assert is_write(statement.value) is expected

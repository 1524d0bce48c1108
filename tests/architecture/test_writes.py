"""Only actions write: no other room saves, creates, updates or deletes rows."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignObjectRel

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
# Words of sets too: they write where they follow the name of a relation.
ON_RELATIONS = {"set", "add", "remove", "clear", "aset", "aadd", "aremove", "aclear"}
STATEMENTS = {"execute", "executemany", "callproc"}
# Run the texts of selections that Django has built, and nothing else.
RUN_SELECTIONS = (
    "api/reading/counting.py",
    "api/reading/fetching.py",
    "dcim/graph/load/columns.py",
    "dcim/web/frame/finding.py",
)


def writes(path: Path) -> list[str]:
    """The places in the file where rows are written past the actions."""
    found = [call for call in calls(path) if is_write(call)]
    if path.as_posix().endswith(RUN_SELECTIONS):
        found = [call for call in found if not _is_statement(call)]
    return [place(path, call) for call in found]


def _is_statement(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in STATEMENTS


def is_write(call: ast.Call) -> bool:
    """Whether the call is one that models, managers and querysets offer for writing."""
    if not isinstance(call.func, ast.Attribute):
        return False
    name, receiver = call.func.attr, call.func.value
    if name in STATEMENTS:  # a command, which is `self` there, is executed too
        return not isinstance(receiver, ast.Name) or receiver.id != "self"
    if name in ON_RELATIONS:
        return _is_relation(receiver)
    return name in ALWAYS or (name in BY_FORM and not call.args)


def _is_relation(receiver: ast.expr) -> bool:
    """Whether it may be the many objects that a row is linked to, by the name of the attribute."""
    if isinstance(receiver, ast.Call) and isinstance(receiver.func, ast.Name):
        return receiver.func.id == "getattr"
    return isinstance(receiver, ast.Attribute) and receiver.attr in relations()


@cache
def relations() -> frozenset[str]:
    """The names under which rows hold many other rows."""
    fields = [one for model in apps.get_models() for one in model._meta.get_fields()]
    names = {one.name for one in fields if one.many_to_many and not one.auto_created}
    back = [one for one in fields if isinstance(one, ForeignObjectRel) and one.multiple]
    return frozenset({*names, *(str(one.get_accessor_name()) for one in back if not one.hidden)})


@pytest.mark.parametrize("room", READERS)
def test_the_room_writes_no_rows(room: str) -> None:
    found = [where for path in python_files(room) for where in writes(path)]
    assert found == [], "Write through dcim.actions: it keeps the change log."


def test_every_transaction_is_one_that_logs() -> None:
    """A bare one would write rows, and leave the log without a word of it."""
    rooms = [path for room in (*READERS, "dcim/actions") for path in python_files(room)]
    found = {
        str(path)
        for path in rooms
        for call in calls(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "atomic"
    }
    # The one that `writing` is made of, and savepoints inside it.
    assert {path.removeprefix("dcim/actions/") for path in found} == {
        "refusals.py",
        "rules/rack_units.py",
        "rules/reservations.py",
    }


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("rack.save()", True),
        ("Rack.objects.create(name='R1')", True),
        ("Rack.objects.filter(name='R1').delete()", True),
        ("racks.update(status='active')", True),
        ("record.update(rack, by=user)", False),
        ("seen.update({1})", False),
        ("rack.tags.set([tag])", True),
        ("site.providers.add(provider)", True),
        ("getattr(rack, name).clear()", True),
        ("seen.add(1)", False),
        ("self.idle.add(1)", False),
        ("cursor.execute('DELETE FROM dcim_rack')", True),
        ("connection.cursor().executemany(sql, rows)", True),
        ("self.execute(*args)", False),
    ],
)
def test_a_write_is_told_from_its_namesakes(line: str, expected: bool) -> None:
    statement = ast.parse(line).body[0]
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Call)
    assert is_write(statement.value) is expected

"""Sixty-four processes for the last units: never one over, none lost, and no writer in trouble.

On both engines; SQLite's database is a file with a write-ahead log, as in production. The soak
profile writes twenty times as much.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from django.db import connection
from hypothesis import settings

from dcim.record.networks.virtualization import Cluster
from dcim.record.planner.allocations import Allocation
from tests.factories import make

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.soak,
]
TIMES: Final = 5 if settings().max_examples >= 1_000 else 1
# What may come of writing side by side: the grant is full, or what is written is gone or taken.
EXPECTED: Final = {
    "done",
    "allocation.quota_exceeded",
    "thing.unknown",
    "input.invalid",
    "record.in_use",
}
# Sixty-four that never pause: SQLite lets whoever comes first begin, and one may wait for 30 s.
STARVED: Final = "Others were writing the same objects. Try again."


def address_of_copy(folder: Path) -> str:
    """The test database, or a copy of it as a file where it is in memory."""
    if connection.vendor == "postgresql":
        url = urlsplit(os.environ["DATABASE_URL"])
        return url._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    path = folder / "race.sqlite3"
    connection.ensure_connection()
    with sqlite3.connect(path) as copy:
        connection.connection.backup(copy)
    copy.close()
    return f"sqlite:///{path}"


def race(folder: Path, **asked: Any) -> dict[str, Any]:
    """What writers say, and what is stored after."""
    env = {**os.environ, "DATABASE_URL": address_of_copy(folder), "LUMBUNG_LANGUAGE": "en"}
    command = [sys.executable, "-m", "tests.record.writers", json.dumps({"kill_after": 0, **asked})]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    if TIMES > 1 and connection.vendor == "sqlite":
        assert found["told"].pop(STARVED, 0) <= found["told"]["done"] / 100
    assert (found["wrong"], found["overdrawn"], found["drift"]) == ([], [], [])
    return found


@pytest.fixture
def grants() -> list[Allocation]:
    make(Cluster)
    return [make(Allocation, vcpus=12, memory_mib=400, storage_gib=40) for _ in range(3)]


def test_sixty_four_writers_get_the_last_twelve_units_and_not_one_more(
    grants: list[Allocation], tmp_path: Path
) -> None:
    found = race(tmp_path, writers=64, deeds=0, seed=1)
    assert found["told"] == {"done": 12, "allocation.quota_exceeded": 52}
    assert found["stored"] == 12


def test_whatever_writers_do_side_by_side_the_ledgers_are_right(
    grants: list[Allocation], tmp_path: Path
) -> None:
    found = race(tmp_path, writers=16 if TIMES == 1 else 64, deeds=6 * TIMES, seed=2)
    assert set(found["told"]) <= EXPECTED, found["told"]
    assert found["machines"] == found["stored"]


def test_writers_that_are_killed_midway_leave_the_ledgers_right(
    grants: list[Allocation], tmp_path: Path
) -> None:
    found = race(tmp_path, writers=16, deeds=6 * TIMES, seed=3, kill_after=4.0 * TIMES)
    assert set(found["told"]) <= EXPECTED, found["told"]

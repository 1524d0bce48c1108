"""Jobs in real worker processes, which are watched, stopped and killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from tests.served import ROOT, Product, served, workers

FoundT = TypeVar("FoundT")
WAIT_S = 60
ENQUEUE = """
from dcim.actions.changes import Actor
from dcim.actions.jobs.queue import enqueue
for steps in (100_000, 40):
    job = enqueue("core.count", {"steps": steps, "seconds": 0.05}, by=Actor.system("test"))
    print("job", job.pk)
"""


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with served(tmp_path_factory.mktemp("jobs")) as product:
        yield product


@pytest.fixture
def worker(product: Product) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts workers, which are gone when the test ends."""
    with workers(product) as start:
        yield start


def two_jobs(product: Product) -> list[int]:
    """A long job, and one of two seconds."""
    said = product.manage("shell", "--no-imports", "--command", ENQUEUE)
    assert said.returncode == 0, said.stderr
    return [int(line.split()[1]) for line in said.stdout.splitlines() if line.startswith("job ")]


def wait(
    product: Product, job: int, is_so: Callable[[dict[str, object]], bool]
) -> dict[str, object]:
    """The job once it is as said; seen through the API, while its worker is at work."""
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        seen: dict[str, object] = product.ask("GET", f"core/jobs/{job}/").body
        if is_so(seen):
            return seen
        time.sleep(0.05)
    raise AssertionError(seen)


def status(seen: dict[str, object]) -> str:
    pair = seen["status"]
    assert isinstance(pair, dict)
    return str(pair["value"])


def is_at_work(seen: dict[str, object]) -> bool:
    return status(seen) == "running" and int(str(seen["done"])) > 0


def test_progress_is_seen_it_stops_when_told_and_a_killed_worker_s_job_ends_all_the_same(
    product: Product, worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    long, short = two_jobs(product)
    first = worker()
    seen = wait(product, long, is_at_work)
    assert (seen["total"], seen["user"]) == (100_000, None)
    assert product.ask("POST", f"core/jobs/{long}/stop/").status == 202
    ended = wait(product, long, lambda seen: status(seen) != "running")
    assert (status(ended), ended["data"]) == ("completed", {"counted": ended["done"]})
    assert product.ask("POST", f"core/jobs/{long}/stop/").status == 409

    wait(product, short, is_at_work)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert status(product.ask("GET", f"core/jobs/{short}/").body) == "running"
    worker()
    again = wait(product, short, lambda seen: status(seen) == "completed")
    assert (again["tries"], again["data"]) == (2, {"counted": 40})


def test_serve_keeps_a_worker_starts_it_again_and_takes_it_along(tmp_path: Path) -> None:
    """The supervisor alone, without a server: its parent is a process of the test."""
    code = (
        "import os, sys, time, django; django.setup();"
        "from dcim.management.jobs import supervision;"
        "supervision._start = lambda worker: os.fork() or (time.sleep(60), os._exit(0));"
        "print(supervision.start_beside('w'), flush=True); time.sleep(60)"
    )
    environment = {**os.environ, "LUMBUNG_DATA": str(tmp_path)}
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        supervisor = int(server.stdout.readline())
        first = until(lambda: children(supervisor))[0]
        os.kill(first, signal.SIGKILL)
        second = until(lambda: [one for one in children(supervisor) if one != first])[0]
        server.kill()
        until(lambda: not Path(f"/proc/{second}").exists() and not is_alive(supervisor))


def children(process: int) -> list[int]:
    path = Path(f"/proc/{process}/task/{process}/children")
    return [int(one) for one in path.read_text().split()]


def is_alive(process: int) -> bool:
    path = Path(f"/proc/{process}/stat")
    return path.exists() and path.read_text().rpartition(")")[2].split()[0] != "Z"


def until(found: Callable[[], FoundT]) -> FoundT:
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        if what := found():
            return what
        time.sleep(0.05)
    raise AssertionError("It does not come.")

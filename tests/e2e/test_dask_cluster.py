"""A real Dask cluster: a scheduler and two worker processes, one of which is killed midway."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dcim.planning.regencies.nation import plan_regencies
from dcim.planning.regencies.regency import Regency
from dcim.planning.regencies.workers import Alone, Dask, dask_at
from dcim.planning.snapshot import encode
from dcim.planning.solver import Effort
from dcim.planning.watch import UNWATCHED, Watch
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.errors import InvalidInput, MissingComponent
from tests.nations import regency

ROOT = Path(__file__).parents[2]
CEILING = Amounts(12, 20_480, 300)
PATIENCE_S = 60


@contextmanager
def started(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of Dask's that ends with the test."""
    dask = [sys.executable, "-m", "distributed.cli." + command[0], *command[1:]]
    with subprocess.Popen(dask, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, tuple[subprocess.Popen[bytes], ...]]]:
    """Its address, and its two worker processes."""
    known = tmp_path / "scheduler"
    quiet = ("--no-dashboard", "--dashboard-address", "127.0.0.1:0", "--scheduler-file", str(known))
    with started("dask_scheduler", "--host", "127.0.0.1", "--port", "0", *quiet):
        worker = (
            "dask_worker", "--no-nanny", "--nthreads", "1", "--local-directory", str(tmp_path),
            *quiet,
        )  # fmt: skip
        with started(*worker) as first, started(*worker) as second:
            yield _address(known), (first, second)


def _address(known: Path) -> str:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if known.exists() and (text := known.read_text()):
            return str(json.loads(text)["address"])
        time.sleep(0.05)
    raise TimeoutError("the scheduler did not start")


class Killer:
    """Kills a process once so many tasks are done."""

    def __init__(self, process: subprocess.Popen[bytes], at: int) -> None:
        self.process, self.at, self.killed_at = process, at, 0

    def report(self, done: int, _total: int, _text: str = "") -> None:
        if done >= self.at and not self.killed_at:
            self.killed_at = done
            os.kill(self.process.pid, signal.SIGKILL)

    def is_stopped(self) -> bool:
        return False


@pytest.mark.slow
def test_a_lost_worker_changes_nothing(
    cluster: tuple[str, tuple[subprocess.Popen[bytes], ...]],
) -> None:
    regencies = [
        Regency.of(f"r{n}", encode(regency(n, apps=10, idle=8, hosts=3))) for n in range(5)
    ]

    def planned(watch: Watch = UNWATCHED) -> object:
        with dask_at(address) as workers:
            assert isinstance(workers, Dask)
            workers.client.wait_for_workers(2, timeout=PATIENCE_S)
            return plan_regencies(regencies, CEILING, workers, effort=Effort(watch=watch))

    address, (first, second) = cluster
    killer = Killer(second, at=6)  # in the first round of bids, with outlooks lost too
    disturbed = planned(killer)
    assert killer.killed_at
    assert second.wait(PATIENCE_S) == -signal.SIGKILL
    assert first.poll() is None
    assert disturbed == plan_regencies(regencies, CEILING, Alone())


def test_a_scheduler_that_is_not_there_is_named_with_the_way_out() -> None:
    said = r"tcp://127\.0\.0\.1:9\b.*leave out --scheduler"
    with pytest.raises(MissingComponent, match=said), dask_at("tcp://127.0.0.1:9", wait_s=1):
        pass
    with pytest.raises(InvalidInput, match="“pdn” is no address"), dask_at("pdn"):
        pass

"""Runs done by a real worker with the real engine: watched, killed, applied and stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.served import Product, served, workers

pytestmark = pytest.mark.engine
WAIT_S = 120
RUNS = "plugins/planner/provisioning-runs"
PLAN = """
from dcim.actions.changes import Actor
from dcim.actions.plans.making import planning_serial, store_plan
from dcim.planning.document import Change
from tests.plan_documents import app_vms, document, target
there = target("queued", vms=app_vms(94, Change.CREATE))
plan = store_plan(document(there, base_serial=planning_serial()), by=Actor.system("test"))
print("plan", plan.pk)
"""
APPROVE = """
from dcim.actions.changes import Actor
from dcim.actions.provisioning.approvals import approve_preview
from dcim.record.planner.plans import ProvisioningRun
from tests.factories import make_user
run = ProvisioningRun.objects.get(pk={run})
by = Actor.of(make_user("penyetuju", is_superuser=True))
approve_preview(run, digest=run.plan.digest, by=by)
"""


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    with served(tmp_path) as product:
        yield product


@pytest.fixture
def worker(product: Product) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts workers, which are gone when the test ends."""
    with workers(product) as start:
        yield start


def shell(product: Product, code: str) -> str:
    said = product.manage("shell", "--no-imports", "--command", code)
    assert said.returncode == 0, said.stderr
    return said.stdout


def wait(product: Product, run: int, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The run once it is as said, seen through the API."""
    deadline = time.monotonic() + WAIT_S
    seen: dict[str, Any] = {}
    while time.monotonic() < deadline:
        seen = product.ask("GET", f"{RUNS}/{run}/").body
        if is_so(seen):
            return seen
        time.sleep(0.1)
    raise AssertionError(seen)


def has_ended(seen: dict[str, Any]) -> bool:
    return bool(seen["status"]["value"] == "ended")


def is_past(steps: int) -> Callable[[dict[str, Any]], bool]:
    return lambda seen: bool(has_ended(seen) or (seen["progress"] or {}).get("done", 0) >= steps)


def test_a_run_is_watched_survives_its_worker_and_stops_when_told(
    product: Product, worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    plan = int(shell(product, PLAN).split()[-1])
    asked = product.ask("POST", f"{RUNS}/", {"plan": plan, "targets": ["queued"]})
    assert (asked.status, asked.body["status"]["value"]) == (201, "queued")
    preview = asked.body["id"]
    first = worker()
    seen = wait(product, preview, lambda seen: bool((seen["progress"] or {}).get("log", [])[2:]))
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert not has_ended(seen)
    worker()
    seen = wait(product, preview, has_ended)
    assert (seen["outcome"]["value"], seen["report"]["counts"]["create"]) == ("changes", 188)
    assert seen["progress"] is None

    assert product.ask("POST", f"{RUNS}/{preview}/apply/").status == 409
    shell(product, APPROVE.format(run=preview))
    apply = product.ask("POST", f"{RUNS}/{preview}/apply/").body["id"]
    wait(product, apply, is_past(1))
    stopped = product.ask("POST", f"{RUNS}/{apply}/stop/")
    told_at = time.monotonic()
    seen = wait(product, apply, has_ended)
    assert stopped.status == 202, seen
    assert time.monotonic() - told_at < 30
    made = [step for step in seen["report"]["targets"][0]["steps"] if step["outcome"] == "done"]
    assert (seen["outcome"]["value"], seen["followed"]) == ("stopped", [])
    assert 1 <= len(made) < 188
    assert "was stopped" in seen["message"]
    assert product.ask("POST", f"{RUNS}/{apply}/stop/").status == 409

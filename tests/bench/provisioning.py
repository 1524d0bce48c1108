"""Times of provisioning with the real engine: `python -m tests.bench.provisioning`.

Prints what `docs/performance.md` shows: 94 apps on a rehearsal and on libvirt's test driver, and
five machines on QEMU (`--on test` measures one of `rehearsal`, `test`, `qemu`; `--apps 30` fewer).
The engine is a program of its own, so the processor time of the two can be told apart: `engine` is
the CLI's, `ours` that of program and provider. `driver` is the time within calls of the hypervisor,
summed over those at once.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from dcim.planning.document import Change, PlanDocument, PlannedVM, as_is
from dcim.vocabulary.hypervisors import is_disposable
from provisioning.engine.report import Action
from provisioning.engine.run import run
from provisioning.provider import provider
from provisioning.provider.driver import Driver
from provisioning.provider.opening import driver_for
from tests.plan_documents import app_vms, document, target

HEAD = "| target | deed | s | engine, CPU s | ours, CPU s | engine's share of CPU | driver, s |"
SMALL = {"vcpus": 1, "memory_mib": 64, "storage_gib": 1, "image": "empty"}
Row = tuple[str, PlanDocument, Action, int]


class Timed:
    """A driver that sums the seconds within its calls."""

    spent_s = 0.0
    adding = threading.Lock()

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def __getattr__(self, name: str) -> Callable[..., object]:
        call = getattr(self._driver, name)

        def timed(*arguments: object, **named: object) -> object:
            begun = time.perf_counter()
            try:
                return call(*arguments, **named)
            finally:
                with Timed.adding:
                    Timed.spent_s += time.perf_counter() - begun

        return timed


def deeds(uri: str, apps: int, gone: int, **size: object) -> Iterator[Row]:
    """What is done to the apps, each with the exit code that it must have."""
    machines = tuple(replace(vm, **size) for vm in app_vms(apps, Change.KEEP))  # type: ignore[arg-type]
    larger = (replace(machines[0], memory_mib=2 * machines[0].memory_mib), *machines[1:])
    whole, resized = standing(uri, machines), standing(uri, larger)
    yield "preview, all new", whole, Action.PREVIEW, 2
    yield "up", whole, Action.UP, 0
    yield "preview, no change", whole, Action.PREVIEW, 0
    yield "up, no change", whole, Action.UP, 0
    yield "drift", whole, Action.REFRESH, 0
    yield "up, one resized", resized, Action.UP, 0
    if is_disposable(uri):  # elsewhere machines are protected until a plan reclaims them
        yield f"up, {gone} apps reclaimed", standing(uri, larger[:-gone]), Action.UP, 0
        yield "all others removed", whole, Action.DESTROY, 0
    else:
        left, going = larger[:-gone], larger[-gone:]
        yield f"up, {gone} apps reclaimed", reclaiming(uri, left, going), Action.UP, 0
        yield "all others removed", reclaiming(uri, (), left), Action.UP, 0


def standing(uri: str, machines: tuple[PlannedVM, ...]) -> PlanDocument:
    """How things stand."""
    return as_is(document(target(hypervisor=uri, vms=machines)))


def reclaiming(
    uri: str, machines: tuple[PlannedVM, ...], going: tuple[PlannedVM, ...]
) -> PlanDocument:
    """A plan that keeps some machines and reclaims others."""
    reclaim = tuple(replace(one, change=Change.RECLAIM, reason="retired") for one in going)
    return document(target(hypervisor=uri, vms=machines, reclaim=reclaim))


def measure(name: str, rows: Iterator[Row]) -> None:
    """Does the deeds in turn, each printed as it ends."""
    for deed, plan, action, code in rows:
        Timed.spent_s, begun, cpu = 0.0, time.monotonic(), os.times()
        report = run(plan, action, disposable_only=False)
        seconds, then = time.monotonic() - begun, os.times()
        if report.exit_code != code:
            raise SystemExit(f"{name}, {deed}: {report.targets[0].message}")
        engine = then.children_user + then.children_system - cpu.children_user - cpu.children_system
        ours = then.user + then.system - cpu.user - cpu.system
        cells = (name, deed, f"{seconds:.1f}", f"{engine:.1f}", f"{ours:.1f}",
                 f"{engine / (engine + ours):.0%}", f"{Timed.spent_s:.1f}")  # fmt: skip
        print(f"| {' | '.join(cells)} |", flush=True)


@contextmanager
def five_on_qemu() -> Iterator[str]:
    """The address of a QEMU of its own with an empty image."""
    from provisioning.provider.on_libvirt import domains
    from tests.setup.libvirt import running_hypervisor

    domains.SHUTDOWN_SECONDS = 1  # nothing on an empty disk hears that it should stop
    with running_hypervisor() as hypervisor:
        hypervisor.add_image("empty")
        yield hypervisor.uri


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--on", choices=("rehearsal", "test", "qemu"))
    parser.add_argument("--apps", type=int, default=94)
    asked = parser.parse_args()
    setattr(provider, "driver_for", lambda uri: Timed(driver_for(uri)))  # noqa: B010
    print(f"{HEAD}\n|{' --- |' * HEAD.count(' | ')} --- |")
    with tempfile.TemporaryDirectory(prefix="lumbung-bench-") as folder:
        os.environ["LUMBUNG_DATA"] = folder
        for name, uri in (("rehearsal", "rehearsal:bench"), ("test", "test:///default")):
            if asked.on in (None, name):
                measure(f"{name}, {asked.apps} apps", deeds(uri, asked.apps, 20))
        if asked.on in (None, "qemu"):
            os.environ["LUMBUNG_DATA"] = f"{folder}/qemu"
            with five_on_qemu() as uri:
                measure("QEMU, 5 machines", deeds(uri, 5, 1, **SMALL))


if __name__ == "__main__":
    main()

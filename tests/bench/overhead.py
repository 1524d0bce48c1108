"""What a preview costs beyond the engine: ours beside a bare program of the same resources.

`python -m tests.bench.overhead` previews 94 apps, 84 that stand, 10 that come and 6 that go, turn
by turn. Ours is `run`: rules, what the stack holds, the program with its components and aliases,
the report as JSON and Markdown. The bare one is the Automation API on a hand-written program that
registers the same resources with the same provider in the same process, on a stack of its own. No
limit is set here: the target is 1.2 times, and machines have slow days.
"""

from __future__ import annotations

import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from typing import Final

import pulumi
from pulumi.automation import OpType, Stack

from dcim.planning.document import Change, PlanDocument, PlannedVM, as_is, encode, parse
from dcim.planning.rules import violations
from provisioning.engine.command import find_engine
from provisioning.engine.markdown import as_markdown
from provisioning.engine.report import Action, as_json
from provisioning.engine.run import run
from provisioning.engine.state.workspace import open_stack
from provisioning.provider.resources import Domain, Hypervisor, Network, Volume
from provisioning.provider.serving import serving
from tests.plan_documents import app_vms, document, target

ROUNDS: Final = int(os.environ.get("ROUNDS", "7"))
BARE: Final = "bare"


def plan() -> PlanDocument:
    """94 apps: 84 that stand, 10 that come back, and 6 more that go."""
    kept, made = app_vms(84, Change.KEEP), app_vms(10, Change.CREATE, first=84)
    gone = app_vms(6, Change.RECLAIM, first=94, reason="superseded")
    return document(target("ours", vms=kept + made, reclaim=gone))


def bare_program(vms: list[PlannedVM]) -> Callable[[], None]:
    """The same resources as somebody would write them who has Pulumi and nothing else."""

    def program() -> None:
        opts = pulumi.ResourceOptions(provider=Hypervisor(BARE, uri=f"rehearsal:{BARE}"))
        apps = Network("apps", name="apps", cidr="10.64.0.0/16", vlan=10, opts=opts)
        for vm in vms:
            app = pulumi.ComponentResource("lumbung:index:App", vm.app)
            app.register_outputs({"machines": [vm.name]})
            below = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(parent=app))
            disk = Volume(
                vm.name, name=vm.name, size_gib=vm.storage_gib, image=vm.image, opts=below
            )
            Domain(
                vm.name,
                name=vm.name,
                vcpus=vm.vcpus,
                memory_mib=vm.memory_mib,
                volume=disk.id,
                network=apps.name,
                addresses=list(vm.addresses),
                app=vm.app,
                opts=below,
            )

    return program


def bare(act: Callable[[Stack], object]) -> None:
    """Opens the bare stack, and asks the engine."""
    with serving() as port:
        act(open_stack(find_engine(), BARE, provider_port=port))


def main() -> None:
    """Prints what each takes, and how many times the bare one ours is."""
    whole = plan()
    (one,) = whole.targets
    standing = bare_program(list(one.standing))
    bare(lambda stack: stack.up(program=standing, suppress_outputs=True, suppress_progress=True))
    run(as_is(whole), Action.UP)
    program = bare_program(list(one.vms))
    deeds: dict[str, Callable[[], object]] = {
        "ours": lambda: shown(whole),
        BARE: lambda: bare(lambda stack: quiet_preview(stack, program)),
    }
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in deeds}
    for _ in range(ROUNDS):
        for name, deed in deeds.items():
            took[name].append(timed(deed))
    for place, what in enumerate(("clock", "processor")):
        each = {name: [one[place] for one in rounds] for name, rounds in took.items()}
        for name, seconds in each.items():
            least, median = min(seconds), statistics.median(seconds)
            print(f"{what:<10}{name:<6} least {least:5.2f} s   median {median:5.2f} s")
        least = min(each["ours"]) / min(each[BARE])
        median = statistics.median(each["ours"]) / statistics.median(each[BARE])
        print(f"{what:<10}ours / bare: {least:.2f} by the least, {median:.2f} by the median")
    data = encode(whole)
    parts = {"parse": lambda: parse(data), "rules": lambda: violations(whole)}
    for name, part in parts.items():
        print(f"{name:<10}{min(timed(part)[1] for _ in range(ROUNDS)) * 1000:6.1f} ms of processor")


def shown(whole: PlanDocument) -> None:
    """A preview as CI has it, in both forms."""
    report = run(whole, Action.PREVIEW)
    assert (report.counts.create, report.counts.delete) == (20, 12)
    as_json(report)
    as_markdown(report)


def quiet_preview(stack: Stack, program: Callable[[], None]) -> None:
    """What the engine alone says of the same."""
    told = stack.preview(program=program, suppress_outputs=True, suppress_progress=True)
    assert told.change_summary[OpType.CREATE] >= 20


def timed(act: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of the processor, with those of the engine's process."""
    started, before = time.perf_counter(), processor_s()
    act()
    return time.perf_counter() - started, processor_s() - before


def processor_s() -> float:
    """What this process and those it waited for have taken of the processor."""
    told = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in told)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LUMBUNG_DATA"] = folder
        main()

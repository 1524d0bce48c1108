"""`kill -9` at every kind of moment: the next run knows what it meets and brings it to its end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from dcim.planning.document import Change, PlanDocument, as_is, encode
from provisioning.engine.console import INTERRUPTED
from provisioning.engine.report import Action
from provisioning.engine.run import run
from provisioning.provider.opening import driver_for
from provisioning.provider.specs import Kind
from tests.doomed_run import ROOT, random_moments
from tests.plan_documents import app_vms, document, target
from tests.setup.libvirt import Hypervisor

pytestmark = [pytest.mark.engine, pytest.mark.slow]

# Each run goes on from what the one before left, so each is the next run of a killed one too.
# Machines that one made and nobody heard of are taken over, not made again, and runs work on many
# things at once: only what a run's plan adds is surely left to be made until its moment comes.
OVER_THE_COURSE = (
    (2, "group create 1 before"),
    (4, "group create 3 after"),  # made, and the engine never heard of it
    (6, "self create 4 after"),  # the engine ends with us
    (8, "engine create 2 after"),
    (8, "group read 4 before"),
)
"""How many machines the plan has, and when its run dies."""


SMALL = {"vcpus": 1, "memory_mib": 64, "storage_gib": 1}
CHANCES = 12 if settings().max_examples >= 1_000 else 0


@dataclass(frozen=True)
class Doomed:
    """A folder with the state of one target, on which runs die."""

    folder: Path
    uri: str
    hypervisor: Hypervisor | None = None

    def plan(self, first: int, last: int, **fields: object) -> PlanDocument:
        """Machines of the apps from `first` to before `last`, as they are to stand."""
        vms = app_vms(last - first, Change.KEEP, first=first, **fields)
        return as_is(document(target(hypervisor=self.uri, vms=vms)))

    def another_plan(self, first: int, last: int, **fields: Any) -> PlanDocument:
        """The same, without the others of ten: real ones go only where a plan says so."""
        if self.hypervisor is None:
            return self.plan(first, last, **fields)
        ten = app_vms(10, Change.RECLAIM, reason="retired", **fields)
        going = (*ten[:first], *ten[last:])
        staying = self.plan(first, last, **fields).targets[0].vms
        return document(target(hypervisor=self.uri, vms=staying, reclaim=going))

    def run(self, plan: PlanDocument, moment: str, deed: str = "up") -> tuple[int, str]:
        """Exit code and last line of a run that dies at the moment, if it comes to that."""
        file = self.folder / "plan.json"
        file.write_bytes(encode(plan))
        command = [sys.executable, "-m", "tests.doomed_run", moment, deed, "--plan", str(file)]
        done = subprocess.run(
            command, cwd=ROOT, start_new_session=True, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stderr.strip().rpartition("\n")[2]

    @property
    def state(self) -> dict[str, list[dict[str, str]]]:
        """What Pulumi keeps of the target."""
        whole = json.loads(self.file.read_text())
        latest: dict[str, list[dict[str, str]]] = whole["checkpoint"]["latest"]
        return latest

    @property
    def file(self) -> Path:
        """Where Pulumi keeps it."""
        (file,) = (self.folder / "data").glob("pulumi/.pulumi/stacks/*/pdr-kvm.json")
        return file

    def tear(self) -> None:
        """Cuts the state, as a full disk does."""
        os.truncate(self.file, self.file.stat().st_size // 2)

    @property
    def stands(self) -> set[tuple[str, str]]:
        """Kind and identity of everything on the hypervisor."""
        if self.hypervisor is not None:
            return set(on_libvirt(self.hypervisor))
        name = self.uri.partition(":")[2]
        shelf = json.loads((self.folder / "data" / "rehearsal" / f"{name}.json").read_text())
        return {(kind, one) for kind, there in shelf["resources"].items() for one in there}

    def assert_converged(self, plan: PlanDocument) -> None:
        """The next run does all, and then hypervisor, state and plan are the same."""
        report = run(plan, Action.UP, disposable_only=False)
        assert report.exit_code == 0, report.targets[0].message
        kept = self.state
        machines = {one for kind, one in self.stands if kind == Kind.DOMAIN}
        assert machines == {vm.name for vm in plan.targets[0].vms}
        known = [(one["type"], one["id"]) for one in kept["resources"] if one["type"] in set(Kind)]
        assert sorted(known) == sorted(self.stands)
        assert not kept.get("pending_operations")
        assert not list(self.folder.glob("data/pulumi/.pulumi/locks/**/*.json"))
        assert run(plan, Action.PREVIEW).exit_code == 0


def on_libvirt(hypervisor: Hypervisor) -> Iterator[tuple[str, str]]:
    """What libvirt itself tells, but for images and for seeds, which come with their machine."""
    connection = hypervisor.connection
    yield from ((Kind.NETWORK, one.name()) for one in connection.listAllNetworks())
    yield from ((Kind.DOMAIN, one.name()) for one in connection.listAllDomains())
    pool = connection.storagePoolLookupByName(hypervisor.pool)
    pool.refresh()
    for name in pool.listVolumes():
        is_image = (hypervisor.folder / "images" / name).exists()
        if not is_image and not name.endswith(".iso"):
            yield Kind.VOLUME, f"{hypervisor.pool}/{name}"


@pytest.fixture(params=["rehearsal", "qemu"])
def anywhere(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Doomed]:
    """On a rehearsal, and on real machines."""
    monkeypatch.setenv("LUMBUNG_DATA", str(tmp_path / "data"))
    if request.param == "rehearsal":
        yield Doomed(tmp_path, "rehearsal:doomed")
        return
    hypervisor: Hypervisor = request.getfixturevalue("hypervisor")
    yield Doomed(tmp_path, hypervisor.uri, hypervisor)
    hypervisor.clear()


@pytest.fixture
def doomed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Doomed:
    monkeypatch.setenv("LUMBUNG_DATA", str(tmp_path / "data"))
    return Doomed(tmp_path, "rehearsal:doomed")


def test_runs_killed_over_their_whole_course_leave_no_orphan_to_another_plan(
    anywhere: Doomed,
) -> None:
    ends = [
        anywhere.run(anywhere.plan(0, count, **SMALL), moment) for count, moment in OVER_THE_COURSE
    ]
    assert [code for code, _line in ends] == [-signal.SIGKILL] * 3 + [1, -signal.SIGKILL]
    assert ends[3][1].endswith("Run it again: what it had begun is settled then.")
    # Of what an engine had begun, nothing is forgotten where others were being reclaimed.
    code, _line = anywhere.run(anywhere.another_plan(6, 10, **SMALL), "engine create 1 after")
    assert code == 1
    anywhere.assert_converged(anywhere.another_plan(6, 9, **SMALL))
    assert "stackTrace" not in json.dumps(anywhere.state)  # nor any path of this machine


def test_what_was_made_as_we_alone_were_killed_is_no_orphan_to_another_plan(
    doomed: Doomed,
) -> None:
    code, _line = doomed.run(doomed.plan(0, 2), "self create 4 after")
    assert code == -signal.SIGKILL
    doomed.assert_converged(doomed.another_plan(2, 3))


def test_ctrl_c_waits_until_the_engine_has_noted_what_it_was_at(doomed: Doomed) -> None:
    file = doomed.folder / "plan.json"
    file.write_bytes(encode(doomed.plan(0, 40)))
    command = [sys.executable, "-m", "provisioning", "up", "--plan", str(file)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        until = time.monotonic() + 60
        while not list(doomed.folder.glob("data/rehearsal/doomed.json")):
            assert time.monotonic() < until
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        process.wait(60)
    assert process.returncode == INTERRUPTED
    kept = doomed.state
    known = [(one["type"], one["id"]) for one in kept["resources"] if one["type"] in set(Kind)]
    assert sorted(known) == sorted(doomed.stands)
    assert not kept.get("pending_operations")


@pytest.mark.soak
@pytest.mark.parametrize(
    "moments",
    [
        ["group update 3 after", "group delete 2 after"],
        *(random_moments(seed, 6) for seed in range(CHANCES)),
    ],
)
def test_a_resize_and_a_removal_that_were_killed_are_done_even_if_the_state_is_torn(
    doomed: Doomed, moments: list[str]
) -> None:
    assert run(doomed.plan(0, 4), Action.UP).exit_code == 0
    larger = doomed.plan(1, 6, memory_mib=4096, storage_gib=30)
    assert sum(doomed.run(larger, moment)[0] != 0 for moment in moments)
    doomed.tear()
    doomed.assert_converged(larger)
    seen = driver_for(doomed.uri).read(Kind.DOMAIN, "app001-1")
    assert seen is not None
    assert seen["memory_mib"] == 4096

"""Operations that a killed engine left open, and locks of the dead."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from pulumi.automation import PulumiCommand

from dcim.planning.watch import UNWATCHED
from dcim.vocabulary.errors import Refused
from provisioning.engine.state import leftovers
from provisioning.engine.state.leftovers import StateFailed, check_room, clear_leftovers
from provisioning.engine.state.pending import has_pending, settled
from provisioning.engine.stopping import StoppableEngine
from provisioning.program.standing import Operation, Resource, State
from provisioning.provider.specs import DomainSpec, Kind, Properties, Spec, VolumeSpec, kind_of
from provisioning.provider.specs import properties_of as properties

DISK = VolumeSpec(name="a", size_gib=20, image="debian-12")
MACHINE = DomainSpec(name="a", vcpus=2, memory_mib=2048, volume="default/a", app="A")


def resource(spec: Spec, **more: object) -> Resource:
    kind = kind_of(spec)
    inputs = properties(spec)
    return {"urn": f"urn:x::{kind}::{spec.name}", "type": kind, "inputs": inputs, **more}  # type: ignore[typeddict-item]


def killed(kind: str, *specs: Spec, there: tuple[Resource, ...] = ()) -> State:
    begun: list[Operation] = [{"type": kind, "resource": resource(spec)} for spec in specs]
    return {"resources": list(there), "pending_operations": begun}


def seeing(*specs: Spec) -> Callable[[Kind, str, str], Properties | None]:
    there = {(kind_of(spec), spec.identity): properties(spec) for spec in specs}
    return lambda kind, identity, _name: there.get((kind, identity))


def known(state: State) -> list[str]:
    assert not has_pending(state)
    return [one.get("id", "") for one in state["resources"] or []]


def test_what_was_made_before_the_kill_is_known_from_then_on() -> None:
    assert known(settled(killed("creating", DISK, MACHINE), seeing(DISK))) == ["default/a"]


def test_a_machine_that_was_defined_and_not_started_is_ours() -> None:
    stopped = DomainSpec(
        name="a", vcpus=2, memory_mib=2048, volume="default/a", app="A", running=False
    )
    assert known(settled(killed("creating", MACHINE), seeing(stopped))) == ["a"]


def test_what_others_made_under_the_name_stays_theirs() -> None:
    theirs = VolumeSpec(name="a", size_gib=500)
    assert known(settled(killed("creating", DISK), seeing(theirs))) == []


def test_what_was_begun_twice_is_known_once() -> None:
    assert known(settled(killed("creating", DISK, DISK), seeing(DISK))) == ["default/a"]


@pytest.mark.parametrize("kind", ["updating", "deleting", "creating"])
def test_what_is_known_already_is_left_to_the_refresh(kind: str) -> None:
    there = resource(DISK, id="default/a")
    assert known(settled(killed(kind, DISK, there=(there,)), seeing())) == ["default/a"]


def test_operations_of_other_providers_are_left_to_them() -> None:
    other: Operation = {
        "type": "creating",
        "resource": {"urn": "u", "type": "openstack:Instance"},
    }
    state: State = {"resources": [], "pending_operations": [other]}
    assert not has_pending(state)
    assert settled(state, seeing())["pending_operations"] == [other]


# Locks and torn files


def lock_of(pid: int, states: Path) -> Path:
    lock = states / "locks" / "organization" / "lumbung" / "pdr" / "5f3c.json"
    lock.parent.mkdir(parents=True)
    lock.write_text(json.dumps({"pid": pid, "hostname": socket.gethostname()}))
    return lock


def clear(states: Path) -> list[str]:
    said: list[str] = []
    clear_leftovers(states, "lumbung", "pdr", said.append)
    return said


def test_the_lock_of_a_living_engine_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = shutil.copy(shutil.which("sleep") or "", tmp_path / "pulumi")
    with subprocess.Popen([engine, "60"]) as process:
        lock = lock_of(process.pid, tmp_path)
        monkeypatch.setattr(leftovers, "ENGINE_SECONDS", 0.0)
        with pytest.raises(Refused, match=rf"process {process.pid}.*kill {process.pid}"):
            clear(tmp_path)
        assert lock.exists()
        process.kill()
    assert clear(tmp_path) == []
    assert not lock.exists()


def test_a_lock_whose_number_another_process_has_got_is_taken_away(tmp_path: Path) -> None:
    lock = lock_of(os.getpid(), tmp_path)
    assert clear(tmp_path) == []
    assert not lock.exists()


def test_a_torn_state_is_replaced_by_its_newest_whole_copy(tmp_path: Path) -> None:
    stacks, backups = tmp_path / "stacks" / "lumbung", tmp_path / "backups" / "lumbung" / "pdr"
    stacks.mkdir(parents=True)
    backups.mkdir(parents=True)
    state = stacks / "pdr.json"
    for copy in (state, stacks / "pdr.json.bak"):
        copy.write_text('{"checkpoint": {"lat')
    with pytest.raises(StateFailed, match="no whole copy"):
        clear(tmp_path)
    (backups / "pdr.1.json").write_text('{"n": 1}')
    (backups / "pdr.2.json").write_text('{"n": 2}')
    assert "going on from its copy pdr.2.json" in clear(tmp_path)[0]
    assert json.loads(state.read_text()) == {"n": 2}
    assert clear(tmp_path) == []


def test_a_run_begins_only_with_room_for_its_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_room(tmp_path)
    monkeypatch.setattr(leftovers, "ROOM_MIB", 2**40)
    with pytest.raises(StateFailed, match="MiB left, and a run needs"):
        check_room(tmp_path)


def test_torn_locks_and_attributes_are_taken_away(tmp_path: Path) -> None:
    lock = lock_of(0, tmp_path)
    lock.write_text("")
    torn = tmp_path / "stacks" / "lumbung" / "pdr.json.attrs"
    whole = tmp_path / "meta.yaml.attrs"
    torn.parent.mkdir(parents=True)
    torn.touch()
    whole.write_text("{}")
    clear(tmp_path)
    assert (lock.exists(), torn.exists(), whole.exists()) == (False, False, True)


# What is not asked at all


def test_what_nobody_reads_after_an_up_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each would be a start of the CLI, and would hand over secrets in plain."""
    monkeypatch.setattr(PulumiCommand, "__init__", lambda *_arguments: None)
    found = PulumiCommand()
    found.command, found.version = "/nonexistent/pulumi", None
    engine = StoppableEngine(found, UNWATCHED)
    assert json.loads(engine.run(["stack", "output", "--json"], "/", {}).stdout) == {}
    (past,) = json.loads(engine.run(["stack", "history", "--json"], "/", {}).stdout)
    assert past["result"] == "succeeded"
    with pytest.raises(FileNotFoundError):
        engine.run(["stack", "export"], "/", {})

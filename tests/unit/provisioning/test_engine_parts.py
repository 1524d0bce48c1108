"""Parts around the engine: finding it, its passphrase and locks, its events, and the plugin."""

from __future__ import annotations

import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path
from typing import cast

import grpc
import pytest
from pulumi.automation import CommandError, CommandResult, EngineEvent, Stack
from pulumi.automation.events import DiffKind, PropertyDiff
from pulumi.runtime.proto import provider_pb2_grpc

from dcim.planning.watch import Recorded
from dcim.vocabulary.errors import LumbungError, MissingComponent, Refused, Stopped
from provisioning.engine import command
from provisioning.engine.command import (
    HOST_MODULE,
    MODULE,
    VERSION,
    engine_root,
    find_engine,
    get_engine,
    get_language_host,
)
from provisioning.engine.events import Listener
from provisioning.engine.execution import Job, _Asked, _call
from provisioning.engine.failures import failure
from provisioning.engine.report import Action, Op
from provisioning.engine.state.workspace import alone
from provisioning.program.traces import Program
from provisioning.provider.serving import VERSION as PROVIDER_VERSION
from provisioning.provider.serving import serving
from tests.plan_documents import target

PLUGIN = Path(__file__).parents[3] / "provisioning" / "provider" / "plugin"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LUMBUNG_DATA", str(tmp_path))
    return tmp_path


def engine_that_says(folder: Path, version: str) -> None:
    (folder / "bin").mkdir(parents=True)
    engine = folder / "bin" / "pulumi"
    engine.write_text(f"#!/bin/sh\necho v{version}\n")
    engine.chmod(0o755)


def test_an_engine_on_the_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine_that_says(tmp_path, "3.260.0")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert find_engine().command == "pulumi"


def test_a_cached_engine_comes_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    engine_that_says(engine_root(), VERSION)
    assert find_engine().command == str(engine_root() / "bin" / "pulumi")


def test_an_engine_that_is_too_old_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine_that_says(tmp_path, "3.258.0")  # the SDK would take it
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(MissingComponent, match="Run make engine"):
        find_engine()


def test_the_module_of_the_engine_names_its_version() -> None:
    assert f"github.com/pulumi/pulumi/pkg/v3 v{VERSION}" in (MODULE / "go.mod").read_text()
    assert all((module / "go.sum").exists() for module in (MODULE, HOST_MODULE))


def test_a_download_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{go_that(tmp_path, 'exit 1')}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(command, "_INSTALL", "import time; time.sleep(60)")
    monkeypatch.setattr(command, "DOWNLOAD_SECONDS", 0.2)
    said: list[str] = []
    with pytest.raises(MissingComponent, match=f"Put pulumi {VERSION} or newer on PATH"):
        get_engine(said.append)
    assert "That was not possible here." in said
    assert not (engine_root() / "bin").exists()


def test_a_cache_that_nobody_may_write_in_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/none")
    with pytest.raises(MissingComponent, match="XDG_CACHE_HOME: the engine can't be put into"):
        get_engine(print)


def test_who_ends_it_by_hand_leaves_nothing_at_work(tmp_path: Path) -> None:
    deed = (
        "import sys; from provisioning.engine.command import _run;"
        "_run(['sh', '-c', 'sleep 60 & echo $!; wait'], lambda pid: print(pid, flush=True))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", deed], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        begun = Path("/proc") / process.stdout.readline().strip()
        process.send_signal(signal.SIGINT)
        process.wait(10)
    assert not begun.exists() or "Z" in (begun / "stat").read_text().split()[2]


def test_an_engine_is_built_where_none_can_be_had_and_tells_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = f"#!/bin/sh\\necho v{VERSION}\\n"
    build = f"seq 250; mkdir -p $(dirname $7); printf '{tool}' > $7; chmod +x $7"
    monkeypatch.setenv("PATH", f"{go_that(tmp_path, build)}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(command, "_INSTALL", "raise SystemExit('no network')")
    said: list[str] = []
    assert get_engine(said.append).command == str(engine_root() / "bin" / "pulumi")
    assert [one for one in said if one.endswith("built …")] == [
        "  100 packages built …",
        "  200 packages built …",
    ]
    host = get_language_host(said.append)
    assert host.with_name(f"{host.name}-exec").read_text().startswith("#!/usr/bin/env python3")


def go_that(folder: Path, builds: str) -> Path:
    """The folder of a Go that is new enough, and for `go build` does what `builds` says."""
    go = folder / "go" / "go"
    go.parent.mkdir()
    go.write_text(f'#!/bin/sh\n[ "$1" = version ] && {{ echo go1.26.8; exit; }}\n{builds}\n')
    go.chmod(0o755)
    return go.parent


def test_folders_of_runs_are_their_owners_alone(data: Path) -> None:
    with alone("pdr-kvm", print):
        modes = {one.stat().st_mode for one in (data / "pulumi", data / "pulumi" / "locks")}
    assert {stat.S_IMODE(mode) for mode in modes} == {0o700}


def test_a_second_run_on_a_target_waits_until_the_first_has_ended() -> None:
    said: list[str] = []
    hold = (
        "from provisioning.engine.state.workspace import alone\n"
        "with alone('pdr-kvm', print, 'up of reactivation'): print('held', flush=True); input()"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=pipe, stdout=pipe, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"

        with (
            pytest.raises(Stopped, match=f"as it waited for .*{other.pid}"),
            alone("pdr-kvm", print, watch=Recorded(stop_at=0)),
        ):
            pytest.fail("it was begun")

        def say(text: str) -> None:
            said.append(text)
            other.communicate("go\n")

        with alone("pdr-kvm", say):
            (waits,) = said
            holder = f"on {socket.gethostname()} (process {other.pid}, up of reactivation, since "
            assert waits.startswith("pdr-kvm: waiting for ")
            assert holder in waits


def event(op: str, *, kind: str = "Domain", old: object = None, new: object = None) -> EngineEvent:
    urn = f"urn:pulumi:s::lumbung::lumbung:index:App$lumbung:index:{kind}::simpeg-app-1"
    parent = "urn:pulumi:s::lumbung::lumbung:index:App::SIMPEG"
    side = {
        "type": f"lumbung:index:{kind}",
        "urn": urn,
        "id": "x",
        "parent": parent,
        "provider": "",
    }
    metadata = {
        "op": op,
        "urn": urn,
        "type": f"lumbung:index:{kind}",
        "provider": "",
        "old": {**side, "inputs": old, "outputs": old} if old else None,
        "new": {**side, "inputs": new, "outputs": new} if new else None,
    }
    pre = {"metadata": metadata, "planning": True}
    return EngineEvent.from_json({"sequence": 1, "timestamp": 1, "resourcePreEvent": pre})


def test_a_step_is_told_with_app_and_changed_fields() -> None:
    listener = Listener()
    listener(event("update", old={"vcpus": 2}, new={"vcpus": 4}))
    (step,) = listener.steps
    assert (step.op, step.kind, step.name, step.app) == (
        Op.UPDATE,
        "Domain",
        "simpeg-app-1",
        "SIMPEG",
    )
    assert [(change.field, change.before, change.after) for change in step.changes] == [
        ("vcpus", 2, 4)
    ]


def test_a_step_on_a_cloud_is_told_by_what_the_engine_found_different() -> None:
    sides = [
        {"cpu": {"cores": cores}, "disks": [{"size": size}], "nodeName": node, "notes": {"a": size}}
        for cores, size, node in ((2, 20, "pve1"), (4, 40, "pve2"))
    ]
    told = event("update", kind="X", old=sides[0], new=sides[1])
    assert told.resource_pre_event is not None
    metadata = told.resource_pre_event.metadata
    metadata.type = "proxmoxve:index/vmLegacy:VmLegacy"
    kinds = {"cpu.cores": "update", "disks[0].size": "update", "nodeName": "update-replace"}
    metadata.detailed_diff = {
        path: PropertyDiff(DiffKind(kind), input_diff=True)
        for path, kind in {**kinds, "notes": "update", "disks[3].size": "add"}.items()
    }
    listener = Listener()
    listener(told)
    (step,) = listener.steps
    assert (step.kind, step.name) == ("Domain", "simpeg-app-1")
    assert [(one.field, one.before, one.after, one.replaces) for one in step.changes] == [
        ("cpu.cores", 2, 4, False),
        ("disks[0].size", 20, 40, False),
        ("disks[3].size", None, None, False),
        ("nodeName", "pve1", "pve2", True),
        ("notes", "…", "…", False),
    ]


def test_the_three_steps_of_a_replacement_count_as_one() -> None:
    listener = Listener()
    for op in ("delete-replaced", "replace", "create-replacement"):
        listener(event(op, old={"volume": "default/a"}, new={"volume": "default/b"}))
    (step,) = listener.steps
    assert step.op is Op.REPLACE
    assert step.changes[0].replaces


def test_a_refusal_of_the_program_is_told_as_it_is_and_not_by_its_trace() -> None:
    def refuse() -> None:
        raise Refused("the plan keeps satu, which the stack does not know.")

    class Engine:
        def preview(self, program: Program, **_options: object) -> None:
            try:
                program()
            except Refused as err:
                raise CommandError(CommandResult("", f"Traceback: {err}", 1)) from err

    stack = cast("Stack", Engine())
    job = cast("Job", None)  # asked for only where the engine's own words are told
    with pytest.raises(Refused, match=r"^the plan keeps satu"):
        _call(job, stack, _Asked(Action.PREVIEW), Listener(), Program(refuse))


def test_bookkeeping_is_no_step() -> None:
    listener = Listener()
    listener(event("create", kind="App", new={"machines": []}))
    assert listener.steps == ()


def test_the_provider_answers_within_the_process() -> None:
    with serving() as port:
        assert plugin_version(port) == PROVIDER_VERSION


def test_the_plugin_tells_its_port_and_answers() -> None:
    root = PLUGIN.parents[2]
    settings = {"LUMBUNG_PYTHON": sys.executable, "PYTHONPATH": str(root), "PATH": "/usr/bin:/bin"}
    plugin = [str(PLUGIN / "pulumi-resource-lumbung"), "127.0.0.1:1"]
    with subprocess.Popen(plugin, env=settings, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        assert plugin_version(port) == PROVIDER_VERSION
        process.kill()


def plugin_version(port: int) -> str:
    from google.protobuf.empty_pb2 import Empty  # type: ignore[import-untyped]  # ships no types

    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        answer = provider_pb2_grpc.ResourceProviderStub(channel).GetPluginInfo(Empty())
    return str(answer.version)


def test_a_wrong_passphrase_names_its_place_and_spares_the_state_of_real_machines(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE", raising=False)
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE_FILE", raising=False)
    told = {
        uri: str(failure("error: incorrect passphrase", Listener(), target(hypervisor=uri)))
        for uri in ("test:///default", "qemu:///system")
    }
    assert all(str(data / "pulumi" / "passphrase") in one for one in told.values())
    assert "remove its state" in told["test:///default"]
    assert "remove its state" not in told["qemu:///system"]


@pytest.mark.parametrize(
    "place",
    [
        "planted-word",
        "postgres://u:planted%word@h/db",
        "postgres://u:planted/word@h/db",
        "postgres://u:planted#word@h/db",
        "postgres://u:planted word@h/db",
        "postgres://u:planted-word@[::1/db",
    ],
)
def test_an_address_of_state_that_can_not_be_read_is_never_told(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", place)
    with (
        pytest.raises(LumbungError, match="PULUMI_BACKEND_URL: is no address") as caught,
        alone("pdr-kvm", print),
    ):
        pass
    assert "planted" not in str(caught.value)


def test_the_engines_own_words_are_told_without_its_wrapping(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", "/none")
    wrapped = "\n code: 255\n stdout: \n stderr: error: {}\n"
    told = str(failure(wrapped.format("it is so"), Listener(), target()))
    assert told == "the engine says: it is so"
    unread = "unable to read PULUMI_CONFIG_PASSPHRASE_FILE: open /none: no such file"
    told = str(failure(wrapped.format(unread), Listener(), target()))
    assert told.startswith("PULUMI_CONFIG_PASSPHRASE_FILE: the file /none can't be read. Name")

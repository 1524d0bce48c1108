"""State in files and in PostgreSQL: no secret in plain, one run at a time, known by name."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pulumi.automation import ConfigValue

from dcim.planning.document import Change, PlanDocument, encode
from dcim.vocabulary.errors import Refused
from provisioning.engine.command import find_engine
from provisioning.engine.markdown import as_markdown
from provisioning.engine.report import Action, Report, Result, as_json
from provisioning.engine.run import run
from provisioning.engine.state.checkpoint import stored_state
from provisioning.engine.state.holding import StateUnreachable
from provisioning.engine.state.protection import unprotected
from provisioning.engine.state.workspace import alone, is_at_work, open_stack
from provisioning.engine.text import as_text
from provisioning.provider.serving import serving
from tests.echo_cloud import EchoCloud
from tests.plan_documents import app_vms, document, target, vm, without_machines
from tests.setup.libvirt import Hypervisor
from tests.setup.postgresql import running_cluster

pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    pytest.mark.once,
    # Where an engine stops at an error, the SDK leaves its loop open for the collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

SECRETS = ("planted-token", "planted-password", "planted-passphrase", "planted-in-the-address")
NAME = "pdr-kvm"
LOCKS = f".pulumi/locks/organization/lumbung/{NAME}"
NUMBERS = count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The start of the address of a PostgreSQL, to which the name of a database is added."""
    with running_cluster() as url:
        start = url.replace("postgresql://lumbung@", "postgres://lumbung:planted-in-the-address@")
        yield start.rpartition("/")[0]


@pytest.fixture
def states(server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a fresh database, which the environment names as that of states."""
    name = f"states_{next(NUMBERS)}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"create database {name}".encode())
    url = f"{server}/{name}?sslmode=disable"
    monkeypatch.setenv("PULUMI_BACKEND_URL", url)
    return url


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LUMBUNG_DATA", str(tmp_path))
    return tmp_path


def cloud_plan(host: str = "iam.pdn.go.id:5000") -> PlanDocument:
    vms = (vm(addresses=("10.64.0.9/16",), change=Change.CREATE),)
    address = f"openstack://{host}/v3"
    return document(target(hypervisor=address, driver="openstack", vms=vms))


def written(data: Path, states: str) -> bytes:
    """Every byte of the folder and of the database."""
    files = b"".join(one.read_bytes() for one in sorted(data.rglob("*")) if one.is_file())
    if not states:
        return files
    with psycopg.connect(states) as connection:
        rows = connection.execute("select data ->> 'data' from pulumi_state").fetchall()
        return files + b"".join(b64decode(text) for (text,) in rows)


def told(report: Report, said: list[str]) -> str:
    return "".join((as_json(report), as_text(report), as_markdown(report), *said))


@pytest.mark.parametrize("kept", ["in files", "in PostgreSQL"])
def test_no_secret_stands_in_plan_report_log_or_state(
    kept: str, data: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    states = request.getfixturevalue("states") if kept == "in PostgreSQL" else ""
    monkeypatch.setenv("OS_TOKEN", "planted-token")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "planted-passphrase")
    said: list[str] = []
    with serving(EchoCloud()) as port:
        monkeypatch.setenv("PULUMI_DEBUG_PROVIDERS", f"openstack:{port}")
        stack = open_stack(find_engine(), NAME, provider_port=port)
        stack.set_config("openstack:password", ConfigValue("planted-password", secret=True))
        plan = cloud_plan()
        preview = run(plan, Action.PREVIEW, say=said.append)
        report = run(plan, Action.UP, say=said.append, disposable_only=False)
        if not states:
            held = stored_state(NAME)
            assert held is not None
            assert unprotected(held) == []
        moved = run(cloud_plan("iam.lain.go.id"), Action.PREVIEW)
        going = without_machines(plan, reclaims=True)
        looked = run(going, Action.PREVIEW, say=said.append)
        whole = written(data, states)
        reclaimed = run(going, Action.UP, say=said.append, disposable_only=False)
    assert "made on iam.pdn.go.id:5000, and the plan now names" in moved.targets[0].message
    assert (report.result, report.targets[0].message) == (Result.DONE, "")
    kinds = sorted((step.kind, step.name) for step in report.targets[0].steps)
    assert kinds == [("Domain", "simpeg-app-1"), ("Network", "apps"), ("Volume", "simpeg-app-1")]
    assert (looked.counts.delete, reclaimed.result) == (3, Result.DONE), reclaimed.targets[
        0
    ].message
    whole += written(data, states)
    assert b"simpeg-app-1" in whole  # so the state was among it
    assert b"#cloud-config" not in whole
    found = [one for one in SECRETS if one.encode() in whole + encode(plan)]
    assert (
        found
        + [
            one
            for one in SECRETS
            if one in told(preview, said) + told(report, said) + told(looked, said)
        ]
        == []
    )


def rehearsed(action: Action = Action.PREVIEW) -> Report:
    return run(document(target(vms=(vm(),))), action)


HOLD = (
    "import sys\n"
    "from provisioning.engine.state.workspace import alone\n"
    f"with alone('{NAME}', print, 'up of reactivation'): print('held', flush=True); input()"
)


def test_a_second_run_elsewhere_is_refused_by_name_and_the_lock_ends_with_its_holder(
    states: str, data: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = {**os.environ, "LUMBUNG_DATA": str(tmp_path_factory.mktemp("elsewhere"))}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", HOLD], env=elsewhere, stdin=pipe, stdout=pipe, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        report = rehearsed(Action.UP)
        assert is_at_work(NAME)
        other.send_signal(signal.SIGKILL)
        other.wait()
    assert report.exit_code == 3
    message = report.targets[0].message
    machine = socket.gethostname()
    assert f"on {machine} (process {other.pid}, up of reactivation, since 20" in message
    assert not (data / "rehearsal").exists()
    with alone(NAME, print):
        pass
    assert not is_at_work(NAME)


APPLY = """
import sys
from pathlib import Path
from typing import Any
from dcim.planning.document import parse
from provisioning.engine.report import Action
from provisioning.engine.run import run
plan = parse(Path(sys.argv[1]).read_bytes())
print("ready", flush=True)
input()
report = run(plan, Action.UP, disposable_only=False)
print(report.exit_code, report.counts.create, report.targets[0].message)
"""


def raced(plan: Path, folders: list[Path]) -> list[str]:
    """What runs say that apply `plan` and begin at once, each with its own data folder."""
    pipe = subprocess.PIPE
    with ExitStack() as open_runs:
        runs = [
            open_runs.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", APPLY, str(plan)],
                    env={**os.environ, "LUMBUNG_DATA": str(folder)},
                    stdin=pipe, stdout=pipe, text=True,
                )
            )
            for folder in folders
        ]  # fmt: skip
        for one in runs:
            assert one.stdout is not None
            assert one.stdout.readline() == "ready\n"
        for one in runs:
            assert one.stdin is not None
            one.stdin.write("\n")
            one.stdin.flush()
        return [one.communicate()[0] for one in runs]


@pytest.mark.parametrize("places", [("here", "here"), ("here", "elsewhere")])
def test_two_whole_applies_at_once_make_every_machine_once(
    places: tuple[str, str],
    states: str,
    hypervisor: Hypervisor,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On one machine the second waits for the first; from another it is refused by name."""
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "shared by the team")
    hypervisor.add_image("empty")
    size: dict[str, Any] = {"vcpus": 1, "memory_mib": 64, "storage_gib": 1, "image": "empty"}
    wanted = document(target(hypervisor=hypervisor.uri, vms=app_vms(4, Change.CREATE, **size)))
    plan = tmp_path / "plan.json"
    plan.write_bytes(encode(wanted))
    told = raced(plan, [tmp_path / place for place in places])
    first, second = sorted(told, key=lambda said: not said.startswith("0 9 "))
    assert first.startswith("0 9 "), first  # a network, four disks, four machines
    if places == ("here", "here"):
        assert second.startswith("0 0 "), second
    else:
        assert second.startswith("3 0 "), second
        assert "up of reactivation, since 20" in second
        assert f"holds the stack {NAME}" in second
    assert len(hypervisor.connection.listAllDomains()) == 4
    hypervisor.clear()


def test_what_killed_engines_left_is_taken_away_and_what_may_live_is_named(states: str) -> None:
    first = rehearsed(Action.UP)
    assert (first.exit_code, first.targets[0].message) == (0, "")
    lock = {"pid": 2**22 + 1, "username": "staf", "timestamp": "2026-07-01T08:00:00+08:00"}
    with psycopg.connect(states, autocommit=True) as connection:
        for machine in (socket.gethostname(), "pdr-lain"):
            content = b64encode(json.dumps({**lock, "hostname": machine}).encode()).decode()
            connection.execute(
                "insert into pulumi_state (key, data) values (%s, %s)",
                [f"{connection.info.dbname}/{LOCKS}/{machine}.json", json.dumps({"data": content})],
            )
            report = rehearsed(Action.UP)
            if machine == "pdr-lain":
                assert report.exit_code == 3
                assert "staf on pdr-lain (process" in report.targets[0].message
            else:
                assert report.exit_code == 0


def test_the_database_of_the_record_is_refused_and_an_absent_one_told(
    server: str, states: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(states, autocommit=True) as connection:
        connection.execute("create table django_migrations (id integer)")
    with pytest.raises(Refused, match="holds the record"), alone(NAME, print):
        pass
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"{server}/absent")
    with pytest.raises(StateUnreachable, match="absent") as absent, alone(NAME, print):
        pass
    assert "planted" not in str(absent.value)

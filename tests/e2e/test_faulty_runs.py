"""Faults of hypervisor, disk and input: one clear line, the right exit code, nothing half done."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import pytest
from django.utils.translation import gettext, override

from dcim.planning.document import FORMAT, Change, PlanDocument, as_is, encode
from dcim.planning.sentences import tell, told_anew
from dcim.vocabulary.choices import _
from provisioning.engine.report import Action
from provisioning.engine.run import run
from provisioning.provider import provider
from provisioning.provider.driver import Driver, HypervisorFailed
from provisioning.provider.opening import driver_for
from provisioning.provider.specs import Kind, Properties, Spec, kind_of
from tests.plan_documents import app_vms, document, target, vm
from tests.setup.rights import as_root

pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    # Where an engine stops at an error, the SDK leaves its loop open for the collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
ROOT = Path(__file__).parents[2]
GONE = "qemu+tcp://127.0.0.1:1/system"
URI = "rehearsal:faulty"


class Faulty:
    """A hypervisor that goes, or whose disk is full, from the given creation of a kind on."""

    def __init__(self, driver: Driver, kind: Kind, after: int, says: str) -> None:
        self._driver, self._kind, self._left, self._says = driver, kind, after, says

    def create(self, spec: Spec) -> None:
        if kind_of(spec) is self._kind:
            self._left -= 1
            if self._left < 0:
                told = tell(_("%(uri)s says: %(words)s."), uri=URI, words=self._says)
                raise HypervisorFailed(told, field="hypervisor")
        self._driver.create(spec)

    def read(self, kind: Kind, identity: str) -> Properties | None:
        return self._driver.read(kind, identity)

    def update(self, spec: Spec) -> None:
        self._driver.update(spec)

    def delete(self, kind: Kind, identity: str) -> None:
        self._driver.delete(kind, identity)

    def beside(self, machine: str, volume: str) -> int | None:
        return self._driver.beside(machine, volume)


def four_machines() -> PlanDocument:
    return as_is(document(target(hypervisor=URI, vms=app_vms(4, Change.KEEP))))


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (Kind.VOLUME, "cannot fill file: No space left on device"),
        (Kind.DOMAIN, "Cannot recv data: Connection reset by peer"),
    ],
    ids=["disk full", "gone"],
)
def test_a_hypervisor_that_fails_half_way_is_one_line_and_the_next_run_ends_it(
    kind: Kind, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_DATA", str(tmp_path))
    faulty = Faulty(driver_for(URI), kind, 2, says)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(provider, "driver_for", lambda _uri: faulty)
        report = run(four_machines(), Action.UP)
    (told,) = report.targets
    assert (report.exit_code, "\n" in told.message) == (1, False)
    assert f"{URI} says: {says}" in told.message
    with override("id"):  # though the engine hands on the words alone
        assert f"{URI} berkata: {says}." in told_anew(told.message, gettext)

    ended = run(four_machines(), Action.UP)
    assert ended.exit_code == 0
    assert ended.counts.same == 9 - ended.counts.create
    assert ended.counts.create <= 6  # what had been made was kept
    assert run(four_machines(), Action.PREVIEW).exit_code == 0


# Input


def plan_file(folder: Path, plan: PlanDocument | None = None) -> None:
    (folder / "plan.json").write_bytes(encode(plan or document()))


def another_version(folder: Path) -> None:
    plan_file(folder)
    told = (folder / "plan.json").read_text("utf-8")
    (folder / "plan.json").write_text(told.replace(FORMAT, "lumbung.plan/9"), "utf-8")


def made_elsewhere(folder: Path) -> None:
    """A stack that was made with a passphrase, on a disk that is there."""
    plan_file(folder)
    assert call(folder, "preview", settings={"PULUMI_CONFIG_PASSPHRASE": "right"}).returncode == 2


def on_real_one(folder: Path) -> None:
    plan_file(folder, document(target(hypervisor=GONE, vms=(vm(),))))


NO_ENGINE = {"PATH": "/usr/bin:/bin", "XDG_CACHE_HOME": "/nonexistent"}
BAD: Mapping[str, tuple[Callable[[Path], None], tuple[str, ...], dict[str, str], int, str]] = {
    "no engine": (plan_file, ("up",), NO_ENGINE, 1, "Run make engine"),
    "wrong passphrase": (
        made_elsewhere,
        ("up",),
        {"PULUMI_CONFIG_PASSPHRASE": "wrong"},
        1,
        "does not open the stack",
    ),
    "a real hypervisor": (on_real_one, ("up",), {}, 3, f"real hypervisor {GONE}"),
    "another version": (another_version, ("up",), {}, 1, "lumbung.plan/9"),
    "no such target": (plan_file, ("up", "--target", "x"), {}, 1, "Known: pdr-kvm."),
    "no plan": (lambda _folder: None, ("up",), {}, 1, "plan.json can't be read"),
    "no folder": (plan_file, ("up",), {"LUMBUNG_DATA": "/proc/none"}, 1, "can't be made"),
}


@pytest.mark.parametrize("fault", BAD)
def test_bad_input_is_one_line_and_nothing_is_begun(fault: str, tmp_path: Path) -> None:
    prepare, arguments, settings, code, reason = BAD[fault]
    prepare(tmp_path)
    before = made(tmp_path)
    done = call(tmp_path, *arguments, settings=settings)
    lines = [line for line in done.stderr.splitlines() if not line.endswith("…")]
    assert (done.returncode, len(lines)) == (code, 1), done.stderr
    assert reason in lines[0]
    assert made(tmp_path) == before


def test_a_disk_without_room_stops_a_run_before_it_begins(tmp_path: Path) -> None:
    plan_file(tmp_path)
    (tmp_path / "data").mkdir()
    small = f'mount -t tmpfs -o size=4m tmpfs {tmp_path}/data && exec "$@"'
    inside = ["unshare", "--mount", "sh", "-c", small, "sh"]
    done = call(tmp_path, "up", before=as_root(inside))
    assert done.returncode == 1
    assert "MiB left, and a run needs" in done.stderr.strip().splitlines()[-1]


def made(folder: Path) -> list[str]:
    """What stands on rehearsals."""
    return [path.read_text("utf-8") for path in (folder / "data" / "rehearsal").glob("*.json")]


def call(
    folder: Path,
    deed: str,
    *arguments: str,
    before: Sequence[str] = (),
    settings: Mapping[str, str] = MappingProxyType({}),
) -> subprocess.CompletedProcess[str]:
    plan = ["--plan", str(folder / "plan.json")]
    always = {"LUMBUNG_DATA": str(folder / "data"), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [*before, sys.executable, "-m", "provisioning", deed, *plan, *arguments],
        cwd=folder,
        env={**os.environ, **always, **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

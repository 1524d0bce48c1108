"""A hypervisor that takes calls and answers none: given up in time, in one line that names it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic

import pytest
from django.utils.translation import gettext, override

from dcim.planning.document import Change
from dcim.planning.sentences import told_anew
from provisioning.engine.report import Action, Result
from provisioning.engine.run import run
from provisioning.provider.driver import HypervisorFailed
from provisioning.provider.on_libvirt.connection import close_connection
from provisioning.provider.on_libvirt.patience import SECONDS
from provisioning.provider.opening import driver_for
from provisioning.provider.specs import Kind, NetworkSpec
from tests.plan_documents import document, target, vm
from tests.setup.libvirt import Hypervisor

pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
LIMIT_S = 2
IN_TIME_S = LIMIT_S + 6  # of a machine that is busy


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(SECONDS, str(LIMIT_S))
    monkeypatch.setenv("LUMBUNG_DATA", str(tmp_path))


def test_one_that_never_answers_ends_a_preview_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        uri = f"qemu+tcp://127.0.0.1:{mute.getsockname()[1]}/system"
        stands = document(target(hypervisor=uri, vms=(vm(change=Change.KEEP),)))
        begun = monotonic()
        report = run(stands, Action.PREVIEW)
    (told,) = report.targets
    assert (told.result, report.exit_code, told.steps) == (Result.FAILED, 1, ())
    assert f"{uri} has not answered within {LIMIT_S} s." in told.message
    assert "\n" not in told.message
    with override("id"):
        assert f"{uri} tidak menjawab dalam {LIMIT_S} dtk." in told_anew(told.message, gettext)
    assert monotonic() - begun < IN_TIME_S + 10  # the engine's own start


class Line:
    """A line to a hypervisor that can go dead: open, and nothing comes through any more."""

    def __init__(self, folder: Path, hypervisor: Hypervisor) -> None:
        self.path, self._there = folder / "line", f"{hypervisor.folder}/libvirt-sock"
        self.is_dead = False
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(self.path))
        self._server.listen()
        threading.Thread(target=self._connect, daemon=True).start()

    @property
    def uri(self) -> str:
        return f"qemu+unix:///system?socket={self.path}"

    def close(self) -> None:
        self._server.close()

    def _connect(self) -> None:
        while True:
            try:
                here, _address = self._server.accept()
            except OSError:
                return
            there = socket.socket(socket.AF_UNIX)
            there.connect(self._there)
            for one, other in ((here, there), (there, here)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with one, other, suppress(OSError):  # either end hung up
            while data := one.recv(65536):
                if not self.is_dead:
                    other.sendall(data)


@pytest.fixture
def line(hypervisor: Hypervisor, tmp_path: Path) -> Iterator[Line]:
    line = Line(tmp_path, hypervisor)
    yield line
    close_connection(line.uri)
    line.close()


def test_a_line_that_goes_dead_is_given_up_and_used_again_once_it_lives(line: Line) -> None:
    driver = driver_for(line.uri)
    before = driver.names(Kind.NETWORK)
    line.is_dead = True
    for ask in (
        lambda: driver.names(Kind.DOMAIN),  # a look, on the line that was open
        lambda: driver.read(Kind.NETWORK, "dead"),  # opening another
    ):
        begun = monotonic()
        with pytest.raises(HypervisorFailed, match=f"has not answered within {LIMIT_S} s"):
            ask()
        assert monotonic() - begun < IN_TIME_S
    line.is_dead = False
    assert driver.names(Kind.NETWORK) == before
    line.is_dead = True
    begun = monotonic()
    with pytest.raises(HypervisorFailed, match="says:"):  # a change may take long, the dead don't
        driver.create(NetworkSpec(name="dead"))
    assert monotonic() - begun < IN_TIME_S
    line.is_dead = False
    assert driver.names(Kind.NETWORK) == before

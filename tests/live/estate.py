"""Twenty services that rest on each other, stated once: written into the record, and run for real.

The record is told by the product's own actions, as people would: hosts in two pools, machines,
apps with tiers, apps that need apps. The processes are told only whom to ask (`wants`), so what
they answer is the world's word on what the record's graph foretells.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.planner.service_apps import AppDependency, ServiceApp, Workload
from dcim.vocabulary.things import Ref
from tests.factories import make
from tests.live.service import state_at

SERVICE: Final = Path(__file__).with_name("service.py")
ROOM: Final = {"cpu_cores": 32, "memory_mib": 131_072, "storage_gib": 4_000}

# Each host and its pool; the pool AWAN restarts machines on whichever host is left.
HOSTS: Final = {"h1": "TETAP", "h2": "TETAP", "h3": "AWAN", "h4": "AWAN"}
# Each machine and its host, or the pool that moves it.
MACHINES: Final = {
    "sso-1": "h1",
    "sso-2": "h2",
    "mail-1": "h1",
    "pay-1": "h1",
    "pay-2": "h2",
    "pay-3": "AWAN",
    "paydb-1": "AWAN",
    "portal-1": "h2",
    "letter-1": "AWAN",
    "archive-1": "h1",
}
# Each app and its tiers: how many of which machines.
APPS: Final[dict[str, dict[str, tuple[int, tuple[str, ...]]]]] = {
    "SSO": {"web": (1, ("sso-1", "sso-2"))},
    "MAIL": {"web": (1, ("mail-1",))},
    "PAY": {"web": (2, ("pay-1", "pay-2", "pay-3")), "db": (1, ("paydb-1",))},
    "PORTAL": {"web": (1, ("portal-1",))},
    "LETTER": {"web": (1, ("letter-1",))},
    "ARCHIVE": {"web": (1, ("archive-1",))},
}
# Letters and their archive need each other.
HARD: Final = (("PAY", "SSO"), ("PORTAL", "SSO"), ("LETTER", "ARCHIVE"), ("ARCHIVE", "LETTER"))
SOFT: Final = (("PORTAL", "MAIL"), ("PORTAL", "PAY"), ("LETTER", "PORTAL"))
REFS: Final = {
    name: Ref.parse(f"{kind}:{name}")
    for kind, names in (("host", HOSTS), ("vm", MACHINES), ("app", APPS))
    for name in names
}

Needs = list[tuple[int, list[str]]]


def write_into_record() -> None:
    """The estate as the record holds it."""
    clusters = {
        name: make(Cluster, name=name, is_ha=name == "AWAN") for name in set(HOSTS.values())
    }
    hosts = {
        name: make(Device, name=name, cluster=clusters[pool], **ROOM)
        for name, pool in HOSTS.items()
    }
    machines = {
        name: make(
            VirtualMachine,
            name=name,
            vcpus=2,
            memory_mib=4_096,
            cluster=clusters.get(place) or hosts[place].cluster,
            device=hosts.get(place),
        )
        for name, place in MACHINES.items()
    }
    apps = {code: make(ServiceApp, code=code) for code in APPS}
    for code, tiers in APPS.items():
        for name, (needed, carriers) in tiers.items():
            make(
                Workload,
                app=apps[code],
                name=name,
                virtual_machines=[machines[one] for one in carriers],
                instances_wanted=len(carriers),
                instances_needed=needed,
            )
    for hardness, pairs in (("hard", HARD), ("soft", SOFT)):
        for app, needed_app in pairs:
            make(AppDependency, app=apps[app], needs=apps[needed_app], hardness=hardness)


def wants(name: str) -> tuple[Needs, list[str]]:
    """How many of whom the process `name` asks, and whom it can do without."""
    if name in HOSTS:
        return [], []
    if name in MACHINES:
        place = MACHINES[name]
        pool = [host for host, one in HOSTS.items() if one == place]
        return [(1, pool or [place])], []
    tiers = [(needed, list(carriers)) for needed, carriers in APPS[name].values()]
    apps = [(1, [needed]) for app, needed in HARD if app == name]
    return tiers + apps, [needed for app, needed in SOFT if app == name]


class Estate:
    """The processes, each at a port of its own."""

    def __init__(self) -> None:
        waiting = {name: _listening() for name in REFS}
        self.ports = {name: one.getsockname()[1] for name, one in waiting.items()}
        self._processes = {name: self._start(name, one) for name, one in waiting.items()}

    def kill(self, names: Collection[str]) -> None:
        """End processes as a power cut does: SIGKILL, nothing is put away."""
        for name in names:
            self._processes[name].send_signal(signal.SIGKILL)
        for name in names:
            assert self._processes[name].wait() == -signal.SIGKILL

    @contextmanager
    def without(self, *names: str) -> Iterator[None]:
        """The estate while `names` are dead; after that they are started again."""
        self.kill(names)
        try:
            yield
        finally:
            for name in names:
                self._processes[name] = self._start(name, _listening(self.ports[name]))

    def states(self) -> dict[str, str]:
        """What every service answers now."""
        with ThreadPoolExecutor(4) as pool:
            return dict(zip(self.ports, pool.map(state_at, self.ports.values()), strict=True))

    def state_of(self, name: str) -> str:
        """What one service answers now."""
        return state_at(self.ports[name])

    def pids(self) -> set[int]:
        """The processes."""
        return {process.pid for process in self._processes.values()}

    def close(self) -> None:
        """Leave nothing running."""
        self.kill([name for name, process in self._processes.items() if process.poll() is None])

    def _start(self, name: str, listening: socket.socket) -> subprocess.Popen[bytes]:
        hard, soft = wants(name)
        told = json.dumps({"ports": self.ports, "hard": hard, "soft": soft})
        with listening:
            number = listening.fileno()
            command = [sys.executable, "-I", "-S", os.fspath(SERVICE), str(number), name, told]
            return subprocess.Popen(command, pass_fds=[number])


def _listening(port: int = 0) -> socket.socket:
    """A socket on which callers wait from now on, for the process that gets it."""
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind(("127.0.0.1", port))
    one.listen(64)
    return one

"""The tests' own hypervisor: apart from the machine's, and gone whatever happens to its maker."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.setup.libvirt import Hypervisor

MACHINE = """
<domain type='qemu'><name>{name}</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
<os><type>hvm</type></os></domain>
"""


def processes_of(folder: Path) -> list[str]:
    """Commands of processes that work in `folder`."""
    commands = [one.read_bytes() for one in Path("/proc").glob("[0-9]*/cmdline") if one.exists()]
    return [one.decode(errors="replace") for one in commands if str(folder).encode() in one]


@pytest.mark.slow
def test_only_marked_machines_come_back_when_the_power_does(hypervisor: Hypervisor) -> None:
    for name in ("tetap", "lupa"):
        machine = hypervisor.connection.defineXML(MACHINE.format(name=name))
        machine.setAutostart(name == "tetap")
        machine.create()
    hypervisor.start_anew()
    active = {one.name(): one.isActive() for one in hypervisor.connection.listAllDomains()}
    assert active == {"tetap": 1, "lupa": 0}
    hypervisor.clear()
    assert hypervisor.connection.listAllDomains() == []


@pytest.mark.slow
def test_nothing_outlives_a_killed_maker() -> None:
    maker = subprocess.Popen(
        [sys.executable, "-m", "tests.setup.libvirt"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert maker.stdout is not None
    folder = Path(maker.stdout.readline().rpartition("=")[2].strip()).parent
    assert processes_of(folder)
    maker.kill()
    maker.communicate()
    until = time.monotonic() + 10
    while processes_of(folder) and time.monotonic() < until:
        time.sleep(0.05)
    left = processes_of(folder)
    subprocess.run(["rm", "-rf", str(folder)], check=False)
    assert left == []

"""A hypervisor of the tests' own: libvirt and QEMU in a folder of their own, gone with the tests.

It runs in namespaces of its own. Mounts: libvirt's folders are ours; the machine's are not seen.
Network: its bridges and ranges meet neither the machine's nor those of tests that run beside it.
Processes: when the first one ends, every machine and daemon ends with it; and it ends when the pipe
that its maker holds closes, so that not even a killed test run leaves a machine behind. Machines
are emulated (TCG) everywhere, whether the computer could do better or not.

    with running_hypervisor() as hypervisor:
        connection = libvirt.open(hypervisor.uri)
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.setup.rights import as_root

if TYPE_CHECKING:
    import libvirt

START_S: Final = 60
POOL: Final = "default"
FOLDERS: Final = {
    "etc": "/etc/libvirt",
    "lib": "/var/lib/libvirt",
    "log": "/var/log/libvirt",
    "cache": "/var/cache/libvirt",
}
# root: a user of QEMU's own who may not open what it probes makes every call take minutes.
QEMU: Final = """\
user = "root"
group = "root"
security_driver = "none"
dynamic_ownership = 0
remember_owner = 0
namespaces = []
cgroup_controllers = []
stdio_handler = "file"
"""
LIBVIRTD: Final = """\
unix_sock_dir = "{folder}"
unix_sock_rw_perms = "0777"
auth_unix_rw = "none"
auth_unix_ro = "none"
"""
# Without kvm. It must not be there at all: libvirt would probe QEMU anew in each call.
DEVICES: Final = ("null", "zero", "full", "random", "urandom", "tty", "shm", "net")
# `wait` also buries the daemons that libvirt leaves to the first process.
FIRST_PROCESS: Final = """\
set -e
exec 3<&0
read -r pid rest < /proc/self/stat
mount --make-rprivate /
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
{mounts}
{devices}
ip link set lo up
libvirtd --config {folder}/libvirtd.conf --pid-file {folder}/libvirtd.pid 3<&- &
echo "$pid" > {folder}/pid.new; mv {folder}/pid.new {folder}/pid
cat <&3 > /dev/null &
wait $!
"""


class Hypervisor:
    """A libvirtd with QEMU. `uri` is good as long as it stands, also across `start_anew`."""

    pool: Final = POOL

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.uri = f"qemu+unix:///system?socket={folder}/libvirt-sock"
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: libvirt.virConnect | None = None

    @property
    def connection(self) -> libvirt.virConnect:
        """A connection that lives, for looking and for changes by hand."""
        import libvirt

        if self._connection is None or not self._connection.isAlive():
            self._connection = libvirt.open(self.uri)
        return self._connection

    def start(self) -> None:
        """Start the daemon; machines marked for autostart come up with it."""
        for stale in ("libvirt-sock", "pid"):
            (self.folder / stale).unlink(missing_ok=True)
        with (self.folder / "output.log").open("ab") as log:
            self._process = subprocess.Popen(
                as_root(["unshare", "--mount", "--net", "--pid", "--fork",
                         "sh", "-c", _first_process(self.folder)]),
                stdin=subprocess.PIPE, stdout=log, stderr=log,
            )  # fmt: skip
        self._wait()

    def cut_power(self) -> None:
        """Everything stops at once, machines too; what is defined, and the disks, stay."""
        if self._connection is not None:
            with suppress(Exception):  # whatever libvirt says of a connection that is cut
                self._connection.close()
            self._connection = None
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait(START_S)
            self._process = None

    def start_anew(self) -> None:
        """The power fails and comes back: only machines marked for autostart run again."""
        self.cut_power()
        self.start()

    def clear(self) -> None:
        """Remove every machine, network and volume, but for the images that `add_image` made."""
        import libvirt

        for domain in self.connection.listAllDomains():
            if domain.isActive():
                domain.destroy()
            domain.undefineFlags(libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE)
        for network in self.connection.listAllNetworks():
            if network.isActive():
                network.destroy()
            network.undefine()
        pool = self.connection.storagePoolLookupByName(POOL)
        pool.refresh()
        for volume in pool.listAllVolumes():
            if not (self.folder / "images" / volume.name()).exists():
                volume.delete()

    def add_image(self, name: str, disk: Path | None = None) -> None:
        """An image in the pool that volumes can be made from: `disk`, or one with nothing on it."""
        image = self.folder / "pool" / name
        command = ["qemu-img", "create", "-q", "-f", "qcow2", str(image), "64M"]
        if disk is not None:
            command = ["qemu-img", "convert", "-O", "qcow2", str(disk), str(image)]
        subprocess.run(command, check=True)
        (self.folder / "images" / name).touch()
        self.connection.storagePoolLookupByName(POOL).refresh()

    def run_inside(self, command: Sequence[str], seconds: float = 60) -> str:
        """What `command` answers where the machines are: their networks are seen only there."""
        pid = (self.folder / "pid").read_text().strip()
        inside = as_root(["nsenter", "--target", pid, "--net", *command])
        done = subprocess.run(inside, capture_output=True, text=True, timeout=seconds, check=False)
        if done.returncode != 0:
            raise AssertionError(f"{command[0]} ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def ask(self, url: str, seconds: float = 60) -> str:
        """The body of `url`, asked from the host on which the machines run, until it answers."""
        words = ["curl", "-sS", "--fail", "--noproxy", "*", "--max-time", "5"]
        until = time.monotonic() + seconds
        while True:
            try:
                return self.run_inside([*words, url])
            except AssertionError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.3)

    def _wait(self) -> None:
        until = time.monotonic() + START_S
        while not ((self.folder / "pid").exists() and self._listens()):
            if self._process is None or self._process.poll() is not None:
                raise SystemExit(f"libvirtd did not start: {self._said()}")
            if time.monotonic() > until:
                raise SystemExit(f"libvirtd was not ready in {START_S} s: {self._said()}")
            time.sleep(0.05)

    def _listens(self) -> bool:
        """Whether a call is taken: the socket stands a moment before."""
        with socket.socket(socket.AF_UNIX) as caller, suppress(OSError):
            caller.connect(str(self.folder / "libvirt-sock"))
            return True
        return False

    def _said(self) -> str:
        return (self.folder / "output.log").read_text(errors="replace")[-2_000:]


@contextmanager
def running_hypervisor() -> Iterator[Hypervisor]:
    """A hypervisor with an empty pool called default, stopped and removed after the block."""
    # In /tmp whatever TMPDIR says: the address of a socket has room for 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="lumbung-qemu-", dir="/tmp"))
    _prepare(folder)
    hypervisor = Hypervisor(folder)
    try:
        hypervisor.start()
        _make_pool(hypervisor)
        yield hypervisor
    finally:
        hypervisor.cut_power()
        subprocess.run(as_root(["rm", "-rf", str(folder)]), check=False)


def is_installed() -> bool:
    """Whether libvirtd, QEMU and what starts them are there."""
    search = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    programs = ("libvirtd", "qemu-system-x86_64", "qemu-img", "unshare", "nsenter", "ip", "curl")
    return all(shutil.which(program, path=search) for program in programs)


def _prepare(folder: Path) -> None:
    folder.chmod(0o755)
    for name in (*FOLDERS, "lib/dnsmasq", "pool", "images"):
        (folder / name).mkdir()
    (folder / "etc" / "qemu.conf").write_text(QEMU)
    (folder / "libvirtd.conf").write_text(LIBVIRTD.format(folder=folder))


def _first_process(folder: Path) -> str:
    mounts = "\n".join(
        f"mkdir -p {place}; mount --bind {folder}/{name} {place}" for name, place in FOLDERS.items()
    )
    devices = "mkdir /run/dev; " + "\n".join(
        f"if [ -d /dev/{name} ]; then mkdir /run/dev/{name}; else : > /run/dev/{name}; fi; "
        f"mount --rbind /dev/{name} /run/dev/{name}"
        for name in DEVICES
    )
    devices += """
mkdir /run/dev/pts; mount -t devpts -o ptmxmode=0666 devpts /run/dev/pts
ln -s pts/ptmx /run/dev/ptmx; ln -s /proc/self/fd /run/dev/fd; mount --rbind /run/dev /dev"""
    return FIRST_PROCESS.format(folder=folder, mounts=mounts, devices=devices)


def _make_pool(hypervisor: Hypervisor) -> None:
    pool = hypervisor.connection.storagePoolDefineXML(
        f"<pool type='dir'><name>{POOL}</name>"
        f"<target><path>{hypervisor.folder}/pool</path></target></pool>"
    )
    pool.create()
    pool.setAutostart(1)


if __name__ == "__main__":
    with running_hypervisor() as here:
        print(f"{here.uri}\nEnter ends it and everything on it.", flush=True)
        sys.stdin.readline()

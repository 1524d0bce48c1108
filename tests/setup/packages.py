"""System packages that the tests need and a run does not; installs only what is missing.

    python -m tests.setup.packages            install what is missing
    python -m tests.setup.packages --list     say what is missing, install nothing

Standard library only: it runs before the development lock is installed, which builds libvirt-python
against the headers that this brings.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.setup import browser, guest, libvirt, postgresql
from tests.setup.rights import root_prefix


@dataclass(frozen=True, slots=True)
class Need:
    """A component, how to see that it is there, and the packages of Debian's that bring it."""

    name: str
    is_present: Callable[[], bool]
    packages: tuple[str, ...]


def has_libvirt_headers() -> bool:
    """Whether libvirt-python can find what it builds against."""
    if shutil.which("pkg-config") is None:
        return False
    return subprocess.run(["pkg-config", "--exists", "libvirt"], check=False).returncode == 0


def has_python_headers() -> bool:
    """Whether extension modules can be built for this Python."""
    return Path(sysconfig.get_path("include"), "Python.h").exists()


def has_browser() -> bool:
    """Whether a Chromium is there, or will be: on Ubuntu `tests.setup.browser` brings it."""
    return browser.on_path() is not None or "ID=ubuntu" in _release()


PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
NEEDS = (
    Need("a C compiler", lambda: shutil.which("cc") is not None, ("gcc", "libc6-dev")),
    Need("Python's headers", has_python_headers, (f"{PYTHON}-dev",)),
    Need("libvirt's library and headers", has_libvirt_headers, ("libvirt-dev", "pkg-config")),
    Need("gettext", lambda: shutil.which("msgfmt") is not None, ("gettext",)),
    Need(
        "libvirt's daemon and QEMU",
        libvirt.is_installed,
        (
            "libvirt-daemon-system",
            "libvirt-daemon-driver-qemu",
            "qemu-system-x86",
            "qemu-utils",
            "iproute2",
            "iptables",
            "curl",
        ),
    ),
    Need("what makes a disk that boots", guest.are_programs_there, guest.PACKAGES),
    Need("PostgreSQL", lambda: postgresql.programs() is not None, ("postgresql",)),
    Need("Chromium", has_browser, ("chromium",)),
    # Without its window: 240 MiB installed.
    Need(
        "LibreOffice",
        lambda: shutil.which("soffice") is not None,
        ("libreoffice-writer-nogui", "libreoffice-calc-nogui"),
    ),
    # Papers are looked at as pictures.
    Need("Poppler", lambda: shutil.which("pdftoppm") is not None, ("poppler-utils",)),
)


def missing() -> list[Need]:
    """The needs that this machine does not meet."""
    return [need for need in NEEDS if not need.is_present()]


def commands(needs: Sequence[Need]) -> list[list[str]]:
    """What a person would type, as root, to meet `needs`."""
    packages = [package for need in needs for package in need.packages]
    return [
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages],
    ]


def install(needs: Sequence[Need]) -> None:
    """Install `needs` with apt, as root or through sudo.

    Raises: SystemExit with the exact command where neither is possible.
    """
    prefix = root_prefix()
    by_hand = " && ".join(shlex.join(["sudo", *command]) for command in commands(needs))
    if shutil.which("apt-get") is None or prefix is None:
        raise SystemExit(f"The tests need {_names(needs)}. Run: {by_hand}")
    print(f"Installing {_names(needs)} with apt", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in commands(needs):
        if subprocess.run([*prefix, *command], env=environment, check=False).returncode != 0:
            raise SystemExit(f"{command[0]} failed, its own words are above. Run: {by_hand}")


def main(arguments: Sequence[str]) -> int:
    """Install what is missing, or only list it."""
    needs = missing()
    if "--list" in arguments:
        print("\n".join(need.name for need in needs) or "nothing is missing")
    elif needs:
        install(needs)
        still = missing()
        if still:
            raise SystemExit(f"Installed, yet not found: {_names(still)}.")
    return 0


def _names(needs: Sequence[Need]) -> str:
    return ", ".join(need.name for need in needs)


def _release() -> str:
    path = Path("/etc/os-release")
    return path.read_text() if path.exists() else ""


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

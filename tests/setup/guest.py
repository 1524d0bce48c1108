"""A disk that boots: Debian's or Ubuntu's kernel and busybox, for tests that ask a real guest.

    python -m tests.setup.guest     fetch the kernel into the user's cache, once

The kernel's package is unpacked, never installed. The guest does what cloud-init would do: it looks
for the CD called cidata, takes name and addresses from it, and answers HTTP with its name. Standard
library only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

PACKAGES: Final = ("syslinux", "mtools", "dosfstools", "busybox-static", "kmod")
PROGRAMS: Final = ("syslinux", "mcopy", "mkfs.fat", "busybox", "depmod")
METAPACKAGES: Final = ("linux-image-cloud-amd64", "linux-image-virtual")  # Debian's, Ubuntu's
NEEDED: Final = ("virtio_pci", "virtio_net", "virtio_scsi", "sr_mod", "isofs")
SIZE_MIB: Final = 48
BOOT: Final = """\
default guest
label guest
  kernel vmlinuz
  initrd initrd
  append console=ttyS0 quiet panic=1
"""
INIT: Final = """\
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
while read -r module; do insmod "/modules/$module"; done < /modules/order
n=0
until mount -t iso9660 -o ro /dev/sr0 /seed 2>/dev/null || [ $n -gt 50 ]; do
  sleep 0.2; n=$((n+1))
done
name=$(sed 's/.*"local-hostname": "\\([^"]*\\)".*/\\1/' /seed/meta-data)
address=$(grep -o '"addresses": \\["[^"]*' /seed/network-config | head -n 1 | sed 's/.*"//')
hostname "$name"
ip link set lo up; ip link set eth0 up; ip address add "$address" dev eth0
hostname > /www/index.html
echo "guest $name answers on $address" > /dev/ttyS0
exec httpd -f -p 80 -h /www
"""


def are_programs_there() -> bool:
    """Whether a disk can be made."""
    search = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    return all(shutil.which(program, path=search) for program in PROGRAMS)


def kernel_folder() -> Path:
    """Where the unpacked kernel lies."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "lumbung" / "guest-kernel"


def fetch_kernel() -> None:
    """Unpack the newest kernel for virtual machines, and its modules, when none is there."""
    folder = kernel_folder()
    if folder.exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        names = _packages()
        print(f"Fetching {', '.join(names)} for the guest of the tests", flush=True)
        _run(["apt-get", "download", "-qq", *names], place)
        new = Path(place, "new")
        for package in Path(place).glob("*.deb"):
            _run(["dpkg-deb", "-x", str(package), str(new)], place)
        new.rename(folder)


def make_disk(folder: Path) -> Path:
    """A disk, in `folder`, from which a machine boots.

    Raises: SystemExit with the command that brings what is missing.
    """
    kernel = kernel_folder()
    if not kernel.exists():
        raise SystemExit("The guest's kernel is missing. Run: make test-setup")
    (vmlinuz,) = kernel.glob("boot/vmlinuz-*")
    disk = folder / "guest.img"
    with disk.open("wb") as file:
        file.truncate(SIZE_MIB * 2**20)
    (folder / "syslinux.cfg").write_text(BOOT)
    _run(["mkfs.fat", "-n", "GUEST", str(disk)], folder)
    initrd = _initrd(folder, vmlinuz.name.removeprefix("vmlinuz-"))
    for source, name in ((vmlinuz, "vmlinuz"), (initrd, "initrd"), (folder / "syslinux.cfg", "")):
        _run(["mcopy", "-i", str(disk), str(source), f"::{name}"], folder)
    _run(["syslinux", "--install", str(disk)], folder)
    return disk


def _initrd(folder: Path, version: str) -> Path:
    root = folder / "root"
    for name in ("bin", "dev", "proc", "sys", "seed", "www", "modules"):
        (root / name).mkdir(parents=True)
    busybox = shutil.which("busybox")
    shutil.copy(str(busybox), root / "bin" / "busybox")
    (root / "init").write_text(INIT)
    (root / "init").chmod(0o755)
    order = _copy_modules(root / "modules", version)
    (root / "modules" / "order").write_text("".join(f"{name}\n" for name in order))
    initrd = folder / "initrd"
    pack = "find . | busybox cpio -o -H newc > ../initrd"
    _run(["sh", "-c", pack], root)
    return initrd


def _copy_modules(to: Path, version: str) -> list[str]:
    """The modules that the guest needs and the kernel does not carry, in the order of loading."""
    base = kernel_folder()
    modules = next(one for one in (base / "usr/lib/modules", base / "lib/modules") if one.exists())
    if modules.parts[-3] == "usr" and not (base / "lib").exists():
        (base / "lib").symlink_to("usr/lib")
    _run(["depmod", "-b", str(base), version], to)
    lines = (modules / version / "modules.dep").read_text().splitlines()
    needs = {path: rest.split() for path, _, rest in (line.partition(":") for line in lines)}
    by_name = {_name(path): path for path in needs}
    order: list[str] = []
    for name in NEEDED:
        if name in by_name:  # else the kernel has it built in
            for path in (*reversed(needs[by_name[name]]), by_name[name]):
                if path not in order:
                    order.append(path)
    for path in order:
        _unpack(modules / version / path, to / f"{_name(path)}.ko")
    return [f"{_name(path)}.ko" for path in order]


def _name(path: str) -> str:
    return Path(path).name.partition(".")[0].replace("-", "_")


def _unpack(module: Path, to: Path) -> None:
    """Ubuntu compresses its modules."""
    if module.suffix == ".ko":
        shutil.copy(module, to)
        return
    program = {".zst": "zstd", ".xz": "xz"}[module.suffix]
    with to.open("wb") as file:
        subprocess.run([program, "-dc", str(module)], stdout=file, check=True)


def _packages() -> list[str]:
    """The kernel's package that a metapackage stands for, and that of its modules where apart."""
    for name in METAPACKAGES:
        kernel = [one for one in _depends(name) if one.startswith("linux-image-")]
        if kernel:
            modules = [one for one in _depends(kernel[0]) if one.startswith("linux-modules-")]
            return [kernel[0], *modules]
    raise SystemExit(f"apt knows neither {' nor '.join(METAPACKAGES)}. Run: sudo apt-get update")


def _depends(package: str) -> list[str]:
    command = ["apt-cache", "depends", "--no-recommends", "--no-suggests", package]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    words = [line.split() for line in done.stdout.splitlines()]
    return [line[-1] for line in words if line and line[0].endswith("Depends:")]


def _run(command: list[str], folder: Path | str) -> None:
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise SystemExit(f"{command[0]} failed:\n{done.stdout}")


if __name__ == "__main__":
    fetch_kernel()

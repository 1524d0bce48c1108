"""libvirt's XML of machines from specs and back: pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

from provisioning.provider.on_libvirt.marks import TAGS, mac_of, mark, notes_in, notes_of, uuid_of
from provisioning.provider.specs import DomainSpec, Kind, Plain

VCPU_ROOM: Final = 2
"""A machine is made so that it can run with so many times its vCPUs without a restart."""

MOST_VCPUS: Final = 128
"""The room ends here: beyond, machines need an interrupt controller that ours do not have."""

SEED: Final = "-seed.iso"


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk of a machine: what the guest calls it, and POOL/VOLUME or the path of a file."""

    device: str
    source: str


def domain_xml(spec: DomainSpec, machine: str) -> str:
    """A domain of type `machine` (kvm, qemu or test) with one disk and at most one interface."""
    root = ET.Element("domain", type=machine)
    ET.SubElement(root, "name").text = spec.name
    ET.SubElement(root, "uuid").text = uuid_of(Kind.DOMAIN, spec.name)
    mark(root, notes_of(spec))
    ET.SubElement(root, "memory")
    ET.SubElement(root, "vcpu")
    ET.SubElement(ET.SubElement(root, "os"), "type").text = "hvm"
    features = ET.SubElement(root, "features")
    ET.SubElement(features, "acpi")  # without it a guest can't be asked to shut down
    ET.SubElement(features, "apic")
    if machine == "kvm":
        ET.SubElement(root, "cpu", mode="host-model")
    _describe_devices(ET.SubElement(root, "devices"), spec, machine)
    _size(root, spec, room=1 if machine == "test" else VCPU_ROOM)
    return ET.tostring(root, encoding="unicode")


def _describe_devices(devices: ET.Element, spec: DomainSpec, machine: str) -> None:
    pool, _, volume = spec.volume.partition("/")
    disk = ET.SubElement(devices, "disk", type="volume", device="disk")
    ET.SubElement(disk, "driver", name="qemu", type="qcow2")
    ET.SubElement(disk, "source", pool=pool, volume=volume)
    ET.SubElement(disk, "target", dev="vda", bus="virtio")
    if spec.network:
        _add_interface(devices, spec.name, spec.network)
    if machine != "test":
        _add_seed(devices, pool, seed_name(spec.name))
        ET.SubElement(ET.SubElement(devices, "serial", type="pty"), "target", port="0")
        rng = ET.SubElement(devices, "rng", model="virtio")
        ET.SubElement(rng, "backend", model="random").text = "/dev/urandom"


def seed_name(machine: str) -> str:
    """The volume with the CD that the machine reads at its first start, beside its disk."""
    return f"{machine}{SEED}"


def _add_seed(devices: ET.Element, pool: str, volume: str) -> None:
    disk = ET.SubElement(devices, "disk", type="volume", device="cdrom")
    ET.SubElement(disk, "driver", name="qemu", type="raw")
    ET.SubElement(disk, "source", pool=pool, volume=volume)
    ET.SubElement(disk, "target", dev="sda", bus="scsi")
    ET.SubElement(disk, "readonly")
    # Kernels made for clouds know this one only.
    ET.SubElement(devices, "controller", type="scsi", index="0", model="virtio-scsi")


def _add_interface(devices: ET.Element, name: str, network: str) -> None:
    interface = ET.SubElement(devices, "interface", type="network")
    ET.SubElement(interface, "mac", address=mac_of(name))
    ET.SubElement(interface, "source", network=network)
    ET.SubElement(interface, "model", type="virtio")


def edited(xml: str, spec: DomainSpec) -> str:
    """The machine of `xml` as `spec` wants it; what a spec does not speak of stays."""
    root = ET.fromstring(xml)  # noqa: S314  # from the hypervisor that we drive
    mark(root, notes_of(spec))
    _size(root, spec)
    _connect(root, spec)
    return ET.tostring(root, encoding="unicode")


def _size(root: ET.Element, spec: DomainSpec, room: int = 1) -> None:
    """Sets vCPUs and memory; the most that they may become while it runs is never lowered."""
    seen = _sizes(root)
    if seen.vcpus != spec.vcpus:
        most = max(spec.vcpus, seen.vcpus_max, min(room * spec.vcpus, MOST_VCPUS))
        _set_vcpus(root, spec.vcpus, most, is_same_most=most == seen.vcpus_max)
    if seen.memory_mib != spec.memory_mib:
        has_room = seen.memory_max_mib > seen.memory_mib
        most = max(spec.memory_mib, seen.memory_max_mib) if has_room else spec.memory_mib
        for tag, amount in (("memory", most), ("currentMemory", spec.memory_mib)):
            element = _child(root, tag)
            element.set("unit", "MiB")
            element.text = str(amount)


def _set_vcpus(root: ET.Element, vcpus: int, most: int, *, is_same_most: bool) -> None:
    """A list of single vCPUs, and sockets and cores of another number, would contradict."""
    element, singles, cpu = _child(root, "vcpu"), root.find("vcpus"), root.find("cpu")
    element.set("current", str(vcpus))
    element.text = str(most)
    if singles is not None:
        root.remove(singles)
    topology = None if cpu is None or is_same_most else cpu.find("topology")
    if cpu is not None and topology is not None:
        cpu.remove(topology)


def _connect(root: ET.Element, spec: DomainSpec) -> None:
    """Moves the first interface to the network of `spec`, adds or takes it away.

    Notes: a machine that hangs on it already, by whichever interface, is left alone.
    """
    devices = root.find("devices")
    if devices is None or _network(root) == spec.network or spec.network in _networks(root):
        return
    interface = devices.find("interface")
    if interface is None and spec.network:
        _add_interface(devices, spec.name, spec.network)
    elif interface is not None and not spec.network:
        devices.remove(interface)
    elif interface is not None:
        interface.set("type", "network")
        source = _child(interface, "source")
        source.attrib.clear()
        source.set("network", spec.network or "")


def domain_seen(xml: str) -> dict[str, Plain]:
    """What a domain's XML shows: everything but whether it runs, and the room for more."""
    root = ET.fromstring(xml)  # noqa: S314  # from the hypervisor that we drive
    sizes, among = _sizes(root), _networks(root)
    return {
        "name": root.findtext("name"),
        "vcpus": sizes.vcpus,
        "memory_mib": sizes.memory_mib,
        "volume": next((disk.source for disk in disks_of(xml)), ""),
        "network": _network(root),
        **({"networks": [*among]} if len(among) > 1 else {}),
        **_notes_seen(root),
        "vcpus_max": sizes.vcpus_max,
        "memory_max_mib": sizes.memory_max_mib,
    }


def _notes_seen(root: ET.Element) -> dict[str, Plain]:
    """What the mark says; a machine without one says nothing of this."""
    notes = notes_in(root)
    if notes is None:
        return {}
    addresses: list[Plain] = [*notes.get("addresses", "").split()]
    return {"addresses": addresses, **{name: notes.get(name, "") for name in TAGS}}


def networks_used(xml: str) -> set[str]:
    """The networks that a domain's interfaces hang on."""
    sources = ET.fromstring(xml).findall("devices/interface/source")  # noqa: S314  # as above
    return {source.get("network", "") for source in sources}


def disks_of(xml: str) -> list[Disk]:
    """A domain's disks in order, without what is only read from (CD)."""
    disks = ET.fromstring(xml).findall("devices/disk")  # noqa: S314  # as above
    return [_disk(disk) for disk in disks if disk.get("device", "disk") == "disk"]


def files_of(xml: str) -> list[str]:
    """What stands behind all its disks, CDs too."""
    disks = ET.fromstring(xml).findall("devices/disk")  # noqa: S314  # as above
    return [_disk(disk).source for disk in disks]


def _disk(disk: ET.Element) -> Disk:
    source, target = disk.find("source"), disk.find("target")
    there = {} if source is None else source.attrib
    place = (
        f"{there.get('pool')}/{there['volume']}"
        if "volume" in there
        else there.get("file") or there.get("dev") or ""
    )
    return Disk("" if target is None else target.get("dev", ""), place)


def _network(root: ET.Element) -> str | None:
    source = root.find("devices/interface/source")
    return None if source is None else source.get("network")


def _networks(root: ET.Element) -> list[str]:
    """The networks of all its interfaces, in their order."""
    sources = root.findall("devices/interface/source")
    return [name for one in sources if (name := one.get("network"))]


@dataclass(frozen=True, slots=True)
class _Sizes:
    vcpus: int
    vcpus_max: int
    memory_mib: int
    memory_max_mib: int


def _sizes(root: ET.Element) -> _Sizes:
    vcpu, memory = root.find("vcpu"), _mib(root.find("memory"))
    most = int((vcpu.text or "0") if vcpu is not None else "0")
    now = int(vcpu.get("current", most)) if vcpu is not None else 0
    current = root.find("currentMemory")
    return _Sizes(now, most, memory if current is None else _mib(current), memory)


_KIB: Final = {"KiB": 1, "k": 1, "MiB": 1024, "M": 1024, "GiB": 1024**2, "G": 1024**2}


def _mib(memory: ET.Element | None) -> int:
    """libvirt answers in KiB, whatever unit it was told."""
    if memory is None or not memory.text:
        return 0
    return int(memory.text) * _KIB[memory.get("unit", "KiB")] // 1024


def _child(parent: ET.Element, tag: str) -> ET.Element:
    """The element of this name, made when missing."""
    element = parent.find(tag)
    return ET.SubElement(parent, tag) if element is None else element

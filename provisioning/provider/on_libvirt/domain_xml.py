"""libvirt's XML of machines from specs and back: pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

from provisioning.provider.on_libvirt.editing import editing
from provisioning.provider.on_libvirt.interfaces import (
    add_interface,
    connect,
    network_meant,
    networks_of,
    noted,
)
from provisioning.provider.on_libvirt.marks import TAGS, mark, notes_in, notes_of, uuid_of
from provisioning.provider.on_libvirt.sizes import VCPU_ROOM, resize, sizes_of
from provisioning.provider.specs import DomainSpec, Kind, Plain

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
    resize(root, spec, room=1 if machine == "test" else VCPU_ROOM)
    return ET.tostring(root, encoding="unicode")


def _describe_devices(devices: ET.Element, spec: DomainSpec, machine: str) -> None:
    pool, _, volume = spec.volume.partition("/")
    disk = ET.SubElement(devices, "disk", type="volume", device="disk")
    ET.SubElement(disk, "driver", name="qemu", type="qcow2")
    ET.SubElement(disk, "source", pool=pool, volume=volume)
    ET.SubElement(disk, "target", dev="vda", bus="virtio")
    if spec.network:
        add_interface(devices, spec.name, spec.network)
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


def edited(xml: str, spec: DomainSpec, before: str = "") -> str:
    """The machine of `xml` as `spec` wants it; what a spec does not speak of stays.

    Args:
        xml: As it is defined, secrets and all.
        spec: What it is to be.
        before: The network that the plan spoke of before, to tell one of several interfaces.
    """
    with editing(xml) as root:
        resize(root, spec)
        connect(root, spec, before)
        mark(root, noted(root, spec))
        return ET.tostring(root, encoding="unicode")


def notes_for(xml: str, spec: DomainSpec) -> dict[str, str]:
    """What the mark of the machine of `xml` is to say."""
    return noted(ET.fromstring(xml), spec)  # noqa: S314  # from the hypervisor that we drive


def domain_seen(xml: str) -> dict[str, Plain]:
    """What a domain's XML shows: everything but whether it runs, and the room for more."""
    root = ET.fromstring(xml)  # noqa: S314  # from the hypervisor that we drive
    sizes, among = sizes_of(root), networks_of(root)
    disks = [disk.source for disk in disks_of(xml)]
    return {
        "name": root.findtext("name"),
        "vcpus": sizes.vcpus,
        "memory_mib": sizes.memory_mib,
        "volume": next(iter(disks), ""),
        "network": network_meant(root),
        **({"networks": [*among]} if len(among) > 1 else {}),
        **({"disks": [*disks]} if len(disks) > 1 else {}),
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
    """The networks and bridges that a domain's interfaces hang on."""
    sources = ET.fromstring(xml).findall("devices/interface/source")  # noqa: S314  # as above
    return {source.get(one, "") for source in sources for one in ("network", "bridge")} - {""}


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

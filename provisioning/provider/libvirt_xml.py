"""libvirt's XML from specs and back: pure functions, without libvirt itself.

Identity travels in the XML: UUID and MAC address are derived from the name, so that the same plan
always makes the same machine; tags (app, owner, allocation) and addresses are kept as metadata in a
namespace of our own.
"""

from __future__ import annotations

import uuid
from hashlib import sha256
from ipaddress import ip_interface, ip_network
from typing import Final
from xml.etree import ElementTree as ET

from provisioning.provider.specs import DomainSpec, Kind, NetworkSpec, Plain, VolumeSpec

METADATA: Final = "urn:lumbung:vm:1"
TAGS: Final = ("app", "owner", "allocation")
_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, METADATA)
ET.register_namespace("lumbung", METADATA)


def uuid_of(kind: Kind, name: str) -> str:
    """The UUID that only we give to the thing of this kind and name."""
    return str(uuid.uuid5(_NAMESPACE, f"{kind}/{name}"))


def network_xml(spec: NetworkSpec) -> str:
    """libvirt's description of a network; on a bridge, the host's bridge has the network's name."""
    root = ET.Element("network")
    _text(root, "name", spec.name)
    _text(root, "uuid", uuid_of(Kind.NETWORK, spec.name))
    if spec.mode != "isolated":
        ET.SubElement(root, "forward", mode=spec.mode)
    if spec.mode == "bridge":
        _describe_bridge(root, spec)
    elif spec.cidr:
        first = ip_network(spec.cidr)[1]
        prefix = spec.cidr.rpartition("/")[2]
        ET.SubElement(root, "ip", address=str(first), prefix=prefix, family=f"ipv{first.version}")
    return ET.tostring(root, encoding="unicode")


def _describe_bridge(root: ET.Element, spec: NetworkSpec) -> None:
    ET.SubElement(root, "bridge", name=spec.name)
    if spec.vlan:
        group = ET.SubElement(root, "portgroup", name=f"vlan-{spec.vlan}", default="yes")
        ET.SubElement(ET.SubElement(group, "vlan"), "tag", id=str(spec.vlan))


def network_seen(xml: str) -> dict[str, Plain]:
    """What a network's XML shows: range and tag only in the modes that carry them."""
    root = ET.fromstring(xml)  # noqa: S314  # from the hypervisor that we drive
    forward = root.find("forward")
    seen: dict[str, Plain] = {"name": root.findtext("name")}
    seen["mode"] = "isolated" if forward is None else forward.get("mode", "nat")
    if seen["mode"] == "bridge":
        tag = root.find("portgroup/vlan/tag")
        return {**seen, "vlan": None if tag is None else int(tag.get("id", "0"))}
    return {**seen, "cidr": _cidr_of(root.find("ip"))}


def _cidr_of(ip: ET.Element | None) -> str | None:
    if ip is None:
        return None
    width = ip.get("prefix") or ip.get("netmask") or "32"
    return str(ip_interface(f"{ip.get('address')}/{width}").network)


def volume_xml(spec: VolumeSpec, image_path: str = "") -> str:
    """A sparse qcow2 volume, on top of the image at `image_path` where there is one."""
    root = ET.Element("volume")
    _text(root, "name", spec.name)
    _text(root, "capacity", str(spec.size_gib), unit="GiB")
    _text(root, "allocation", "0")
    ET.SubElement(ET.SubElement(root, "target"), "format", type="qcow2")
    if image_path:
        backing = ET.SubElement(root, "backingStore")
        _text(backing, "path", image_path)
        ET.SubElement(backing, "format", type="qcow2")
    return ET.tostring(root, encoding="unicode")


def domain_xml(spec: DomainSpec, machine: str) -> str:
    """A domain of type `machine` (kvm, qemu or test) with one disk and at most one interface."""
    root = ET.Element("domain", type=machine)
    _text(root, "name", spec.name)
    _text(root, "uuid", uuid_of(Kind.DOMAIN, spec.name))
    tag = ET.SubElement(ET.SubElement(root, "metadata"), f"{{{METADATA}}}vm")
    tag.attrib.update({name: getattr(spec, name) for name in TAGS})
    tag.attrib["addresses"] = " ".join(spec.addresses)
    _text(root, "memory", str(spec.memory_mib), unit="MiB")
    _text(root, "vcpu", str(spec.vcpus))
    _text(ET.SubElement(root, "os"), "type", "hvm")
    _describe_devices(ET.SubElement(root, "devices"), spec)
    return ET.tostring(root, encoding="unicode")


def _describe_devices(devices: ET.Element, spec: DomainSpec) -> None:
    pool, _, volume = spec.volume.partition("/")
    disk = ET.SubElement(devices, "disk", type="volume", device="disk")
    ET.SubElement(disk, "driver", name="qemu", type="qcow2")
    ET.SubElement(disk, "source", pool=pool, volume=volume)
    ET.SubElement(disk, "target", dev="vda", bus="virtio")
    if spec.network:
        interface = ET.SubElement(devices, "interface", type="network")
        ET.SubElement(interface, "mac", address=_mac_of(spec.name))
        ET.SubElement(interface, "source", network=spec.network)
        ET.SubElement(interface, "model", type="virtio")


def _mac_of(name: str) -> str:
    end = sha256(name.encode()).digest()[:3]
    return ":".join(["52", "54", "00", *(f"{byte:02x}" for byte in end)])


def domain_seen(xml: str) -> dict[str, Plain]:
    """What a domain's XML shows: everything but whether it runs."""
    root = ET.fromstring(xml)  # noqa: S314  # from the hypervisor that we drive
    disk = root.find("devices/disk/source")
    interface = root.find("devices/interface/source")
    tag = root.find(f"metadata/{{{METADATA}}}vm")
    notes = {} if tag is None else tag.attrib
    addresses: list[Plain] = [*notes.get("addresses", "").split()]
    return {
        "name": root.findtext("name"),
        "vcpus": int(root.findtext("vcpu", "0")),
        "memory_mib": _mib(root.find("memory")),
        "volume": "" if disk is None else f"{disk.get('pool')}/{disk.get('volume')}",
        "network": None if interface is None else interface.get("network"),
        "addresses": addresses,
        **{name: notes.get(name, "") for name in TAGS},
    }


def networks_used(xml: str) -> set[str]:
    """The networks that a domain's interfaces hang on."""
    sources = ET.fromstring(xml).findall("devices/interface/source")  # noqa: S314  # as above
    return {source.get("network", "") for source in sources}


def disks_used(xml: str) -> set[str]:
    """A domain's disks, each as POOL/VOLUME or as the path of a file or device."""
    sources = ET.fromstring(xml).findall("devices/disk/source")  # noqa: S314  # as above
    return {
        f"{source.get('pool')}/{source.get('volume')}"
        if source.get("volume")
        else source.get("file") or source.get("dev") or ""
        for source in sources
    }


def _mib(memory: ET.Element | None) -> int:
    """libvirt answers in KiB, whatever unit it was told."""
    return 0 if memory is None else int(memory.text or "0") // 1024


def _text(parent: ET.Element, tag: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, tag, attributes).text = text

"""libvirt's XML of networks from specs and back: pure functions."""

from __future__ import annotations

from ipaddress import ip_interface, ip_network
from xml.etree import ElementTree as ET

from provisioning.provider.on_libvirt.marks import mark, uuid_of
from provisioning.provider.specs import Kind, NetworkSpec, Plain


def network_xml(spec: NetworkSpec) -> str:
    """libvirt's description of a network.

    On a bridge, the host's bridge has the network's name. In the other modes the host takes the
    first address of the range; it gives out none, since every machine has its own from the plan.
    """
    root = ET.Element("network")
    ET.SubElement(root, "name").text = spec.name
    ET.SubElement(root, "uuid").text = uuid_of(Kind.NETWORK, spec.name)
    mark(root, {"name": spec.name})
    if spec.mode != "isolated":
        ET.SubElement(root, "forward", mode=spec.mode)
    if spec.mode == "bridge":
        _describe_bridge(root, spec)
    elif spec.cidr:
        _describe_range(root, spec.cidr)
    return ET.tostring(root, encoding="unicode")


def _describe_bridge(root: ET.Element, spec: NetworkSpec) -> None:
    ET.SubElement(root, "bridge", name=spec.name)
    if spec.vlan:
        group = ET.SubElement(root, "portgroup", name=f"vlan-{spec.vlan}", default="yes")
        ET.SubElement(ET.SubElement(group, "vlan"), "tag", id=str(spec.vlan))


def _describe_range(root: ET.Element, cidr: str) -> None:
    first = ip_network(cidr)[1]
    prefix = cidr.rpartition("/")[2]
    ET.SubElement(root, "dns", enable="no")
    ET.SubElement(root, "ip", address=str(first), prefix=prefix, family=f"ipv{first.version}")


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


def marked_network(xml: str) -> str:
    """The same network with our mark."""
    root = ET.fromstring(xml)  # noqa: S314  # as above
    mark(root, {"name": root.findtext("name", "")})
    return ET.tostring(root, encoding="unicode")

"""libvirt's XML of networks from specs and back: pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import IPv4Interface, IPv6Interface, ip_interface, ip_network
from typing import Final
from xml.etree import ElementTree as ET

from provisioning.provider.on_libvirt.editing import editing
from provisioning.provider.on_libvirt.marks import mark, uuid_of
from provisioning.provider.specs import BRIDGE, ISOLATED, Kind, NetworkSpec, Plain, differs

_TAG: Final = "portgroup/vlan/tag"


def network_xml(spec: NetworkSpec) -> str:
    """libvirt's description of a network.

    On a bridge, the host's bridge has the network's name. In the other modes the host takes the
    first address of the range; it gives out none, since every machine has its own from the plan.
    """
    root = ET.Element("network")
    ET.SubElement(root, "name").text = spec.name
    ET.SubElement(root, "uuid").text = uuid_of(Kind.NETWORK, spec.name)
    mark(root, {"name": spec.name})
    if spec.mode not in {"", ISOLATED}:
        ET.SubElement(root, "forward", mode=spec.mode)
    if spec.mode == BRIDGE:
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
    seen["mode"] = ISOLATED if forward is None else forward.get("mode", "nat")
    if seen["mode"] == BRIDGE:
        tag = root.find(_TAG)
        return {**seen, "vlan": None if tag is None else int(tag.get("id", "0"))}
    ranges = [_range_of(ip) for ip in root.findall("ip")]
    among: dict[str, Plain] = {"cidrs": [*ranges]} if len(ranges) > 1 else {}
    return {**seen, "cidr": next(iter(ranges), None), **among}


def way_out_of(xml: str, addresses: Iterable[str]) -> str:
    """Whom a machine with `addresses` sends what goes beyond its network; empty: nobody.

    It is the host's own address there. On a bridge, where the host has none, it is the first of the
    range, as in plans. An isolated network leads nowhere.
    """
    root = ET.fromstring(xml)  # noqa: S314  # from the hypervisor that we drive
    forward = root.find("forward")
    if forward is None:
        return ""
    hosts = [_interface_of(ip) for ip in root.findall("ip")]
    for own in map(ip_interface, addresses):
        found = next((one.ip for one in hosts if own.ip in one.network), None)
        if found is None and forward.get("mode") == BRIDGE and own.network.num_addresses > 2:
            found = own.network[1]
        if found is not None and found != own.ip:
            return str(found)
    return ""


def _range_of(ip: ET.Element) -> str:
    return str(_interface_of(ip).network)


def _interface_of(ip: ET.Element) -> IPv4Interface | IPv6Interface:
    """The host's address on the network, with its range."""
    width = ip.get("prefix") or ip.get("netmask") or "32"
    return ip_interface(f"{ip.get('address')}/{width}")


def edited_network(xml: str, spec: NetworkSpec) -> str:
    """The network of `xml` as `spec` wants it; what a spec does not speak of stays.

    Notes: a range that goes takes along the addresses that are given out and kept within it.
    """
    seen = network_seen(xml)
    spec = replace(spec, mode=spec.mode or str(seen["mode"]))
    wanted = ET.fromstring(network_xml(spec))  # noqa: S314  # ours
    with editing(xml) as root:
        mark(root, {"name": spec.name})
        if (seen["mode"] == BRIDGE) is not (spec.mode == BRIDGE):
            return _rebuilt(root, wanted)
        if seen["mode"] != spec.mode:
            _swap(root, root.find("forward"), wanted.find("forward"))
        if spec.mode == BRIDGE and seen["vlan"] != spec.vlan:
            tagged = [one for one in root.findall("portgroup") if one.find("vlan/tag") is not None]
            _swap(root, next(iter(tagged), None), wanted.find("portgroup"))
        elif differs(seen, "cidr", spec.cidr):
            family = ip_network(str(spec.cidr)).version
            alike = [
                one for one in root.findall("ip") if ip_network(_range_of(one)).version == family
            ]
            _swap(root, next(iter(alike), None), wanted.find("ip"))
        return ET.tostring(root, encoding="unicode")


def _rebuilt(root: ET.Element, wanted: ET.Element) -> str:
    """Another kind of network altogether, by the UUID that it had."""
    for element in wanted.findall("uuid"):
        element.text = root.findtext("uuid")
    return ET.tostring(wanted, encoding="unicode")


def _swap(root: ET.Element, old: ET.Element | None, new: ET.Element | None) -> None:
    """Puts `new` in the place of `old`; either may be none."""
    place = len(root) if old is None else [*root].index(old)
    if old is not None:
        root.remove(old)
    if new is not None:
        root.insert(place, new)


def marked_network(xml: str) -> str:
    """The same network with our mark."""
    with editing(xml) as root:
        mark(root, {"name": root.findtext("name", "")})
        return ET.tostring(root, encoding="unicode")

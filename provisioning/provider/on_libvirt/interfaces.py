"""The interfaces of a machine: which of several a plan speaks of, and how that one is moved.

Pure functions on XML. A plan names one network per machine. Its interface is the one on that
network; where none is, the one that hung on the network before, then the one that the mark notes,
then the one that we made, then the first. Every other is left alone, and so is each that hangs on
no network or bridge: a card handed through, a macvtap.
"""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree as ET

from provisioning.provider.on_libvirt.marks import mac_of, notes_in, notes_of
from provisioning.provider.specs import DomainSpec

INTERFACE: Final = "interface"
"""In the mark of a machine: the MAC address of its interface that the plan speaks of."""

_OF_THE_FORMER: Final = ("virtualport", "vlan")
"""How an interface hangs on its network: wrong on any other."""


def networks_of(root: ET.Element) -> list[str]:
    """The networks and bridges that its interfaces hang on, each once, in their order."""
    names = map(_network_of, root.findall("devices/interface"))
    return [*dict.fromkeys(name for name in names if name)]


def network_meant(root: ET.Element) -> str | None:
    """The network that a plan speaks of, as far as the machine alone tells."""
    interface = _meant(root)
    return None if interface is None else _network_of(interface)


def add_interface(devices: ET.Element, name: str, network: str) -> None:
    """One on virtio, with the MAC address of a machine of ours called `name`."""
    interface = ET.SubElement(devices, "interface", type="network")
    ET.SubElement(interface, "mac", address=mac_of(name))
    ET.SubElement(interface, "source", network=network)
    ET.SubElement(interface, "model", type="virtio")


def connect(root: ET.Element, spec: DomainSpec, before: str) -> None:
    """Moves the one interface from the network `before`, or adds the first.

    Notes: without a network in `spec`, or where the machine hangs on it already, all stay.
    """
    devices = root.find("devices")
    if devices is None or not spec.network or spec.network in networks_of(root):
        return
    interface = _meant(root, before)
    if interface is None:
        add_interface(devices, spec.name, spec.network)
    else:
        _move(interface, spec.network)


def noted(root: ET.Element, spec: DomainSpec) -> dict[str, str]:
    """What the mark is to say of the machine: the notes of `spec`, and which interface is meant.

    Notes: an interface that we made needs none, since its MAC address follows from the name.
    """
    interface = _meant(root, spec.network or "")
    mac = "" if interface is None else _mac(interface)
    is_told = mac and mac != mac_of(spec.name)
    return {**notes_of(spec), **({INTERFACE: mac} if is_told else {})}


def _meant(root: ET.Element, network: str = "") -> ET.Element | None:
    """The interface that the plan speaks of, on `network` where one is."""
    known = [one for one in root.findall("devices/interface") if _network_of(one)]
    known = [one for one in known if _network_of(one) == network] or known
    by_mac = {mac: one for one in reversed(known) if (mac := _mac(one))}
    macs = (notes_in(root) or {}).get(INTERFACE, ""), mac_of(root.findtext("name", ""))
    first = next(iter(known), None)
    return next((by_mac[mac] for mac in macs if mac in by_mac), first)


def _network_of(interface: ET.Element) -> str:
    """A bridge of the host counts by its own name, as a network over it has that name too."""
    source = interface.find("source")
    if source is None:
        return ""
    bridge = source.get("bridge", "") if interface.get("type") == "bridge" else ""
    return source.get("network") or bridge


def _mac(interface: ET.Element) -> str:
    mac = interface.find("mac")
    return "" if mac is None else mac.get("address", "")


def _move(interface: ET.Element, network: str) -> None:
    """It keeps its MAC address and place, its model and limits."""
    interface.set("type", "network")
    for child in [one for one in interface if one.tag in _OF_THE_FORMER]:
        interface.remove(child)
    source = interface.find("source")
    if source is not None:
        source.clear()
        source.set("network", network)

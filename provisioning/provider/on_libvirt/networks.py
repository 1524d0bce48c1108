"""Networks on a hypervisor that libvirt reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioning.provider.driver import gone, refuse_cutting
from provisioning.provider.on_libvirt.connection import found, is_test
from provisioning.provider.on_libvirt.domain_xml import networks_used
from provisioning.provider.on_libvirt.marks import refuse_foreign
from provisioning.provider.on_libvirt.network_xml import (
    edited_network,
    marked_network,
    network_seen,
    network_xml,
    way_out_of,
)
from provisioning.provider.specs import (
    BRIDGE,
    DomainSpec,
    Kind,
    NetworkSpec,
    Properties,
    differs,
    properties_of,
)

if TYPE_CHECKING:
    import libvirt


def create(connection: libvirt.virConnect, spec: NetworkSpec) -> None:
    """Makes the network; one that stands is what an interrupted run made, or was taken over."""
    network = _own(connection, spec.name)
    if network is not None:
        update(connection, spec)
        return
    _start(connection.networkDefineXML(network_xml(spec)))


def read(connection: libvirt.virConnect, name: str) -> Properties | None:
    network = _find(connection, name)
    return None if network is None else network_seen(_xml(network))


def way_out(connection: libvirt.virConnect, spec: DomainSpec) -> str:
    """The gateway of a new machine: the plan's, else what its network says as it stands.

    Notes: nothing records the mode of a network, so plans of the record know of no way out.
    """
    network = None if spec.gateway or not spec.network else _find(connection, spec.network)
    return spec.gateway if network is None else way_out_of(_xml(network), spec.addresses)


def update(connection: libvirt.virConnect, spec: NetworkSpec) -> None:
    """A network takes its new form only by a restart, which nobody may be on."""
    network = _own(connection, spec.name)
    if network is None:
        raise gone(spec.name)
    old, wanted = _xml(network), properties_of(spec)
    seen = network_seen(old)
    if any(differs(seen, name, wanted[name]) for name in seen.keys() & wanted.keys()):
        _stop(connection, network)
        network = connection.networkDefineXML(edited_network(old, spec))
    _start(network)


def _start(network: libvirt.virNetwork) -> None:
    """Now, and with the host."""
    network.setAutostart(1)
    if not network.isActive():
        network.create()


def delete(connection: libvirt.virConnect, name: str) -> None:
    network = _own(connection, name)
    if network is not None:
        _stop(connection, network)
        network.undefine()


def adopt(connection: libvirt.virConnect, name: str) -> None:
    """Marks what is defined; what runs takes notice of nothing."""
    network = _find(connection, name)
    if network is None:
        raise gone(name)
    connection.networkDefineXML(marked_network(_xml(network)))


def names(connection: libvirt.virConnect) -> set[str]:
    return {network.name() for network in connection.listAllNetworks()}


def _find(connection: libvirt.virConnect, name: str) -> libvirt.virNetwork | None:
    return found(lambda: connection.networkLookupByName(name), "VIR_ERR_NO_NETWORK")


def _own(connection: libvirt.virConnect, name: str) -> libvirt.virNetwork | None:
    network = _find(connection, name)
    if network is not None:
        refuse_foreign(_xml(network), Kind.NETWORK, name)
    return network


def _stop(connection: libvirt.virConnect, network: libvirt.virNetwork) -> None:
    """Raises: Refused while machines run on it, by its own name or by that of its bridge."""
    import libvirt

    name, is_host_s = network.name(), network_seen(_xml(network))["mode"] == BRIDGE
    bridge = None if is_host_s else found(network.bridgeName, "VIR_ERR_INTERNAL_ERROR")
    known_as = {name, bridge or name}
    running = connection.listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE)
    refuse_cutting(
        name, (one.name() for one in running if known_as & networks_used(one.XMLDesc(0)))
    )
    if network.isActive():
        network.destroy()


def _xml(network: libvirt.virNetwork) -> str:
    """As it is defined, which carries the mark; the test driver knows one form only."""
    import libvirt

    in_form = is_test(network.connect()) or not network.isPersistent()
    return str(network.XMLDesc(0 if in_form else libvirt.VIR_NETWORK_XML_INACTIVE))

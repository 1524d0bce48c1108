"""What tests of the graph's loading share: how to record things, and the needs that are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dcim.actions.cables import connect
from dcim.graph.graph import DependencyGraph
from dcim.graph.load.record import load_graph
from dcim.record.equipment.devices import Device, Interface
from dcim.record.equipment.power import PowerFeed, PowerOutlet, PowerPanel, PowerPort
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.places.hardware import DeviceRole
from dcim.record.planner.service_apps import ServiceApp, Workload
from tests.factories import TESTER, make


def device(role: str, name: str, **values: Any) -> Device:
    """A device of the role with that slug."""
    known = DeviceRole.objects.filter(slug=role).first()
    one = known or make(DeviceRole, name=role, slug=role)
    return make(Device, name=name, role=one, **values)


def needs() -> set[str]:
    """What rests on what, soft needs with a tilde; refused when the facts make no graph."""
    facts = load_graph().to_facts()
    DependencyGraph.of(facts)
    return {f"{need.source} -> {'' if need.hard else '~'}{need.target}" for need in facts.needs}


def app(
    code: str,
    *machines: VirtualMachine,
    devices: Sequence[Device] = (),
    needed: int = 1,
    **values: Any,
) -> ServiceApp:
    """An app of one tier on `machines` and `devices`."""
    one = make(ServiceApp, code=code, **values)
    carriers = {"virtual_machines": list(machines), "devices": list(devices)}
    wanted = max(needed, len(machines) + len(devices))
    counts = {"instances_wanted": wanted, "instances_needed": needed}
    make(Workload, app=one, name="web", **carriers, **counts)
    return one


def power(host: Device, sides: str) -> None:
    """A panel, a feed and a PDU for each side, and a supply of `host` on each."""
    panel = make(PowerPanel, site=host.site, name="P")
    for side in sides:
        pdu = device("pdu", f"pdu-{side}", site=host.site)
        inlet = make(PowerPort, device=pdu, name="in")
        outlet = make(PowerOutlet, device=pdu, name="1", power_port=inlet)
        supply = make(PowerPort, device=host, name=f"PSU{side}")
        connect(inlet, make(PowerFeed, power_panel=panel, name=side), {}, by=TESTER)
        connect(supply, outlet, {}, by=TESTER)


def uplink(of: Device, to: Device, **cable: Any) -> None:
    """A cable between a port of each."""
    connect(make(Interface, device=of), make(Interface, device=to), cable, by=TESTER)

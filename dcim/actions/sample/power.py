"""Power of the sample: two panels per site, two feeds and PDUs per rack, two supplies each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from dcim.actions import record
from dcim.actions.cables import connect_many
from dcim.actions.changes import Actor
from dcim.actions.sample.hardware import Hardware, in_rack
from dcim.record.equipment.cables import Endpoint
from dcim.record.equipment.devices import Device
from dcim.record.equipment.power import PowerFeed, PowerOutlet, PowerPanel, PowerPort
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Location
from dcim.vocabulary.choices import FeedType
from dcim.vocabulary.ports.connectors import CableType
from dcim.vocabulary.ports.power_connectors import PowerOutletType, PowerPortType

Links: TypeAlias = list[tuple[Endpoint, Endpoint, record.Values]]
Outlets: TypeAlias = Mapping[tuple[int | None, str], list[PowerOutlet]]

PATHS: Final = ("A", "B")
OUTLETS_PER_PDU: Final = 12
POWER_CABLE: Final[record.Values] = {"type": CableType.POWER.value}


def create_power(
    hardware: Hardware, location: Location, racks: Sequence[Rack], *, by: Actor
) -> Outlets:
    """Panels, feeds and PDUs; the outlets by rack (its id) and path."""
    panels = record.create_many(
        PowerPanel,
        [{"site": location.site, "location": location, "name": f"Panel {one}"} for one in PATHS],
        by=by,
    )
    places = [
        (rack, path, panel) for rack in racks for path, panel in zip(PATHS, panels, strict=True)
    ]
    feeds = record.create_many(PowerFeed, [_feed(*place) for place in places], by=by)
    values = [
        {
            **in_rack(rack),
            "name": f"{rack.name}-PDU-{path}",
            "role": hardware.roles["pdu"],
            "device_type": hardware.types["pdu-12xc13"],
        }
        for rack, path, _ in places
    ]
    pdus = record.create_many(Device, values, by=by)
    inlets, outlets = _pdu_ports(pdus, by)
    connect_many(
        [(inlet, feed, POWER_CABLE) for inlet, feed in zip(inlets, feeds, strict=True)], by=by
    )
    return {(rack.pk, path): mine for (rack, path, _), mine in zip(places, outlets, strict=True)}


def _feed(rack: Rack, path: str, panel: PowerPanel) -> record.Values:
    kind = FeedType.PRIMARY if path == PATHS[0] else FeedType.REDUNDANT
    return {
        "power_panel": panel,
        "rack": rack,
        "name": f"{rack.name}-{path}",
        "type": kind.value,
        "amperage_a": 32,
    }


def _pdu_ports(
    pdus: Sequence[Device], by: Actor
) -> tuple[list[PowerPort], list[list[PowerOutlet]]]:
    kind = PowerPortType.IEC_2P_6H.value
    inlets = record.create_many(
        PowerPort, [{"device": pdu, "name": "Inlet", "type": kind} for pdu in pdus], by=by
    )
    outlets = iter(
        record.create_many(
            PowerOutlet,
            [
                {
                    "device": pdu,
                    "name": f"{number:02}",
                    "type": PowerOutletType.C13.value,
                    "power_port": inlet,
                }
                for pdu, inlet in zip(pdus, inlets, strict=True)
                for number in range(1, OUTLETS_PER_PDU + 1)
            ],
            by=by,
        )
    )
    return inlets, [[next(outlets) for _ in range(OUTLETS_PER_PDU)] for _ in pdus]


def supply_links(devices: Sequence[Device], pdus: Outlets, *, by: Actor) -> Links:
    """Two supplies for each of `devices`, one on each path of its rack."""
    values = [
        {
            "device": device,
            "name": f"PSU{number}",
            "type": PowerPortType.C14.value,
            "maximum_draw_w": 750 if device.cluster_id else 150,
            "allocated_draw_w": 180 if device.cluster_id else 60,
        }
        for device in devices
        for number in range(1, len(PATHS) + 1)
    ]
    supplies = iter(record.create_many(PowerPort, values, by=by))
    free = {place: iter(outlets) for place, outlets in pdus.items()}
    return [
        (next(supplies), next(free[device.rack_id, path]), POWER_CABLE)
        for device in devices
        for path in PATHS
    ]

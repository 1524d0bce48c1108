"""The invented server rooms of the sample: sites, racks, power, switches and hosts.

Two sites. Every rack has an A and a B feed from two panels, a PDU on each, and a switch; every host
and switch has a supply on each PDU, and every host an uplink to its own rack's switch and one to
its neighbour's. What runs there is `sample_machines`'.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from dcim.actions import record
from dcim.actions.cables import Endpoint, connect_many
from dcim.actions.changes import Actor
from dcim.record.allocations import Provider
from dcim.record.devices import Device, Interface
from dcim.record.hardware import DeviceRole, DeviceType, Manufacturer
from dcim.record.power import PowerFeed, PowerOutlet, PowerPanel, PowerPort
from dcim.record.racks import Rack
from dcim.record.sites import Location, Site
from dcim.record.virtualization import Cluster, ClusterType
from dcim.vocabulary.choices import (
    Airflow,
    CableType,
    DeviceFace,
    FeedType,
    InterfaceType,
    PowerOutletType,
    PowerPortType,
    RackFormFactor,
)

Links = list[tuple[Endpoint, Endpoint, record.Values]]

PATHS: Final = ("A", "B")
OUTLETS_PER_PDU: Final = 12
PORTS_PER_SWITCH: Final = 24
RACK_U: Final = 42
HOST_U: Final = 2
FIRST_HOST_U: Final = 4
RESERVED_PER_HOST_MIB: Final = 6 * 1024  # the hypervisor and its services
POWER_CABLE: Final[record.Values] = {"type": CableType.POWER.value}
UPLINK_CABLE: Final[record.Values] = {"type": CableType.DAC_PASSIVE.value}


@dataclass(frozen=True, slots=True)
class SiteDesign:
    """A site of the sample: its racks by the number of hosts in each, and its cluster."""

    slug: str
    name: str
    address: str
    hosts_per_rack: tuple[int, ...]
    is_ha: bool
    storage_heavy: tuple[int, ...] = ()  # numbers of the hosts with the large disks

    @property
    def code(self) -> str:
        """What the names of everything in the site begin with."""
        return self.slug.upper()

    @property
    def rack_names(self) -> list[str]:
        """The racks, from the door inwards."""
        return [f"{self.code}-R{number:02}" for number in range(1, len(self.hosts_per_rack) + 1)]


DESIGNS: Final = (
    SiteDesign(
        "pdr",
        "Pusat Data Paser",
        "Tana Paser, Kecamatan Tanah Grogot",
        (3, 3, 2, 2),
        is_ha=False,
        storage_heavy=(9, 10),
    ),
    SiteDesign("drc", "Ruang Pemulihan Bencana Paser", "Kecamatan Kuaro", (2, 2), is_ha=True),
)


@dataclass(frozen=True, slots=True)
class Hardware:
    """The kinds of device in the sample."""

    roles: Mapping[str, DeviceRole]
    types: Mapping[str, DeviceType]


@dataclass(frozen=True, slots=True)
class Room:
    """A built site: its cluster, and its hosts in order of name."""

    site: Site
    cluster: Cluster
    hosts: tuple[Device, ...]


def build_rooms(provider: Provider, *, by: Actor) -> list[Room]:
    """The rooms of `DESIGNS` in an empty record; their clusters are of `provider`."""
    kvm = record.create(ClusterType, {"name": "KVM", "slug": "kvm"}, by=by)
    hardware = _create_hardware(by)
    return [_build_room(design, hardware, kvm, provider, by) for design in DESIGNS]


def _create_hardware(by: Actor) -> Hardware:
    maker = record.create(Manufacturer, {"name": "Generik", "slug": "generik"}, by=by)
    roles = record.create_many(
        DeviceRole,
        [
            {"name": "Server", "slug": "server", "color": "2196f3", "vm_role": False},
            {"name": "Switch", "slug": "switch", "color": "4caf50", "vm_role": False},
            {"name": "PDU", "slug": "pdu", "color": "ff9800", "vm_role": False},
        ],
        by=by,
    )
    types = record.create_many(
        DeviceType, [{"manufacturer": maker, **values} for values in DEVICE_TYPES], by=by
    )
    return Hardware({one.slug: one for one in roles}, {one.slug: one for one in types})


_SERVER: Final[Mapping[str, Any]] = {
    "u_height": Decimal(HOST_U),
    "airflow": Airflow.FRONT_TO_REAR.value,
    "weight_kg": Decimal(28),
    "cpu_cores": 16,
    "memory_mib": 64 * 1024,
}
DEVICE_TYPES: Final[tuple[Mapping[str, Any], ...]] = (
    {**_SERVER, "model": "Server 2U", "slug": "server-2u", "storage_gib": 4_096},
    {**_SERVER, "model": "Server 2U disk", "slug": "server-2u-disk", "storage_gib": 16_384},
    {
        "model": "Switch 24 x 10GE",
        "slug": "switch-24x10ge",
        "u_height": Decimal(1),
        "airflow": Airflow.REAR_TO_FRONT.value,
        "weight_kg": Decimal(9),
    },
    {
        "model": "PDU 12 x C13",
        "slug": "pdu-12xc13",
        "u_height": Decimal(0),
        "is_full_depth": False,
        "airflow": Airflow.PASSIVE.value,
        "weight_kg": Decimal(4),
    },
)


def _build_room(
    design: SiteDesign, hardware: Hardware, kvm: ClusterType, provider: Provider, by: Actor
) -> Room:
    site = record.create(
        Site,
        {
            "name": design.name,
            "slug": design.slug,
            "physical_address": design.address,
            "time_zone": "Asia/Makassar",
        },
        by=by,
    )
    room = {"site": site, "name": "Ruang Server", "slug": "ruang-server"}
    location = record.create(Location, room, by=by)
    cluster = _create_cluster(design, site, kvm, provider, by)
    racks = _create_racks(design, location, by)
    pdus = _create_power(design, hardware, location, racks, by)
    switches = _create_switches(hardware, racks, by)
    hosts = _create_hosts(design, hardware, racks, cluster, by)
    links = _supply_links([*switches, *hosts], pdus, by) + _uplinks(hosts, racks, switches, by)
    connect_many(links, by=by)
    return Room(site, cluster, tuple(hosts))


def _create_cluster(
    design: SiteDesign, site: Site, kvm: ClusterType, provider: Provider, by: Actor
) -> Cluster:
    values = {
        "name": f"{design.code}-KVM",
        "type": kvm,
        "site": site,
        "provider": provider,
        "is_ha": design.is_ha,
        "host_failures_to_survive": 1,
        "vcpu_allocation_ratio": Decimal(4),
        "reserved_memory_mib": RESERVED_PER_HOST_MIB * sum(design.hosts_per_rack),
    }
    return record.create(Cluster, values, by=by)


def _create_racks(design: SiteDesign, location: Location, by: Actor) -> list[Rack]:
    values = [
        {
            "name": name,
            "site": location.site,
            "location": location,
            "u_height": RACK_U,
            "form_factor": RackFormFactor.CABINET.value,
            "max_weight_kg": 800,
        }
        for name in design.rack_names
    ]
    return record.create_many(Rack, values, by=by)


def _create_power(
    design: SiteDesign, hardware: Hardware, location: Location, racks: Sequence[Rack], by: Actor
) -> dict[tuple[int | None, str], list[PowerOutlet]]:
    """Panels, feeds and PDUs; the outlets by rack and path."""
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
            **_in_rack(rack),
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


def _create_switches(hardware: Hardware, racks: Sequence[Rack], by: Actor) -> list[Device]:
    values = [
        {
            **_in_rack(rack),
            "name": f"{rack.name}-SW",
            "role": hardware.roles["switch"],
            "device_type": hardware.types["switch-24x10ge"],
            "position": Decimal(RACK_U),
            "face": DeviceFace.REAR.value,
        }
        for rack in racks
    ]
    return record.create_many(Device, values, by=by)


def _create_hosts(
    design: SiteDesign, hardware: Hardware, racks: Sequence[Rack], cluster: Cluster, by: Actor
) -> list[Device]:
    places = [
        (rack, FIRST_HOST_U + HOST_U * row)
        for rack, count in zip(racks, design.hosts_per_rack, strict=True)
        for row in range(count)
    ]
    values = [
        {
            **_in_rack(rack),
            "name": f"{design.code}-H{number:02}",
            "role": hardware.roles["server"],
            "device_type": hardware.types[
                "server-2u-disk" if number in design.storage_heavy else "server-2u"
            ],
            "position": Decimal(unit),
            "face": DeviceFace.FRONT.value,
            "cluster": cluster,
        }
        for number, (rack, unit) in enumerate(places, start=1)
    ]
    return record.create_many(Device, values, by=by)


def _in_rack(rack: Rack) -> dict[str, Any]:
    return {"site": rack.site, "location": rack.location, "rack": rack}


def _supply_links(
    devices: Sequence[Device], pdus: Mapping[tuple[int | None, str], list[PowerOutlet]], by: Actor
) -> Links:
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


def _uplinks(
    hosts: Sequence[Device], racks: Sequence[Rack], switches: Sequence[Device], by: Actor
) -> Links:
    """Two uplinks for each host: to its own rack's switch, and to the neighbouring rack's."""
    order: list[int | None] = [rack.pk for rack in racks]
    ports = dict(zip(order, _switch_ports(switches, by), strict=True))
    ends = iter(record.create_many(Interface, list(_host_ports(hosts)), by=by))
    links: Links = []
    for host in hosts:
        own = host.rack_id
        neighbour = order[order.index(own) ^ 1]  # racks stand in pairs
        links.extend((next(ends), next(ports[rack]), UPLINK_CABLE) for rack in (own, neighbour))
    return links


def _switch_ports(switches: Sequence[Device], by: Actor) -> list[Iterator[Interface]]:
    values = [
        {"device": switch, "name": f"xe-{number}", "type": InterfaceType.TEN_SFP.value}
        for switch in switches
        for number in range(1, PORTS_PER_SWITCH + 1)
    ]
    ports = iter(record.create_many(Interface, values, by=by))
    return [iter([next(ports) for _ in range(PORTS_PER_SWITCH)]) for _ in switches]


def _host_ports(hosts: Sequence[Device]) -> Iterable[record.Values]:
    for host in hosts:
        for name in ("ens1f0", "ens1f1"):
            yield {"device": host, "name": name, "type": InterfaceType.TEN_SFP.value}

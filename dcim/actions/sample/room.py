"""The invented server rooms of the sample: sites, racks, power, switches and hosts.

Two sites. Every rack has an A and a B feed from two panels, a PDU on each, and a switch; every host
and switch has a supply on each PDU, and every host an uplink to its own rack's switch and one to
its neighbour's. These lead to the site's two core switches, in its last two racks. What runs there
is `sample_machines`'.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from dcim.actions import record
from dcim.actions.cables import connect_many
from dcim.actions.changes import Actor
from dcim.actions.sample.hardware import HOST_U, Hardware, create_hardware, in_rack
from dcim.actions.sample.power import Links, create_power, supply_links
from dcim.record.equipment.devices import Device, Interface
from dcim.record.networks.virtualization import Cluster, ClusterType
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Location, Site
from dcim.record.planner.allocations import Provider
from dcim.vocabulary.choices import DeviceFace, RackFormFactor
from dcim.vocabulary.choices_places import WeightUnit
from dcim.vocabulary.ports.connectors import CableType
from dcim.vocabulary.ports.interface_types import InterfaceType

PORTS_PER_SWITCH: Final = 24
RACK_U: Final = 42
FIRST_HOST_U: Final = 4
CORES: Final = 2  # per site
RESERVED_PER_HOST_MIB: Final = 6 * 1024  # the hypervisor and its services
SWITCH_NAMES: Final = {"switch": "SW", "core-switch": "CORE"}
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
class Room:
    """A built site: its cluster, and its hosts in order of name."""

    site: Site
    cluster: Cluster
    hosts: tuple[Device, ...]


def build_rooms(provider: Provider, *, by: Actor) -> list[Room]:
    """The rooms of `DESIGNS` in an empty record; their clusters are of `provider`."""
    kvm = record.create(ClusterType, {"name": "KVM", "slug": "kvm"}, by=by)
    hardware = create_hardware(by=by)
    return [_build_room(design, hardware, kvm, provider, by) for design in DESIGNS]


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
    pdus = create_power(hardware, location, racks, by=by)
    switches = _create_switches(hardware, racks, "switch", RACK_U, by)
    cores = _create_switches(hardware, racks[-CORES:], "core-switch", RACK_U - 1, by)
    hosts = _create_hosts(design, hardware, racks, cluster, by)
    links = supply_links([*switches, *cores, *hosts], pdus, by=by)
    connect_many(links + _uplinks(hosts, racks, switches, cores, by), by=by)
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
            "max_weight": 800,
            "weight_unit": WeightUnit.KILOGRAM.value,
        }
        for name in design.rack_names
    ]
    return record.create_many(Rack, values, by=by)


def _create_switches(
    hardware: Hardware, racks: Sequence[Rack], role: str, unit: int, by: Actor
) -> list[Device]:
    """A switch in each of `racks`, named after the rack."""
    values = [
        {
            **in_rack(rack),
            "name": f"{rack.name}-{SWITCH_NAMES[role]}",
            "role": hardware.roles[role],
            "device_type": hardware.types["switch-24x10ge"],
            "position": Decimal(unit),
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
            **in_rack(rack),
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


def _uplinks(
    hosts: Sequence[Device],
    racks: Sequence[Rack],
    switches: Sequence[Device],
    cores: Sequence[Device],
    by: Actor,
) -> Links:
    """Two for each host, to its own rack's switch and its neighbour's; of these to each core."""
    order: list[int | None] = [rack.pk for rack in racks]
    *found, first, second = _switch_ports([*switches, *cores], by)
    ports = dict(zip(order, found, strict=True))
    ends = iter(record.create_many(Interface, list(_host_ports(hosts)), by=by))
    links: Links = []
    for host in hosts:
        own = host.rack_id
        neighbour = order[order.index(own) ^ 1]  # racks stand in pairs
        links.extend((next(ends), next(ports[rack]), UPLINK_CABLE) for rack in (own, neighbour))
    for of_switch in found:
        links.extend((next(of_switch), next(core), UPLINK_CABLE) for core in (first, second))
    return links


def _switch_ports(switches: Sequence[Device], by: Actor) -> list[Iterator[Interface]]:
    values = [
        {"device": switch, "name": f"xe-{number}", "type": InterfaceType.TYPE_10GBASE_X_SFPP.value}
        for switch in switches
        for number in range(1, PORTS_PER_SWITCH + 1)
    ]
    ports = iter(record.create_many(Interface, values, by=by))
    return [iter([next(ports) for _ in range(PORTS_PER_SWITCH)]) for _ in switches]


def _host_ports(hosts: Sequence[Device]) -> Iterable[record.Values]:
    for host in hosts:
        for name in ("ens1f0", "ens1f1"):
            yield {"device": host, "name": name, "type": InterfaceType.TYPE_10GBASE_X_SFPP.value}

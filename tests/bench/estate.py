"""A large estate, the same every time: 10,000 devices in 250 racks and 50,000 machines.

Written set by set straight into the tables, since it is the reading that is measured: about half a
minute on either engine. Every device has an interface, an address and, one in five, tags. Estates
of other sizes may stand side by side, each with places, hardware and tenants of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import cycle
from typing import Any, Final, TypeVar

from django.db import connection, transaction
from django.db.models import Model

from dcim.record.equipment.devices import Device, Interface
from dcim.record.networks.ipam import IPAddress
from dcim.record.networks.virtualization import Cluster, ClusterType, VirtualMachine
from dcim.record.people.organisation import Tag, Tenant
from dcim.record.places.hardware import DeviceRole, DeviceType, Manufacturer, Platform
from dcim.record.places.racks import Rack, RackUnit
from dcim.record.places.sites import Location, Site
from tests.bench.size import Estate

DEVICES_PER_RACK: Final = 40
CLUSTERS: Final = 21
SITES: Final = 10
BATCH: Final = 2_000
LOWEST: Final = 10 * 2**24

ModelT = TypeVar("ModelT", bound=Model)


def fill(estate: Estate) -> None:
    """Write an estate, and let the database take stock of its tables."""
    with transaction.atomic():
        places = _places(estate)
        hardware = _hardware(estate)
        tenants = _many(Tenant, [estate.named(f"tenant-{n}") for n in range(20)])
        clusters = _clusters(estate, places[0])
        devices = _devices(estate, places, hardware, tenants, clusters)
        _addresses(estate, devices)
        _tags(estate, devices)
        _machines(estate, clusters, hardware, tenants)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _many(model: type[ModelT], rows: Sequence[dict[str, Any]]) -> list[ModelT]:
    made: list[ModelT] = model._default_manager.bulk_create(
        [model(**row) for row in rows], batch_size=BATCH
    )
    return made


def _places(estate: Estate) -> tuple[list[Site], list[Location], list[Rack]]:
    sites = _many(Site, [estate.named(f"site-{n:02}") for n in range(SITES)])
    locations = _many(Location, [estate.named("hall") | {"site": site} for site in sites])
    racks = [
        {"name": f"rack-{n:03}", "site": sites[n % SITES], "location": locations[n % SITES]}
        for n in range(estate.devices // DEVICES_PER_RACK)
    ]
    return sites, locations, _many(Rack, racks)


def _hardware(estate: Estate) -> tuple[list[DeviceType], list[DeviceRole], list[Platform]]:
    makers = _many(Manufacturer, [estate.named(f"maker-{n}") for n in range(5)])
    kinds = [
        {"manufacturer": makers[n % 5], "model": f"M{n}", "slug": f"m{n}", "u_height": Decimal(1)}
        for n in range(20)
    ]
    roles = _many(DeviceRole, [estate.named(f"role-{n}") for n in range(6)])
    platforms = _many(Platform, [estate.named(f"platform-{n}") for n in range(8)])
    return _many(DeviceType, kinds), roles, platforms


def _clusters(estate: Estate, sites: Sequence[Site]) -> list[Cluster]:
    (kind,) = _many(ClusterType, [estate.named("kvm")])
    rows = [
        {"name": estate.name(f"cluster-{n:02}"), "type": kind, "site": sites[n % SITES]}
        for n in range(CLUSTERS)
    ]
    return _many(Cluster, rows)


def _devices(
    estate: Estate,
    places: tuple[list[Site], list[Location], list[Rack]],
    hardware: tuple[list[DeviceType], list[DeviceRole], list[Platform]],
    tenants: Sequence[Tenant],
    clusters: Sequence[Cluster],
) -> list[Device]:
    kinds, roles, platforms = cycle(hardware[0]), cycle(hardware[1]), cycle(hardware[2])
    tenant, cluster = cycle([*tenants, None]), cycle([*clusters, None])
    rows = [
        {
            "name": f"device-{n:05}",
            "serial": f"S{n:06}",
            "asset_tag": f"A{n:06}",
            "device_type": next(kinds),
            "role": next(roles),
            "platform": next(platforms),
            "tenant": next(tenant),
            "cluster": next(cluster),
            "site": rack.site,
            "location": rack.location,
            "rack": rack,
            "position": Decimal(position),
            "face": "front",
        }
        for n, (rack, position) in enumerate(_positions(places[2]), estate.first)
    ]
    devices = _many(Device, rows)
    units = [
        {"rack": one.rack, "face": one.face, "half_unit": half_unit, "device": one}
        for one in devices
        for half_unit in one.half_units
    ]
    _many(RackUnit, units)
    return devices


def _positions(racks: Sequence[Rack]) -> Iterator[tuple[Rack, int]]:
    return ((rack, 1 + n) for rack in racks for n in range(DEVICES_PER_RACK))


def _addresses(estate: Estate, devices: Sequence[Device]) -> None:
    ports = _many(Interface, [{"device": one, "name": "eno1"} for one in devices])
    rows: list[dict[str, Any]] = []
    for n, port in enumerate(ports, estate.first):
        address = f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}/16"
        key = f"4{LOWEST + n:08x}"
        rows.append({"address": address, "family": 4, "host_key": key, "interface": port})
    for device, made in zip(devices, _many(IPAddress, rows), strict=True):
        device.primary_ip4 = made
    Device.objects.bulk_update(devices, ["primary_ip4"], batch_size=BATCH)


def _tags(estate: Estate, devices: Sequence[Device]) -> None:
    tags = _many(Tag, [estate.named(f"tag-{n}") for n in range(10)])
    pairs = [
        {"device_id": device.pk, "tag_id": tags[(n + k) % 10].pk}
        for n, device in enumerate(devices[::5])
        for k in range(2)
    ]
    _many(Device.tags.through, pairs)


def _machines(
    estate: Estate,
    clusters: Sequence[Cluster],
    hardware: tuple[list[DeviceType], list[DeviceRole], list[Platform]],
    tenants: Sequence[Tenant],
) -> None:
    cluster, role, platform = cycle(clusters), cycle(hardware[1]), cycle(hardware[2])
    tenant = cycle([*tenants, None])
    rows = [
        {
            "name": f"machine-{n:05}",
            "cluster": next(cluster),
            "role": next(role),
            "platform": next(platform),
            "tenant": next(tenant),
            "vcpus": Decimal(2 + n % 7),
            "memory_mib": 2048 * (1 + n % 16),
            "disk_mb": 20_000 * (1 + n % 9),
        }
        for n in range(estate.first, estate.first + estate.machines)
    ]
    _many(VirtualMachine, rows)

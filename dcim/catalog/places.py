"""Places, hardware and whom they belong to: NetBox's objects of `dcim` and `tenancy`."""

from __future__ import annotations

from typing import Final

from dcim.catalog.resource import Resource
from dcim.record.hardware import DeviceRole, DeviceType, Manufacturer, Platform
from dcim.record.organisation import Tenant
from dcim.record.racks import Rack
from dcim.record.sites import Location, Site

SLUGGED: Final = ("name", "slug", "description")
NAMED: Final = ("name", "description")

SITE = Resource(
    model=Site,
    kind="dcim.site",
    path="dcim/sites",
    columns=("name", "status", "tenant", "facility", "description"),
    brief=SLUGGED,
    search=("name", "slug", "facility", "physical_address", "description"),
    counts={"rack_count": "racks", "device_count": "devices"},
)
LOCATION = Resource(
    model=Location,
    kind="dcim.location",
    path="dcim/locations",
    columns=("name", "site", "parent", "status", "description"),
    brief=SLUGGED,
    search=("name", "slug", "facility", "description"),
)
RACK = Resource(
    model=Rack,
    kind="dcim.rack",
    path="dcim/racks",
    columns=("name", "site", "location", "status", "u_height", "tenant"),
    brief=NAMED,
    search=("name", "facility_id", "serial", "asset_tag", "description"),
    wire={"max_weight_kg": "max_weight"},
)
MANUFACTURER = Resource(
    model=Manufacturer,
    kind="dcim.manufacturer",
    path="dcim/manufacturers",
    columns=("name", "slug", "description"),
    brief=SLUGGED,
    search=("name", "slug", "description"),
)
DEVICE_TYPE = Resource(
    model=DeviceType,
    kind="dcim.devicetype",
    path="dcim/device-types",
    columns=("model", "manufacturer", "u_height", "cpu_cores", "memory_mib", "storage_gib"),
    brief=("manufacturer", "model", "slug", "description"),
    search=("model", "slug", "part_number", "description"),
    wire={"weight_kg": "weight"},
)
DEVICE_ROLE = Resource(
    model=DeviceRole,
    kind="dcim.devicerole",
    path="dcim/device-roles",
    columns=("name", "slug", "color", "vm_role", "description"),
    brief=SLUGGED,
    search=("name", "slug", "description"),
)
PLATFORM = Resource(
    model=Platform,
    kind="dcim.platform",
    path="dcim/platforms",
    columns=("name", "slug", "manufacturer", "description"),
    brief=SLUGGED,
    search=("name", "slug", "description"),
)
TENANT = Resource(
    model=Tenant,
    kind="tenancy.tenant",
    path="tenancy/tenants",
    columns=("name", "kind", "description", "tags"),
    brief=SLUGGED,
    search=("name", "slug", "name_en", "description"),
)
RESOURCES: Final = (
    SITE,
    LOCATION,
    RACK,
    MANUFACTURER,
    DEVICE_TYPE,
    DEVICE_ROLE,
    PLATFORM,
    TENANT,
)

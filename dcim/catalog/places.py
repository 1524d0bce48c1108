"""Places, hardware and whom they belong to: NetBox's objects of `dcim` and `tenancy`."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from dcim.catalog.component_templates import TEMPLATE_COUNTS
from dcim.catalog.resource import Resource
from dcim.record.people.contacts import Contact, ContactAssignment, ContactGroup, ContactRole
from dcim.record.people.organisation import Tenant, TenantGroup
from dcim.record.places.hardware import DeviceRole, DeviceType, Manufacturer, Platform
from dcim.record.places.racks import Rack, RackRole
from dcim.record.places.reservations import RackReservation
from dcim.record.places.sites import Location, Region, Site, SiteGroup

SLUGGED: Final = ("name", "slug", "description")
NAMED: Final = ("name", "description")
IN_TREE: Final = (*SLUGGED, "depth")
DEPTH: Final = MappingProxyType({"depth": "_depth"})
# How things are found by the trees that their site and their tenant belong to.
BY_SITE: Final = MappingProxyType({"region": "site__region", "site_group": "site__group"})
BY_TENANT: Final = MappingProxyType({"tenant_group": "tenant__group"})

# A prefix has one scope, so none of them is counted twice.
PREFIXES_IN: Final = "prefixes sites__prefixes sites__locations__prefixes"

SITE = Resource(
    model=Site,
    kind="dcim.site",
    path="dcim/sites",
    columns=("name", "status", "region", "tenant", "facility", "description"),
    brief=SLUGGED,
    search=("name", "slug", "facility", "physical_address", "description"),
    counts={
        "device_count": "devices",
        "prefix_count": "prefixes locations__prefixes",
        "rack_count": "racks",
        "virtualmachine_count": "virtual_machines",
        "vlan_count": "vlans",
    },
    via=BY_TENANT,
)
REGION = Resource(
    model=Region,
    kind="dcim.region",
    path="dcim/regions",
    columns=("name", "parent", "slug", "description"),
    brief=IN_TREE,
    search=("name", "slug", "description"),
    wire=DEPTH,
    counts={"site_count": "sites", "prefix_count": PREFIXES_IN},
)
SITE_GROUP = Resource(
    model=SiteGroup,
    kind="dcim.sitegroup",
    path="dcim/site-groups",
    columns=("name", "parent", "slug", "description"),
    brief=IN_TREE,
    search=("name", "slug", "description"),
    wire=DEPTH,
    counts={"site_count": "sites", "prefix_count": PREFIXES_IN},
)
LOCATION = Resource(
    model=Location,
    kind="dcim.location",
    path="dcim/locations",
    columns=("name", "site", "parent", "status", "description"),
    brief=IN_TREE,
    search=("name", "slug", "facility", "description"),
    wire=DEPTH,
    counts={"rack_count": "racks", "device_count": "devices", "prefix_count": "prefixes"},
    via={**BY_SITE, **BY_TENANT},
)
RACK = Resource(
    model=Rack,
    kind="dcim.rack",
    path="dcim/racks",
    columns=("name", "site", "location", "status", "role", "u_height", "tenant"),
    brief=NAMED,
    search=("name", "facility_id", "serial", "asset_tag", "description"),
    counts={"device_count": "devices", "powerfeed_count": "power_feeds"},
    via={**BY_SITE, **BY_TENANT},
)
RACK_ROLE = Resource(
    model=RackRole,
    kind="dcim.rackrole",
    path="dcim/rack-roles",
    columns=("name", "slug", "color", "description"),
    brief=SLUGGED,
    search=("name", "slug", "description"),
    counts={"rack_count": "racks"},
)
RACK_RESERVATION = Resource(
    model=RackReservation,
    kind="dcim.rackreservation",
    path="dcim/rack-reservations",
    columns=("rack", "units", "status", "description", "user", "tenant"),
    brief=("units", "user", "description"),
    search=("description", "comments"),
    counts={"unit_count": "reserved_units"},
    via={
        "site": "rack__site",
        "location": "rack__location",
        "region": "rack__site__region",
        "site_group": "rack__site__group",
        **BY_TENANT,
    },
)
MANUFACTURER = Resource(
    model=Manufacturer,
    kind="dcim.manufacturer",
    path="dcim/manufacturers",
    columns=("name", "slug", "description"),
    brief=SLUGGED,
    search=("name", "slug", "description"),
    counts={
        "devicetype_count": "device_types",
        "inventoryitem_count": "inventory_items",
        "moduletype_count": "module_types",
        "platform_count": "platforms",
    },
)
DEVICE_TYPE = Resource(
    model=DeviceType,
    kind="dcim.devicetype",
    path="dcim/device-types",
    columns=("model", "manufacturer", "u_height", "cpu_cores", "memory_mib", "storage_gib"),
    brief=("manufacturer", "model", "slug", "description"),
    search=("model", "slug", "part_number", "description"),
    counts={
        "device_count": "devices",
        **TEMPLATE_COUNTS,
        "device_bay_template_count": "devicebaytemplates",
    },
)
DEVICE_ROLE = Resource(
    model=DeviceRole,
    kind="dcim.devicerole",
    path="dcim/device-roles",
    columns=("name", "parent", "color", "vm_role", "description"),
    brief=IN_TREE,
    search=("name", "slug", "description"),
    wire=DEPTH,
    counts={"device_count": "devices", "virtualmachine_count": "virtual_machines"},
)
PLATFORM = Resource(
    model=Platform,
    kind="dcim.platform",
    path="dcim/platforms",
    columns=("name", "parent", "manufacturer", "description"),
    brief=IN_TREE,
    search=("name", "slug", "description"),
    wire=DEPTH,
    counts={"device_count": "devices", "virtualmachine_count": "virtual_machines"},
)
TENANT = Resource(
    model=Tenant,
    kind="tenancy.tenant",
    path="tenancy/tenants",
    columns=("name", "group", "kind", "description", "tags"),
    brief=SLUGGED,
    search=("name", "slug", "name_en", "description"),
    counts={
        "cluster_count": "clusters",
        "device_count": "devices",
        "ipaddress_count": "ip_addresses",
        "prefix_count": "prefixes",
        "rack_count": "racks",
        "site_count": "sites",
        "virtualmachine_count": "virtual_machines",
        "vlan_count": "vlans",
        "vrf_count": "vrfs",
    },
)
TENANT_GROUP = Resource(
    model=TenantGroup,
    kind="tenancy.tenantgroup",
    path="tenancy/tenant-groups",
    columns=("name", "parent", "slug", "description"),
    brief=IN_TREE,
    search=("name", "slug", "description"),
    wire=DEPTH,
    counts={"tenant_count": "tenants"},
)
CONTACT = Resource(
    model=Contact,
    kind="tenancy.contact",
    path="tenancy/contacts",
    columns=("name", "groups", "title", "phone", "email"),
    brief=NAMED,
    search=("name", "title", "phone", "email", "address", "description"),
    via={"group": "groups"},
)
CONTACT_GROUP = Resource(
    model=ContactGroup,
    kind="tenancy.contactgroup",
    path="tenancy/contact-groups",
    columns=("name", "parent", "slug", "description"),
    brief=IN_TREE,
    search=("name", "slug", "description"),
    wire=DEPTH,
    counts={"contact_count": "contacts"},
    via={"contact": "contacts"},
)
CONTACT_ROLE = Resource(
    model=ContactRole,
    kind="tenancy.contactrole",
    path="tenancy/contact-roles",
    columns=("name", "slug", "description"),
    brief=SLUGGED,
    search=("name", "slug", "description"),
)
CONTACT_ASSIGNMENT = Resource(
    model=ContactAssignment,
    kind="tenancy.contactassignment",
    path="tenancy/contact-assignments",
    columns=("contact", "role", "object_type", "object_id", "priority"),
    brief=("contact", "role", "priority"),
    search=("description",),
    via={"group": "contact__groups"},
)

RESOURCES: Final = (
    SITE,
    REGION,
    SITE_GROUP,
    LOCATION,
    RACK,
    RACK_ROLE,
    RACK_RESERVATION,
    MANUFACTURER,
    DEVICE_TYPE,
    DEVICE_ROLE,
    PLATFORM,
    TENANT,
    TENANT_GROUP,
    CONTACT,
    CONTACT_GROUP,
    CONTACT_ROLE,
    CONTACT_ASSIGNMENT,
)

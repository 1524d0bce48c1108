"""Devices and cables, and power up to the racks; components have a file of their own."""

from __future__ import annotations

from typing import Final

from dcim.catalog.component_templates import TEMPLATE_COUNTS
from dcim.catalog.places import BY_SITE, BY_TENANT
from dcim.catalog.resource import Resource
from dcim.record.equipment.cables import Cable
from dcim.record.equipment.devices import Device, VirtualChassis
from dcim.record.equipment.inventory import InventoryItemRole
from dcim.record.equipment.modules import Module, ModuleType
from dcim.record.equipment.power import PowerFeed, PowerPanel

NAMED: Final = ("name", "description")

DEVICE = Resource(
    model=Device,
    kind="dcim.device",
    path="dcim/devices",
    columns=("name", "status", "role", "device_type", "site", "rack", "position", "cluster"),
    brief=NAMED,
    search=("name", "serial", "asset_tag", "description"),
    via={
        "manufacturer": "device_type__manufacturer",
        "cluster_group": "cluster__group",
        **BY_SITE,
        **BY_TENANT,
    },
    counts={
        "console_port_count": "consoleports",
        "console_server_port_count": "consoleserverports",
        "power_port_count": "powerports",
        "power_outlet_count": "poweroutlets",
        "interface_count": "interfaces",
        "front_port_count": "frontports",
        "rear_port_count": "rearports",
        "device_bay_count": "devicebays",
        "module_bay_count": "modulebays",
        "inventory_item_count": "inventoryitems",
    },
)
VIRTUAL_CHASSIS = Resource(
    model=VirtualChassis,
    kind="dcim.virtualchassis",
    path="dcim/virtual-chassis",
    columns=("name", "domain", "master", "description"),
    brief=("name", "master", "description"),
    search=("name", "domain", "description"),
    counts={"member_count": "members"},
    via={
        "region": "master__site__region",
        "site_group": "master__site__group",
        "site": "master__site",
        "tenant": "master__tenant",
    },
)
MODULE_TYPE = Resource(
    model=ModuleType,
    kind="dcim.moduletype",
    path="dcim/module-types",
    columns=("model", "manufacturer", "part_number", "description"),
    brief=("manufacturer", "model", "description"),
    search=("model", "part_number", "description"),
    counts={"module_count": "modules", **TEMPLATE_COUNTS},
)
MODULE = Resource(
    model=Module,
    kind="dcim.module",
    path="dcim/modules",
    columns=("device", "module_bay", "module_type", "status", "serial"),
    brief=("device", "module_bay"),
    search=("serial", "asset_tag", "description"),
    via={
        "region": "device__site__region",
        "site_group": "device__site__group",
        "site": "device__site",
        "location": "device__location",
        "rack": "device__rack",
        "manufacturer": "module_type__manufacturer",
    },
)
CABLE = Resource(
    model=Cable,
    kind="dcim.cable",
    path="dcim/cables",
    columns=("label", "type", "status", "length", "length_unit"),
    brief=("label", "description"),
    search=("label", "description"),
    via=BY_TENANT,
)
INVENTORY_ITEM_ROLE = Resource(
    model=InventoryItemRole,
    kind="dcim.inventoryitemrole",
    path="dcim/inventory-item-roles",
    columns=("name", "slug", "color", "description"),
    brief=("name", "slug", "description"),
    search=("name", "slug", "description"),
    counts={"inventoryitem_count": "inventory_items"},
)
POWER_PANEL = Resource(
    model=PowerPanel,
    kind="dcim.powerpanel",
    path="dcim/power-panels",
    columns=("name", "site", "location", "description"),
    brief=NAMED,
    search=("name", "description"),
    counts={"powerfeed_count": "feeds"},
    via=BY_SITE,
)
POWER_FEED = Resource(
    model=PowerFeed,
    kind="dcim.powerfeed",
    path="dcim/power-feeds",
    columns=("name", "power_panel", "rack", "status", "type", "voltage_v", "amperage_a"),
    brief=NAMED,
    search=("name", "description"),
    wire={
        "voltage_v": "voltage",
        "amperage_a": "amperage",
        "max_utilization_percent": "max_utilization",
    },
    via={
        "region": "power_panel__site__region",
        "site_group": "power_panel__site__group",
        "location": "power_panel__location",
        **BY_TENANT,
    },
)

RESOURCES: Final = (
    DEVICE,
    VIRTUAL_CHASSIS,
    MODULE_TYPE,
    MODULE,
    INVENTORY_ITEM_ROLE,
    CABLE,
    POWER_PANEL,
    POWER_FEED,
)

"""The components of devices: ports, bays, and what is kept in them."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from dcim.catalog.places import DEPTH
from dcim.catalog.resource import Resource
from dcim.record.equipment.components import Component
from dcim.record.equipment.devices import Interface
from dcim.record.equipment.inventory import COMPONENT_FIELDS, InventoryItem
from dcim.record.equipment.modules import DeviceBay, ModuleBay
from dcim.record.equipment.ports import ConsolePort, ConsoleServerPort, FrontPort, RearPort
from dcim.record.equipment.power import PowerOutlet, PowerPort
from dcim.record.networks.mac_addresses import MACAddress

OF_DEVICE: Final = ("device", "name", "description")
SEARCHED: Final = ("name", "label", "description")
# How components are found by what their device is and where it stands.
BY_DEVICE: Final = MappingProxyType(
    {
        "region": "device__site__region",
        "site_group": "device__site__group",
        "site": "device__site",
        "location": "device__location",
        "rack": "device__rack",
        "tenant": "device__tenant",
        "device_role": "device__role",
        "device_type": "device__device_type",
        "virtual_chassis": "device__virtual_chassis",
    }
)

INTERFACE = Resource(
    model=Interface,
    kind="dcim.interface",
    path="dcim/interfaces",
    columns=("device", "name", "type", "enabled", "description"),
    brief=OF_DEVICE,
    via=BY_DEVICE,
    search=SEARCHED,
    counts={"count_ipaddresses": "ip_addresses"},
)
MAC_ADDRESS = Resource(
    model=MACAddress,
    kind="dcim.macaddress",
    path="dcim/mac-addresses",
    columns=("mac_address", "interface", "vm_interface", "description"),
    brief=("mac_address", "description"),
    search=("mac_address", "description"),
    one_of={"assigned_object": ("interface", "vm_interface")},
)
CONSOLE_PORT = Resource(
    model=ConsolePort,
    kind="dcim.consoleport",
    path="dcim/console-ports",
    columns=("device", "name", "type", "speed", "description"),
    brief=OF_DEVICE,
    via=BY_DEVICE,
    search=SEARCHED,
)
CONSOLE_SERVER_PORT = Resource(
    model=ConsoleServerPort,
    kind="dcim.consoleserverport",
    path="dcim/console-server-ports",
    columns=("device", "name", "type", "speed", "description"),
    brief=OF_DEVICE,
    via=BY_DEVICE,
    search=SEARCHED,
)
POWER_PORT = Resource(
    model=PowerPort,
    kind="dcim.powerport",
    path="dcim/power-ports",
    columns=("device", "name", "type", "maximum_draw_w", "allocated_draw_w"),
    brief=OF_DEVICE,
    via=BY_DEVICE,
    search=SEARCHED,
    wire={"maximum_draw_w": "maximum_draw", "allocated_draw_w": "allocated_draw"},
)
POWER_OUTLET = Resource(
    model=PowerOutlet,
    kind="dcim.poweroutlet",
    path="dcim/power-outlets",
    columns=("device", "name", "type", "power_port", "feed_leg"),
    brief=OF_DEVICE,
    via=BY_DEVICE,
    search=SEARCHED,
)
FRONT_PORT = Resource(
    model=FrontPort,
    kind="dcim.frontport",
    path="dcim/front-ports",
    columns=("device", "name", "type", "positions", "description"),
    brief=OF_DEVICE,
    via=BY_DEVICE,
    search=SEARCHED,
)
REAR_PORT = Resource(
    model=RearPort,
    kind="dcim.rearport",
    path="dcim/rear-ports",
    columns=("device", "name", "type", "positions", "description"),
    brief=OF_DEVICE,
    via=BY_DEVICE,
    search=SEARCHED,
)
DEVICE_BAY = Resource(
    model=DeviceBay,
    kind="dcim.devicebay",
    path="dcim/device-bays",
    columns=("device", "name", "installed_device", "enabled", "description"),
    brief=OF_DEVICE,
    via=BY_DEVICE,
    search=SEARCHED,
)
MODULE_BAY = Resource(
    model=ModuleBay,
    kind="dcim.modulebay",
    path="dcim/module-bays",
    columns=("device", "name", "position", "enabled", "description"),
    brief=OF_DEVICE,
    via=BY_DEVICE,
    search=(*SEARCHED, "position"),
)
INVENTORY_ITEM = Resource(
    model=InventoryItem,
    kind="dcim.inventoryitem",
    path="dcim/inventory-items",
    columns=("device", "name", "role", "manufacturer", "part_id", "serial"),
    brief=(*OF_DEVICE, "depth"),
    wire=DEPTH,
    one_of={"component": tuple(COMPONENT_FIELDS)},
    via=BY_DEVICE,
    search=("name", "label", "part_id", "serial", "asset_tag", "description"),
)
RESOURCES: Final = (
    INTERFACE,
    MAC_ADDRESS,
    CONSOLE_PORT,
    CONSOLE_SERVER_PORT,
    POWER_PORT,
    POWER_OUTLET,
    FRONT_PORT,
    REAR_PORT,
    DEVICE_BAY,
    MODULE_BAY,
    INVENTORY_ITEM,
)
COMPONENTS: Final = tuple(one.model for one in RESOURCES if issubclass(one.model, Component))

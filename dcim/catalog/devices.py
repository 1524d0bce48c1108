"""Devices with their components, their power and the cables between them."""

from __future__ import annotations

from typing import Final

from dcim.catalog.places import BY_SITE, BY_TENANT
from dcim.catalog.resource import Resource
from dcim.record.cables import Cable
from dcim.record.devices import Device, Interface
from dcim.record.power import PowerFeed, PowerOutlet, PowerPanel, PowerPort

NAMED: Final = ("name", "description")

DEVICE = Resource(
    model=Device,
    kind="dcim.device",
    path="dcim/devices",
    columns=("name", "status", "role", "device_type", "site", "rack", "position", "cluster"),
    brief=NAMED,
    search=("name", "serial", "asset_tag", "description"),
    via={"manufacturer": "device_type__manufacturer", **BY_SITE, **BY_TENANT},
)
INTERFACE = Resource(
    model=Interface,
    kind="dcim.interface",
    path="dcim/interfaces",
    columns=("device", "name", "type", "enabled", "description"),
    brief=("device", "name", "description"),
    search=("name", "label", "description"),
)
POWER_PANEL = Resource(
    model=PowerPanel,
    kind="dcim.powerpanel",
    path="dcim/power-panels",
    columns=("name", "site", "location", "description"),
    brief=NAMED,
    search=("name", "description"),
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
)
POWER_PORT = Resource(
    model=PowerPort,
    kind="dcim.powerport",
    path="dcim/power-ports",
    columns=("device", "name", "type", "maximum_draw_w", "allocated_draw_w"),
    brief=("device", "name", "description"),
    search=("name", "label", "description"),
    wire={"maximum_draw_w": "maximum_draw", "allocated_draw_w": "allocated_draw"},
)
POWER_OUTLET = Resource(
    model=PowerOutlet,
    kind="dcim.poweroutlet",
    path="dcim/power-outlets",
    columns=("device", "name", "type", "power_port", "feed_leg"),
    brief=("device", "name", "description"),
    search=("name", "label", "description"),
)
CABLE = Resource(
    model=Cable,
    kind="dcim.cable",
    path="dcim/cables",
    columns=("label", "type", "status", "length", "length_unit"),
    brief=("label", "description"),
    search=("label", "description"),
)

RESOURCES: Final = (
    DEVICE,
    INTERFACE,
    CABLE,
    POWER_PANEL,
    POWER_FEED,
    POWER_PORT,
    POWER_OUTLET,
)

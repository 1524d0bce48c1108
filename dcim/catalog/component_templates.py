"""The templates of components, by which new devices and modules are filled."""

from __future__ import annotations

from typing import Final

from dcim.catalog.resource import Resource
from dcim.record.equipment.component_templates import (
    ConsolePortTemplate,
    ConsoleServerPortTemplate,
    DeviceBayTemplate,
    FrontPortTemplate,
    InterfaceTemplate,
    ModuleBayTemplate,
    PowerOutletTemplate,
    PowerPortTemplate,
    RearPortTemplate,
)

NAMED: Final = ("name", "description")
SEARCHED: Final = ("name", "label", "description")
# How many templates of each kind a device type or module type has.
TEMPLATE_COUNTS: Final = {
    "console_port_template_count": "consoleporttemplates",
    "console_server_port_template_count": "consoleserverporttemplates",
    "power_port_template_count": "powerporttemplates",
    "power_outlet_template_count": "poweroutlettemplates",
    "interface_template_count": "interfacetemplates",
    "front_port_template_count": "frontporttemplates",
    "rear_port_template_count": "rearporttemplates",
    "module_bay_template_count": "modulebaytemplates",
}
OF_TYPE: Final = ("name", "device_type", "module_type", "type", "label")

CONSOLE_PORT_TEMPLATE = Resource(
    model=ConsolePortTemplate,
    kind="dcim.consoleporttemplate",
    path="dcim/console-port-templates",
    columns=OF_TYPE,
    brief=NAMED,
    search=SEARCHED,
)
CONSOLE_SERVER_PORT_TEMPLATE = Resource(
    model=ConsoleServerPortTemplate,
    kind="dcim.consoleserverporttemplate",
    path="dcim/console-server-port-templates",
    columns=OF_TYPE,
    brief=NAMED,
    search=SEARCHED,
)
POWER_PORT_TEMPLATE = Resource(
    model=PowerPortTemplate,
    kind="dcim.powerporttemplate",
    path="dcim/power-port-templates",
    columns=OF_TYPE,
    brief=NAMED,
    search=SEARCHED,
    wire={"maximum_draw_w": "maximum_draw", "allocated_draw_w": "allocated_draw"},
)
POWER_OUTLET_TEMPLATE = Resource(
    model=PowerOutletTemplate,
    kind="dcim.poweroutlettemplate",
    path="dcim/power-outlet-templates",
    columns=OF_TYPE,
    brief=NAMED,
    search=SEARCHED,
)
INTERFACE_TEMPLATE = Resource(
    model=InterfaceTemplate,
    kind="dcim.interfacetemplate",
    path="dcim/interface-templates",
    columns=OF_TYPE,
    brief=NAMED,
    search=SEARCHED,
)
FRONT_PORT_TEMPLATE = Resource(
    model=FrontPortTemplate,
    kind="dcim.frontporttemplate",
    path="dcim/front-port-templates",
    columns=OF_TYPE,
    brief=NAMED,
    search=SEARCHED,
)
REAR_PORT_TEMPLATE = Resource(
    model=RearPortTemplate,
    kind="dcim.rearporttemplate",
    path="dcim/rear-port-templates",
    columns=OF_TYPE,
    brief=NAMED,
    search=SEARCHED,
)
DEVICE_BAY_TEMPLATE = Resource(
    model=DeviceBayTemplate,
    kind="dcim.devicebaytemplate",
    path="dcim/device-bay-templates",
    columns=("name", "device_type", "enabled", "label"),
    brief=NAMED,
    search=SEARCHED,
)
MODULE_BAY_TEMPLATE = Resource(
    model=ModuleBayTemplate,
    kind="dcim.modulebaytemplate",
    path="dcim/module-bay-templates",
    columns=("name", "device_type", "module_type", "position", "label"),
    brief=NAMED,
    search=SEARCHED,
)
RESOURCES: Final = (
    CONSOLE_PORT_TEMPLATE,
    CONSOLE_SERVER_PORT_TEMPLATE,
    POWER_PORT_TEMPLATE,
    POWER_OUTLET_TEMPLATE,
    INTERFACE_TEMPLATE,
    FRONT_PORT_TEMPLATE,
    REAR_PORT_TEMPLATE,
    DEVICE_BAY_TEMPLATE,
    MODULE_BAY_TEMPLATE,
)

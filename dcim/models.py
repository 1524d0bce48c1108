"""Every model of the record, for Django; the code itself imports from `dcim.record`."""

from dcim.record.account import ApiToken, FailedSignIn, Group, ObjectPermission, User
from dcim.record.allocations import Allocation, Provider
from dcim.record.cables import Cable, CableTermination
from dcim.record.changes import ChangeLink, ObjectChange
from dcim.record.component_templates import (
    ConsolePortTemplate,
    ConsoleServerPortTemplate,
    DeviceBayTemplate,
    FrontPortTemplate,
    InterfaceTemplate,
    ModuleBayTemplate,
    PortTemplateMapping,
    PowerOutletTemplate,
    PowerPortTemplate,
    RearPortTemplate,
)
from dcim.record.config_contexts import ConfigContext
from dcim.record.contacts import Contact, ContactAssignment, ContactGroup, ContactRole
from dcim.record.custom_fields import CustomField, CustomFieldChoiceSet
from dcim.record.devices import Device, Interface, VirtualChassis
from dcim.record.hardware import DeviceRole, DeviceType, Manufacturer, Platform
from dcim.record.inventory import InventoryItem, InventoryItemRole
from dcim.record.ipam import VRF, IPAddress, Prefix
from dcim.record.mac_addresses import MACAddress
from dcim.record.machine_parts import VirtualDisk, VMInterface
from dcim.record.modules import DeviceBay, Module, ModuleBay, ModuleType
from dcim.record.organisation import Tag, Tenant, TenantGroup
from dcim.record.plans import Plan, PlanApproval, ProvisioningRun
from dcim.record.ports import ConsolePort, ConsoleServerPort, FrontPort, PortMapping, RearPort
from dcim.record.power import PowerFeed, PowerOutlet, PowerPanel, PowerPort
from dcim.record.racks import Rack, RackRole, RackUnit
from dcim.record.reservations import RackReservation, ReservedUnit
from dcim.record.service_apps import AppDependency, ServiceApp, Workload
from dcim.record.services import Service
from dcim.record.sites import Location, Region, Site, SiteGroup
from dcim.record.virtualization import Cluster, ClusterGroup, ClusterType, VirtualMachine
from dcim.record.vlans import VLAN, Role, VLANGroup

__all__ = [
    "VLAN",
    "VRF",
    "Allocation",
    "ApiToken",
    "AppDependency",
    "Cable",
    "CableTermination",
    "ChangeLink",
    "Cluster",
    "ClusterGroup",
    "ClusterType",
    "ConfigContext",
    "ConsolePort",
    "ConsolePortTemplate",
    "ConsoleServerPort",
    "ConsoleServerPortTemplate",
    "Contact",
    "ContactAssignment",
    "ContactGroup",
    "ContactRole",
    "CustomField",
    "CustomFieldChoiceSet",
    "Device",
    "DeviceBay",
    "DeviceBayTemplate",
    "DeviceRole",
    "DeviceType",
    "FailedSignIn",
    "FrontPort",
    "FrontPortTemplate",
    "Group",
    "IPAddress",
    "Interface",
    "InterfaceTemplate",
    "InventoryItem",
    "InventoryItemRole",
    "Location",
    "MACAddress",
    "Manufacturer",
    "Module",
    "ModuleBay",
    "ModuleBayTemplate",
    "ModuleType",
    "ObjectChange",
    "ObjectPermission",
    "Plan",
    "PlanApproval",
    "Platform",
    "PortMapping",
    "PortTemplateMapping",
    "PowerFeed",
    "PowerOutlet",
    "PowerOutletTemplate",
    "PowerPanel",
    "PowerPort",
    "PowerPortTemplate",
    "Prefix",
    "Provider",
    "ProvisioningRun",
    "Rack",
    "RackReservation",
    "RackRole",
    "RackUnit",
    "RearPort",
    "RearPortTemplate",
    "Region",
    "ReservedUnit",
    "Role",
    "Service",
    "ServiceApp",
    "Site",
    "SiteGroup",
    "Tag",
    "Tenant",
    "TenantGroup",
    "User",
    "VLANGroup",
    "VMInterface",
    "VirtualChassis",
    "VirtualDisk",
    "VirtualMachine",
    "Workload",
]

"""Every model of the record, for Django; the code itself imports from `dcim.record`."""

from dcim.record.equipment.cables import Cable, CableTermination
from dcim.record.equipment.component_templates import (
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
from dcim.record.equipment.devices import Device, Interface, VirtualChassis
from dcim.record.equipment.inventory import InventoryItem, InventoryItemRole
from dcim.record.equipment.modules import DeviceBay, Module, ModuleBay, ModuleType
from dcim.record.equipment.ports import (
    ConsolePort,
    ConsoleServerPort,
    FrontPort,
    PortMapping,
    RearPort,
)
from dcim.record.equipment.power import PowerFeed, PowerOutlet, PowerPanel, PowerPort
from dcim.record.extras.config_contexts import ConfigContext
from dcim.record.extras.custom_fields import CustomField, CustomFieldChoiceSet
from dcim.record.extras.journal import JournalEntry
from dcim.record.log.changes import ChangeLink, ObjectChange
from dcim.record.networks.ipam import VRF, IPAddress, Prefix
from dcim.record.networks.mac_addresses import MACAddress
from dcim.record.networks.machine_parts import VirtualDisk, VMInterface
from dcim.record.networks.services import Service
from dcim.record.networks.virtualization import Cluster, ClusterGroup, ClusterType, VirtualMachine
from dcim.record.networks.vlans import VLAN, Role, VLANGroup
from dcim.record.people.account import ApiToken, FailedSignIn, Group, ObjectPermission, User
from dcim.record.people.contacts import Contact, ContactAssignment, ContactGroup, ContactRole
from dcim.record.people.organisation import Tag, Tenant, TenantGroup
from dcim.record.places.hardware import DeviceRole, DeviceType, Manufacturer, Platform
from dcim.record.places.racks import Rack, RackRole, RackUnit
from dcim.record.places.reservations import RackReservation, ReservedUnit
from dcim.record.places.sites import Location, Region, Site, SiteGroup
from dcim.record.planner.allocations import Allocation, Provider
from dcim.record.planner.backups import BackupCopy
from dcim.record.planner.categories import CategoryAssessment
from dcim.record.planner.commitments import Commitment
from dcim.record.planner.drift import DriftFinding, DriftRule, DriftScan
from dcim.record.planner.intakes import AppIntake
from dcim.record.planner.jobs import Job
from dcim.record.planner.ledger_snapshots import LedgerSnapshot
from dcim.record.planner.letterheads import Letterhead
from dcim.record.planner.plans import Plan, PlanApproval, ProvisioningRun
from dcim.record.planner.reclaims import BackupWaiver, ReclaimedMachine
from dcim.record.planner.requests import AllocationRequest, RequestLine, RequestStep
from dcim.record.planner.scenarios import Scenario
from dcim.record.planner.service_apps import AppDependency, ServiceApp, Workload

__all__ = [
    "VLAN",
    "VRF",
    "Allocation",
    "AllocationRequest",
    "ApiToken",
    "AppDependency",
    "AppIntake",
    "BackupCopy",
    "BackupWaiver",
    "Cable",
    "CableTermination",
    "CategoryAssessment",
    "ChangeLink",
    "Cluster",
    "ClusterGroup",
    "ClusterType",
    "Commitment",
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
    "DriftFinding",
    "DriftRule",
    "DriftScan",
    "FailedSignIn",
    "FrontPort",
    "FrontPortTemplate",
    "Group",
    "IPAddress",
    "Interface",
    "InterfaceTemplate",
    "InventoryItem",
    "InventoryItemRole",
    "Job",
    "JournalEntry",
    "LedgerSnapshot",
    "Letterhead",
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
    "ReclaimedMachine",
    "Region",
    "RequestLine",
    "RequestStep",
    "ReservedUnit",
    "Role",
    "Scenario",
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

"""Every model of the record, for Django; the code itself imports from `dcim.record`."""

from dcim.record.account import ApiToken, FailedSignIn, Group, ObjectPermission, User
from dcim.record.allocations import Allocation, Provider
from dcim.record.cables import Cable, CableTermination
from dcim.record.changes import ChangeLink, ObjectChange
from dcim.record.contacts import Contact, ContactAssignment, ContactGroup, ContactRole
from dcim.record.devices import Device, Interface
from dcim.record.hardware import DeviceRole, DeviceType, Manufacturer, Platform
from dcim.record.ipam import VRF, IPAddress, Prefix
from dcim.record.machine_parts import VirtualDisk, VMInterface
from dcim.record.organisation import Tag, Tenant, TenantGroup
from dcim.record.plans import Plan, PlanApproval, ProvisioningRun
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
    "Contact",
    "ContactAssignment",
    "ContactGroup",
    "ContactRole",
    "Device",
    "DeviceRole",
    "DeviceType",
    "FailedSignIn",
    "Group",
    "IPAddress",
    "Interface",
    "Location",
    "Manufacturer",
    "ObjectChange",
    "ObjectPermission",
    "Plan",
    "PlanApproval",
    "Platform",
    "PowerFeed",
    "PowerOutlet",
    "PowerPanel",
    "PowerPort",
    "Prefix",
    "Provider",
    "ProvisioningRun",
    "Rack",
    "RackReservation",
    "RackRole",
    "RackUnit",
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
    "VirtualDisk",
    "VirtualMachine",
    "Workload",
]

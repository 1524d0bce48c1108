"""NetBox's objects of networks and virtualization: addresses, clusters, machines."""

from __future__ import annotations

from typing import Final

from dcim.catalog.places import BY_SITE, BY_TENANT
from dcim.catalog.resource import Resource
from dcim.record.networks.ipam import VRF, IPAddress, Prefix
from dcim.record.networks.machine_parts import VirtualDisk, VMInterface
from dcim.record.networks.scopes import PLACES
from dcim.record.networks.services import Service
from dcim.record.networks.virtualization import Cluster, ClusterGroup, ClusterType, VirtualMachine
from dcim.record.networks.vlans import SCOPES, VLAN, Role, VLANGroup

SLUGGED: Final = ("name", "slug", "description")
NAMED: Final = ("name", "description")

CLUSTER_TYPE = Resource(
    model=ClusterType,
    kind="virtualization.clustertype",
    path="virtualization/cluster-types",
    columns=("name", "slug", "description"),
    brief=SLUGGED,
    search=("name", "slug", "description"),
    counts={"cluster_count": "clusters"},
)
CLUSTER_GROUP = Resource(
    model=ClusterGroup,
    kind="virtualization.clustergroup",
    path="virtualization/cluster-groups",
    columns=("name", "slug", "description"),
    brief=SLUGGED,
    search=("name", "slug", "description"),
    counts={"cluster_count": "clusters"},
)
CLUSTER = Resource(
    model=Cluster,
    kind="virtualization.cluster",
    path="virtualization/clusters",
    columns=("name", "type", "group", "status", "site", "provider", "host_failures_to_survive"),
    brief=NAMED,
    search=("name", "description"),
    one_of={"scope": PLACES},
    counts={"device_count": "devices"},
    via=BY_TENANT,
)
VIRTUAL_MACHINE = Resource(
    model=VirtualMachine,
    kind="virtualization.virtualmachine",
    path="virtualization/virtual-machines",
    columns=("name", "status", "cluster", "device", "vcpus", "memory_mib", "disk_mb"),
    brief=NAMED,
    search=("name", "serial", "description"),
    wire={"memory_mib": "memory", "disk_mb": "disk"},
    counts={"interface_count": "interfaces", "virtual_disk_count": "disks"},
    via={
        "cluster_group": "cluster__group",
        "cluster_type": "cluster__type",
        **BY_SITE,
        **BY_TENANT,
    },
)
VM_INTERFACE = Resource(
    model=VMInterface,
    kind="virtualization.vminterface",
    path="virtualization/interfaces",
    columns=("virtual_machine", "name", "enabled", "description"),
    brief=("virtual_machine", "name", "description"),
    search=("name", "description"),
    counts={"count_ipaddresses": "ip_addresses"},
    via={"cluster": "virtual_machine__cluster"},
)
VIRTUAL_DISK = Resource(
    model=VirtualDisk,
    kind="virtualization.virtualdisk",
    path="virtualization/virtual-disks",
    columns=("virtual_machine", "name", "size_mb"),
    brief=("virtual_machine", "name", "size_mb", "description"),
    search=("name", "description"),
    wire={"size_mb": "size"},
)
VRF_RESOURCE = Resource(
    model=VRF,
    kind="ipam.vrf",
    path="ipam/vrfs",
    columns=("name", "rd", "tenant", "enforce_unique", "description"),
    brief=("name", "rd", "description"),
    search=("name", "rd", "description"),
    counts={"ipaddress_count": "ip_addresses", "prefix_count": "prefixes"},
    via=BY_TENANT,
)
ROLE = Resource(
    model=Role,
    kind="ipam.role",
    path="ipam/roles",
    columns=("name", "slug", "weight", "description"),
    brief=SLUGGED,
    search=("name", "slug", "description"),
    counts={"prefix_count": "prefixes", "vlan_count": "vlans"},
)
VLAN_GROUP = Resource(
    model=VLANGroup,
    kind="ipam.vlangroup",
    path="ipam/vlan-groups",
    columns=("name", "vid_ranges", "total_vlan_ids", "tenant", "description"),
    brief=SLUGGED,
    search=("name", "slug", "description"),
    one_of={"scope": SCOPES},
    counts={"vlan_count": "vlans"},
    via=BY_TENANT,
)
VLAN_RESOURCE = Resource(
    model=VLAN,
    kind="ipam.vlan",
    path="ipam/vlans",
    columns=("vid", "name", "group", "site", "status", "role", "description"),
    brief=("vid", "name", "description"),
    search=("name", "description"),
    counts={"prefix_count": "prefixes"},
    via={**BY_SITE, **BY_TENANT},
)
PREFIX = Resource(
    model=Prefix,
    kind="ipam.prefix",
    path="ipam/prefixes",
    columns=("prefix", "status", "vrf", "site", "vlan", "role", "description"),
    brief=("family", "prefix", "description"),
    search=("prefix", "description"),
    hidden=frozenset({"first_key", "last_key", "claim"}),
    one_of={"scope": PLACES},
    via={"vlan_group": "vlan__group", **BY_TENANT},
)
IP_ADDRESS = Resource(
    model=IPAddress,
    kind="ipam.ipaddress",
    path="ipam/ip-addresses",
    columns=("address", "status", "vrf", "role", "vm_interface", "interface", "dns_name"),
    brief=("family", "address", "dns_name", "description"),
    search=("address", "dns_name", "description"),
    hidden=frozenset({"host_key", "claim"}),
    one_of={"assigned_object": ("interface", "vm_interface")},
    via={"service": "services", **BY_TENANT},
)
SERVICE = Resource(
    model=Service,
    kind="ipam.service",
    path="ipam/services",
    columns=("name", "protocol", "ports", "device", "virtual_machine", "description"),
    brief=("name", "protocol", "ports", "description"),
    search=("name", "description"),
    hidden=frozenset({"port_key"}),
    one_of={"parent_object": ("device", "virtual_machine")},
    via={"ip_address": "ipaddresses"},
)

RESOURCES: Final = (
    CLUSTER_TYPE,
    CLUSTER_GROUP,
    CLUSTER,
    VIRTUAL_MACHINE,
    VM_INTERFACE,
    VIRTUAL_DISK,
    VRF_RESOURCE,
    ROLE,
    VLAN_GROUP,
    VLAN_RESOURCE,
    PREFIX,
    IP_ADDRESS,
    SERVICE,
)

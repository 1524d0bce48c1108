"""A target on OpenStack: networks and a security group, then a volume and a server per machine.

Tested with Pulumi's mocks only: it never met a real OpenStack here. Users of a cloud such as the
PDN cannot make flavours, so the one with the plan's vCPUs and memory is looked up and taken by its
name. Sizes: memory of a flavour in MiB, volumes in GiB.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from types import ModuleType
from typing import Final

import pulumi

from dcim.planning.document import Network, PlannedVM, Target
from dcim.planning.sentences import tell
from dcim.vocabulary.amounts import Amounts, makeable
from dcim.vocabulary.choices import _
from dcim.vocabulary.errors import Refused
from dcim.vocabulary.hypervisors import cloud_address
from provisioning.program.clouds import (
    address_in,
    package,
    refuse_unknown,
    secret_config,
    user_data,
)
from provisioning.program.components import SharedNetworks
from provisioning.program.guests import name_servers, ssh_keys
from provisioning.program.order import Order

SERVER_TYPE: Final = "openstack:compute/instance:Instance"
VOLUME_TYPE: Final = "openstack:blockstorage/volume:Volume"
NETWORK_TYPE: Final = "openstack:networking/network:Network"
CONFIG: Final = {
    "application_credential_id": "applicationCredentialId",
    "application_credential_secret": "applicationCredentialSecret",
    "user_name": "userName",
    "password": "password",
    "tenant_name": "tenantName",
    "user_domain_name": "userDomainName",
    "project_domain_name": "projectDomainName",
}
VARIABLES: Final = (
    ("OS_APPLICATION_CREDENTIAL_ID", "OS_APPLICATION_CREDENTIAL_SECRET"),
    ("OS_USERNAME", "OS_PASSWORD"),
    ("OS_TOKEN",),
    ("OS_CLOUD",),
)


@dataclass(frozen=True, slots=True)
class _Cloud:
    """The package, the cloud's provider, and the choices of its address."""

    openstack: ModuleType
    provider: pulumi.ProviderResource
    choices: Mapping[str, str]

    @property
    def asking(self) -> pulumi.InvokeOptions:
        return pulumi.InvokeOptions(provider=self.provider)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What machines of a target stand on: ids by network, and the security group's name."""

    networks: Mapping[str, Network]
    ids: Mapping[str, pulumi.Output[str]]
    group: pulumi.Output[str]


def build_on_openstack(order: Order) -> None:
    """Registers networks and their security group, then the machines of each app.

    Raises: MissingComponent without the package, InvalidInput without credentials, Refused where
    the stack does not know what runs already, or a network translates addresses and the address
    names no external network.
    """
    openstack, address = package("openstack", _load), cloud_address(order.target.uri)
    refuse_unknown(order, SERVER_TYPE, VOLUME_TYPE)
    _refuse_nat_without_outside(order.target, address.parameters)
    provider = openstack.Provider(
        order.target.name,
        auth_url=address.endpoint,
        region=address.parameters.get("region"),
        **secret_config("openstack", CONFIG, VARIABLES),
    )
    cloud = _Cloud(openstack, provider, address.parameters)
    ground = _ground(cloud, order.target)
    for app, vms in order.apps():
        for vm in vms:
            _machine(cloud, order, vm, ground, app)


def _load() -> ModuleType:
    import pulumi_openstack

    module: ModuleType = pulumi_openstack
    return module


def _refuse_nat_without_outside(target: Target, choices: Mapping[str, str]) -> None:
    for network in target.networks:
        if network.mode == "nat" and not choices.get("external"):
            raise Refused(
                tell(
                    _("network %(network)s translates addresses, and no network outside is named."),
                    network=network.name,
                ),
                field="hypervisor",
                hint=_("Name the cloud's external network: openstack://host/v3?external=NAME."),
            )


def _ground(cloud: _Cloud, target: Target) -> _Ground:
    shared = SharedNetworks(target.name, [network.name for network in target.networks])
    below = pulumi.ResourceOptions(parent=shared, provider=cloud.provider)
    networks = {network.name: network for network in target.networks}
    servers = name_servers(target)
    ids = {name: _network_id(cloud, one, servers, below) for name, one in networks.items()}
    return _Ground(networks, ids, _security_group(cloud, target, below))


def _network_id(
    cloud: _Cloud, network: Network, servers: list[str], below: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """The id of the network: made here, or found by name where it is the cloud's own."""
    networking = cloud.openstack.networking
    if network.mode == "bridge" or cloud.choices.get("networks") == "theirs":
        found: pulumi.Output[str] = networking.get_network_output(
            name=network.name, opts=cloud.asking
        ).id
        return found
    made = networking.Network(
        network.name, name=network.name, description="Lumbung", admin_state_up=True, opts=below
    )
    if network.cidr:
        _subnet(cloud, network, made, servers, below)
    made_id: pulumi.Output[str] = made.id
    return made_id


def _subnet(
    cloud: _Cloud,
    network: Network,
    made: pulumi.CustomResource,
    servers: list[str],
    below: pulumi.ResourceOptions,
) -> None:
    """The range of a network: closed, or behind a router to the external network."""
    networking, is_nat = cloud.openstack.networking, network.mode == "nat"
    version = 6 if ":" in (network.cidr or "") else 4
    subnet = networking.Subnet(
        network.name,
        name=network.name,
        network_id=made.id,
        cidr=network.cidr,
        ip_version=version,
        enable_dhcp=True,
        no_gateway=None if is_nat else True,
        dns_nameservers=_of_version(servers, version) or None,
        opts=below,
    )
    if is_nat:
        outside = networking.get_network_output(
            name=cloud.choices["external"], external=True, opts=cloud.asking
        )
        router = networking.Router(
            network.name, name=network.name, external_network_id=outside.id, opts=below
        )
        networking.RouterInterface(
            network.name, router_id=router.id, subnet_id=subnet.id, opts=below
        )


def _of_version(servers: list[str], version: int) -> list[str]:
    """Those that DHCP can tell on a subnet of that version of IP."""
    return [one for one in servers if ip_address(one).version == version]


def _security_group(
    cloud: _Cloud, target: Target, below: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """A group that lets in what comes from the target's networks, as on networks of our own."""
    networking = cloud.openstack.networking
    name = f"lumbung-{target.name}"
    group = networking.SecGroup(
        name, name=name, description="Machines of one target reach each other.", opts=below
    )
    for network in target.networks:
        if network.cidr:
            networking.SecGroupRule(
                f"{name}-{network.name}",
                direction="ingress",
                ethertype="IPv6" if ":" in network.cidr else "IPv4",
                remote_ip_prefix=network.cidr,
                security_group_id=group.id,
                description=network.name,
                opts=below,
            )
    group_name: pulumi.Output[str] = group.name
    return group_name


def _machine(
    cloud: _Cloud, order: Order, vm: PlannedVM, ground: _Ground, app: pulumi.Resource
) -> None:
    size = makeable(vm.amounts)  # what stands may be recorded without its size
    metadata = {f"lumbung_{name}": text for name, text in order.tags(vm).as_mapping().items()}
    below = pulumi.ResourceOptions(parent=app, provider=cloud.provider)
    volume = cloud.openstack.blockstorage.Volume(
        vm.name,
        name=vm.name,
        size=size.storage_gib,
        image_id=_image_id(cloud, vm),
        enable_online_resize=True,
        metadata=metadata,
        opts=_known_as(order, VOLUME_TYPE, vm, below, ["imageId"]),
    )
    compute = cloud.openstack.compute
    compute.Instance(
        vm.name,
        name=vm.name,
        flavor_name=_flavor_name(cloud, size),
        block_devices=[
            compute.InstanceBlockDeviceArgs(
                uuid=volume.id,
                source_type="volume",
                destination_type="volume",
                boot_index=0,
                delete_on_termination=False,
            )
        ],
        networks=_interfaces(compute, vm, ground),
        security_groups=[ground.group] if vm.network else [],
        user_data=user_data(vm, ssh_keys(order.target)),
        metadata=metadata,
        power_state="active" if vm.running else "shutoff",
        stop_before_destroy=True,
        opts=_known_as(order, SERVER_TYPE, vm, below, ["userData"]),
    )


def _known_as(
    order: Order,
    kind: str,
    vm: PlannedVM,
    below: pulumi.ResourceOptions,
    only_at_creation: list[str],
) -> pulumi.ResourceOptions:
    own = pulumi.ResourceOptions(
        aliases=[*order.standing.aliases(kind, vm.name)],
        ignore_changes=only_at_creation,
        protect=order.protects,
    )
    return pulumi.ResourceOptions.merge(below, own)


def _interfaces(compute: ModuleType, vm: PlannedVM, ground: _Ground) -> list[object]:
    if not vm.network:
        return []
    address = address_in(vm, ground.networks[vm.network])
    fixed = {} if address is None else {f"fixed_ip_v{address.version}": str(address.ip)}
    return [compute.InstanceNetworkArgs(uuid=ground.ids[vm.network], **fixed)]


def _image_id(cloud: _Cloud, vm: PlannedVM) -> pulumi.Output[str] | None:
    if not vm.image:
        return None
    images = cloud.openstack.images
    found: pulumi.Output[str] = images.get_image_output(
        name=vm.image, most_recent=True, opts=cloud.asking
    ).id
    return found


def _flavor_name(cloud: _Cloud, size: Amounts) -> pulumi.Output[str]:
    """The flavour with these vCPUs and this memory; the cloud complains where it is not one.

    Where flavours of one size differ by their disk, the address says which: `flavor_disk` in GiB.
    """
    disk = cloud.choices.get("flavor_disk", "")
    if disk and not disk.isdecimal():
        raise Refused(
            tell(_("flavor_disk is %(disk)s."), disk=disk),
            field="hypervisor",
            hint=_("Write whole GiB, such as 0."),
        )
    found: pulumi.Output[str] = cloud.openstack.compute.get_flavor_output(
        vcpus=size.vcpus,
        ram=size.memory_mib,
        disk=int(disk) if disk else None,
        opts=cloud.asking,
    ).name
    return found

"""A target on Proxmox VE: a virtual machine each, on the node that the plan names.

Tested with Pulumi's mocks only: it never met a real Proxmox here. `VmLegacy` is the package's real
machine; its `Vm` calls itself a proof of concept. Proxmox counts memory in units of 2^20 bytes and
disks in units of 2^30, and calls them MB and GB.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import ModuleType
from typing import Final

import pulumi

from dcim.planning.document import Network, PlannedVM, Target
from dcim.planning.sentences import tell
from dcim.vocabulary.amounts import makeable
from dcim.vocabulary.choices import _
from dcim.vocabulary.errors import Refused
from dcim.vocabulary.hypervisors import CloudAddress, cloud_address
from dcim.vocabulary.naming import slug
from provisioning.program.clouds import (
    Address,
    address_in,
    host_name,
    package,
    refuse_unknown,
    secret_config,
)
from provisioning.program.components import SharedNetworks
from provisioning.program.guests import gateway, name_servers, ssh_keys
from provisioning.program.order import Order, Tags

VM_TYPE: Final = "proxmoxve:index/vmLegacy:VmLegacy"
BRIDGE_TYPE: Final = "proxmoxve:network/linux/bridge:Bridge"
CONFIG: Final = {"api_token": "apiToken", "username": "username", "password": "password"}
VARIABLES: Final = (
    ("PROXMOX_VE_API_TOKEN",),
    ("PROXMOX_VE_USERNAME", "PROXMOX_VE_PASSWORD"),
)
ONLY_AT_CREATION: Final = [
    "disks[0].importFrom",
    "initialization.userAccount",
    "initialization.dns",
]


@dataclass(frozen=True, slots=True)
class _Site:
    """Where machines go: the target, the API's address with its choices, and the provider."""

    target: Target
    address: CloudAddress
    provider: pulumi.ProviderResource

    def choice(self, name: str, default: str) -> str:
        return self.address.parameters.get(name, default)

    def node(self, vm: PlannedVM) -> str:
        """The node of `vm`: its host in the plan, else the address's."""
        node = vm.host or self.address.path
        if not node:
            raise Refused(
                tell(
                    _("the plan names no host for %(vm)s, and the address names no node."),
                    vm=vm.name,
                ),
                field="hypervisor",
                hint=_("Name one there: proxmox://host:8006/node."),
            )
        return node


def build_on_proxmox(order: Order) -> None:
    """Registers bridges where machines need their own, then the machines of each app.

    Raises: MissingComponent without the package, InvalidInput without credentials, Refused where
    the stack does not know what runs already, no node is known or a network would translate
    addresses.
    """
    pve = package("proxmox", _load)
    networks = {network.name: network for network in order.target.networks}
    refuse_unknown(order, VM_TYPE)
    _refuse_nat(networks)
    address = cloud_address(order.target.uri)
    provider = pve.Provider(
        order.target.name,
        endpoint=f"https://{address.host}/",
        **secret_config("proxmoxve", CONFIG, VARIABLES),
    )
    site = _Site(order.target, address, provider)
    bridges = _bridges(pve, order, site, networks)
    for app, vms in order.apps():
        for vm in vms:
            options = pulumi.ResourceOptions(
                parent=app,
                provider=site.provider,
                aliases=[*order.standing.aliases(VM_TYPE, vm.name)],
                ignore_changes=ONLY_AT_CREATION,
                protect=order.protects,
            )
            network = networks.get(vm.network or "")
            _machine(pve, site, order.tags(vm), vm, network, bridges, options)


def _load() -> ModuleType:
    import pulumi_proxmoxve

    module: ModuleType = pulumi_proxmoxve
    return module


def _refuse_nat(networks: Mapping[str, Network]) -> None:
    for network in networks.values():
        if network.mode == "nat":
            raise Refused(
                tell(
                    _("network %(network)s translates addresses, and Proxmox's bridges do not."),
                    network=network.name,
                ),
                field="networks",
                hint=_("Plan it isolated, or as a bridge with a router of its own."),
            )


def _has_own_bridge(network: Network) -> bool:
    """A network with a tag, or one that leads outside, is a tag on the node's bridge."""
    return network.vlan is None and network.mode in {"", "isolated"}


def _bridges(
    pve: ModuleType, order: Order, site: _Site, networks: Mapping[str, Network]
) -> dict[tuple[str, str], pulumi.Output[str]]:
    """A bridge per node and network of machines whose network has no tag, by both."""
    shared = SharedNetworks(order.target.name, sorted(networks))
    used = {(site.node(vm), vm.network) for vm in order.target.vms if vm.network in networks}
    return {
        (node, name): pve.network.linux.Bridge(
            f"{name}-{node}",
            node_name=node,
            name=bridge_name(name),
            comment=name,
            autostart=True,
            opts=pulumi.ResourceOptions(parent=shared, provider=site.provider),
        ).name
        for node, name in sorted((node, name) for node, name in used if name)
        if _has_own_bridge(networks[name])
    }


def bridge_name(network: str) -> str:
    """What the bridge of `network` is called: ten characters at most, a letter first."""
    return f"lb{sha256(network.encode()).hexdigest()[:8]}"


def _machine(
    pve: ModuleType,
    site: _Site,
    tags: Tags,
    vm: PlannedVM,
    network: Network | None,
    bridges: Mapping[tuple[str, str], pulumi.Output[str]],
    options: pulumi.ResourceOptions,
) -> None:
    size = makeable(vm.amounts)  # what stands may be recorded without its size
    pve.VmLegacy(
        vm.name,
        node_name=site.node(vm),
        migrate=True,  # to another host of the plan it moves, it is not made anew
        name=host_name(vm.name),
        description=description(tags),
        tags=labels(tags),
        cpu=pve.VmLegacyCpuArgs(cores=size.vcpus, sockets=1),
        memory=pve.VmLegacyMemoryArgs(dedicated=size.memory_mib),
        disks=[
            pve.VmLegacyDiskArgs(
                interface="scsi0",
                datastore_id=site.choice("datastore", "local-lvm"),
                size=size.storage_gib,
                import_from=_image(site, vm),
            )
        ],
        network_devices=[_device(pve, site, vm, network, bridges)] if network else [],
        initialization=_initialization(pve, site, vm, network),
        on_boot=vm.running,
        started=vm.running,
        opts=options,
    )


def _image(site: _Site, vm: PlannedVM) -> str | None:
    return f"{site.choice('images', 'local')}:import/{vm.image}.qcow2" if vm.image else None


def _device(
    pve: ModuleType,
    site: _Site,
    vm: PlannedVM,
    network: Network,
    bridges: Mapping[tuple[str, str], pulumi.Output[str]],
) -> object:
    own = bridges.get((site.node(vm), network.name))
    bridge = site.choice("bridge", "vmbr0") if own is None else own
    return pve.VmLegacyNetworkDeviceArgs(bridge=bridge, vlan_id=network.vlan, model="virtio")


def _initialization(pve: ModuleType, site: _Site, vm: PlannedVM, network: Network | None) -> object:
    """What cloud-init is told: the address with its prefix, who may come in, and whom to ask."""
    address = None if network is None else address_in(vm, network)
    keys, servers = ssh_keys(site.target), name_servers(site.target)
    return pve.VmLegacyInitializationArgs(
        datastore_id=site.choice("datastore", "local-lvm"),
        ip_configs=[] if address is None else [_ip_config(pve, address, _way_out(site, vm))],
        user_account=pve.VmLegacyInitializationUserAccountArgs(keys=keys) if keys else None,
        dns=pve.VmLegacyInitializationDnsArgs(servers=servers) if servers else None,
    )


def _way_out(site: _Site, vm: PlannedVM) -> str | None:
    return gateway(site.target, vm.network) or None


def _ip_config(pve: ModuleType, address: Address, way_out: str | None) -> object:
    if address.version == 4:
        return pve.VmLegacyInitializationIpConfigArgs(
            ipv4=pve.VmLegacyInitializationIpConfigIpv4Args(address=str(address), gateway=way_out)
        )
    return pve.VmLegacyInitializationIpConfigArgs(
        ipv6=pve.VmLegacyInitializationIpConfigIpv6Args(address=str(address), gateway=way_out)
    )


def description(tags: Tags) -> str:
    """The tags as notes, which take any text."""
    return "\n\n".join(
        ["Lumbung", *(f"{name}: {text}" for name, text in tags.as_mapping().items())]
    )


def labels(tags: Tags) -> list[str]:
    """The tags as Proxmox takes them: lower case, sorted, letters, digits and hyphens."""
    stated = {f"{name}-{slug(text)}" for name, text in tags.as_mapping().items()}
    return sorted({"lumbung", *stated})

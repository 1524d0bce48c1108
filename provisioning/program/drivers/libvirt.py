"""A target on libvirt, or on a rehearsal of it: a volume and a domain per machine."""

from __future__ import annotations

import pulumi

from dcim.planning.document import PlannedVM, Target
from dcim.vocabulary.amounts import makeable
from provisioning.program.components import SharedNetworks
from provisioning.program.order import Order
from provisioning.program.standing import Standing
from provisioning.provider.resources import Domain, Hypervisor, Network, Volume
from provisioning.provider.specs import Kind


def build_on_libvirt(order: Order) -> None:
    """Registers the target's networks, then the machines of each app under the app's component."""
    hypervisor = Hypervisor(order.target.name, uri=order.target.uri)
    networks = _networks(order.target, hypervisor)
    for app, vms in order.apps():
        options = pulumi.ResourceOptions(parent=app, provider=hypervisor)
        for vm in vms:
            _machine(order, vm, networks, options)


def _networks(target: Target, hypervisor: Hypervisor) -> dict[str, Network]:
    shared = SharedNetworks(target.name, [network.name for network in target.networks])
    return {
        network.name: Network(
            network.name,
            name=network.name,
            mode=network.mode,
            cidr=network.cidr,
            vlan=network.vlan,
            opts=pulumi.ResourceOptions(parent=shared, provider=hypervisor),
        )
        for network in target.networks
    }


def _machine(
    order: Order,
    vm: PlannedVM,
    networks: dict[str, Network],
    options: pulumi.ResourceOptions,
) -> None:
    tags = order.tags(vm)
    size = makeable(vm.amounts)  # what stands may be recorded without its size
    volume = Volume(
        vm.name,
        name=vm.name,
        size_gib=size.storage_gib,
        image=vm.image,
        opts=_known_as(order.standing, Kind.VOLUME, vm.name, options),
    )
    Domain(
        vm.name,
        name=vm.name,
        vcpus=size.vcpus,
        memory_mib=size.memory_mib,
        volume=volume.id,
        network=networks[vm.network].name if vm.network else None,
        addresses=list(vm.addresses),
        app=tags.app,
        owner=tags.owner,
        allocation=tags.allocation,
        running=vm.running,
        opts=_known_as(order.standing, Kind.DOMAIN, vm.name, options),
    )


def _known_as(
    standing: Standing, kind: Kind, name: str, options: pulumi.ResourceOptions
) -> pulumi.ResourceOptions:
    aliases = pulumi.ResourceOptions(aliases=[*standing.aliases(kind, name)])
    return pulumi.ResourceOptions.merge(options, aliases)

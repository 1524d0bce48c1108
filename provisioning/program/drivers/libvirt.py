"""A target on libvirt, or on a rehearsal of it: a volume and a domain per machine."""

from __future__ import annotations

from itertools import groupby
from typing import Final

import pulumi

from dcim.planning.document import PlannedVM, Target
from dcim.vocabulary.amounts import makeable
from provisioning.program.components import App, SharedNetworks
from provisioning.program.standing import Standing
from provisioning.provider.resources import Domain, Hypervisor, Network, Volume
from provisioning.provider.specs import Kind

NO_APP: Final = "no-app"
"""Name of the component of machines that carry no app."""


def build_on_libvirt(target: Target, standing: Standing) -> None:
    """Registers the target's networks, then the machines of each app under the app's component."""
    hypervisor = Hypervisor(target.name, uri=target.uri)
    networks = _networks(target, hypervisor)
    machines = sorted(target.vms, key=lambda vm: (vm.app, vm.name))
    for code, vms in groupby(machines, key=lambda vm: vm.app or NO_APP):
        of_app = list(vms)
        app = App(code, [vm.name for vm in of_app])
        for vm in of_app:
            _machine(
                vm, networks, standing, pulumi.ResourceOptions(parent=app, provider=hypervisor)
            )


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
    vm: PlannedVM,
    networks: dict[str, Network],
    standing: Standing,
    options: pulumi.ResourceOptions,
) -> None:
    size = makeable(vm.amounts)  # what stands may be recorded without its size
    volume = Volume(
        vm.name,
        name=vm.name,
        size_gib=size.storage_gib,
        image=vm.image,
        opts=_known_as(standing, Kind.VOLUME, vm.name, options),
    )
    Domain(
        vm.name,
        name=vm.name,
        vcpus=size.vcpus,
        memory_mib=size.memory_mib,
        volume=volume.id,
        network=networks[vm.network].name if vm.network else None,
        addresses=list(vm.addresses),
        app=vm.app,
        running=vm.running,
        opts=_known_as(standing, Kind.DOMAIN, vm.name, options),
    )


def _known_as(
    standing: Standing, kind: Kind, name: str, options: pulumi.ResourceOptions
) -> pulumi.ResourceOptions:
    aliases = pulumi.ResourceOptions(aliases=[*standing.aliases(kind, name)])
    return pulumi.ResourceOptions.merge(options, aliases)

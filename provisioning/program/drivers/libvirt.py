"""A target on libvirt, or on a rehearsal of it: a volume and a domain per machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi

from dcim.planning.document import PlannedVM
from dcim.vocabulary.amounts import makeable
from provisioning.program.adoption import Adopted, adopt
from provisioning.program.components import App, SharedNetworks
from provisioning.program.guests import gateway, name_servers, ssh_keys
from provisioning.program.order import Order
from provisioning.provider.resources import Domain, Hypervisor, Network, Volume
from provisioning.provider.specs import Kind

POOL: Final = "default"
"""The storage pool that disks are made in."""


@dataclass(frozen=True, slots=True)
class _Site:
    """What every machine of one target is made with."""

    order: Order
    hypervisor: Hypervisor
    adopted: Adopted
    networks: dict[str, Network]

    def options(self, kind: Kind, name: str, parent: pulumi.Resource) -> pulumi.ResourceOptions:
        """Known under its former name, taken over where it stands, protected where it is real."""
        return pulumi.ResourceOptions(
            parent=parent,
            provider=self.hypervisor,
            aliases=[*self.order.standing.aliases(kind, name)],
            import_=self.adopted.identity(kind, name),
            protect=self.order.protects and kind is not Kind.NETWORK,
        )

    def disk(self, machine: str) -> tuple[str, str]:
        """Pool and name: a disk of ours has its machine's name, one taken over its own."""
        taken_over = self.adopted.identity(Kind.VOLUME, machine)
        known = self.order.standing.ids.get((Kind.VOLUME, machine))
        pool, _, name = (taken_over or known or f"{POOL}/{machine}").partition("/")
        return pool, name

    def network(self, name: str | None) -> pulumi.Input[str] | None:
        """Waits for the network; one that the plan does not have is there already."""
        return self.networks[name].name if name in self.networks else name


def build_on_libvirt(order: Order) -> None:
    """Registers the target's networks, then the machines of each app under the app's component."""
    hypervisor = Hypervisor(order.target.name, uri=order.target.uri)
    site = _Site(order, hypervisor, adopt(order), {})
    _make_networks(site)
    for app, vms in order.apps():
        for vm in vms:
            _make_machine(site, site.adopted.machines.get(vm.name, vm), app)


def _make_networks(site: _Site) -> None:
    networks = site.order.target.networks
    shared = SharedNetworks(site.order.target.name, [network.name for network in networks])
    for planned in networks:
        network = site.adopted.networks.get(planned.name, planned)
        site.networks[network.name] = Network(
            network.name,
            name=network.name,
            mode=network.mode,
            cidr=network.cidr,
            vlan=network.vlan,
            opts=site.options(Kind.NETWORK, network.name, shared),
        )


def _make_machine(site: _Site, vm: PlannedVM, app: App) -> None:
    tags = site.order.tags(vm)
    size = makeable(vm.amounts)  # what stands may be recorded without its size
    pool, disk = site.disk(vm.name)
    made = Volume(
        vm.name,
        name=disk,
        pool=pool,
        size_gib=size.storage_gib,
        image=vm.image,
        opts=site.options(Kind.VOLUME, vm.name, app),
    )
    Domain(
        vm.name,
        name=vm.name,
        vcpus=size.vcpus,
        memory_mib=size.memory_mib,
        volume=f"{pool}/{disk}",  # known in a preview too: a disk made anew makes no new machine
        network=site.network(vm.network),
        addresses=list(vm.addresses),
        app=tags.app,
        owner=tags.owner,
        allocation=tags.allocation,
        gateway=gateway(site.order.target, vm.network),
        name_servers=name_servers(site.order.target),
        ssh_keys=ssh_keys(site.order.target),
        running=vm.running,
        opts=pulumi.ResourceOptions.merge(
            site.options(Kind.DOMAIN, vm.name, app), pulumi.ResourceOptions(depends_on=[made])
        ),
    )

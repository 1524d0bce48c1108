"""Taking over what runs already: machines that the plan keeps and the stack does not know.

They are imported instead of made, as they are found: nothing is restarted, no disk is touched.
Where one differs from the plan, the next preview shows the difference as a change of it. Only a run
that changes things marks them on the hypervisor.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar, cast

import pulumi

from dcim.planning.document import Change, Network, PlannedVM
from dcim.planning.sentences import tell
from dcim.vocabulary.choices import _
from dcim.vocabulary.errors import Refused
from dcim.vocabulary.hypervisors import is_disposable
from provisioning.program.order import Order
from provisioning.provider.driver import Driver
from provisioning.provider.opening import driver_for
from provisioning.provider.specs import DomainSpec, Kind, NetworkSpec, Properties, meant
from provisioning.provider.storage import look_at

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Adopted:
    """What is taken over, as it was found, and the disk of each machine as POOL/NAME."""

    machines: Mapping[str, PlannedVM] = field(default_factory=dict)
    networks: Mapping[str, Network] = field(default_factory=dict)
    disks: Mapping[str, str] = field(default_factory=dict)

    def identity(self, kind: Kind, name: str) -> str | None:
        """What to import for the resource called `name`; None for what is made."""
        if kind is Kind.VOLUME:
            return self.disks.get(name)
        found = self.networks if kind is Kind.NETWORK else self.machines
        return name if name in found else None


def adopt(order: Order) -> Adopted:
    """What of the target stands on its hypervisor and is to be imported; marked when not a preview.

    The hypervisor is asked only when the plan keeps or reclaims machines that the stack does not
    know, or keeps some that had more than one disk. Those it does not have are left to be made:
    they are gone, and the preview shows it.

    Raises: Refused for a machine whose disk no storage pool has, that is to be reclaimed and was
    never taken over, or that is gone and had more disks than we would give it; HypervisorFailed.
    """
    known = order.standing.urns
    split = order.standing.with_more_disks.intersection(vm.name for vm in order.target.vms)
    unknown = [vm for vm in order.target.vms if _is_unknown(order, vm)]
    going = [vm.name for vm in order.target.reclaim if (Kind.DOMAIN, vm.name) not in known]
    if not (unknown or going or split) or is_disposable(order.target.uri):
        return Adopted()
    driver = driver_for(order.target.uri)
    there = driver.names(Kind.DOMAIN)
    _check_going(order, there.intersection(going))
    _check_split(order, split - there)
    machines = [vm for vm in unknown if vm.name in there]
    if not machines:
        return Adopted()
    disks = {vm.name: _disk(driver, vm.name) for vm in machines}
    found = {vm.name: _found_machine(driver, vm, disks[vm.name]) for vm in machines}
    adopted = Adopted(found, _found_networks(order, driver), disks)
    if not pulumi.runtime.is_dry_run():
        _mark(order, driver, adopted)
    return adopted


def _check_going(order: Order, strays: Collection[str]) -> None:
    """Raises: Refused for machines to be reclaimed that stand, but not in the stack.

    Notes: the engine deletes only what its stack holds, and would call that no change.
    """
    if strays:
        raise Refused(
            tell(
                _(
                    "%(names)s can't be reclaimed: the stack does not know what stands on"
                    " %(address)s under that name."
                ),
                names=", ".join(sorted(strays)),
                address=order.target.uri,
            ),
            field="reclaim",
            hint=tell(
                _(
                    "Take the target over as it is first: preview it with ./manage.py preview"
                    " --as-is --target %(target)s, have that approved, apply it, then preview"
                    " again."
                ),
                target=order.target.name,
            ),
        )


def _check_split(order: Order, gone: Collection[str]) -> None:
    """Raises: Refused for machines that would come back with the first of their disks alone."""
    if gone:
        raise Refused(
            tell(
                _(
                    "%(names)s had more disks than the one that is made, and %(address)s no"
                    " longer has the machine: it would come back without them."
                ),
                names=", ".join(sorted(gone)),
                address=order.target.uri,
            ),
            field="vms",
            hint=_(
                "Define it there again with all its disks (virsh define), or have the record go"
                " without it: accept on the drift page that it is gone."
            ),
        )


def _is_unknown(order: Order, vm: PlannedVM) -> bool:
    return vm.change is Change.KEEP and (Kind.DOMAIN, vm.name) not in order.standing.urns


def _found_networks(order: Order, driver: Driver) -> dict[str, Network]:
    there, known = driver.names(Kind.NETWORK), order.standing.urns
    return {
        network.name: _found_network(driver, network)
        for network in order.target.networks
        if network.name in there and (Kind.NETWORK, network.name) not in known
    }


def _found_network(driver: Driver, network: Network) -> Network:
    seen = driver.read(Kind.NETWORK, network.name) or {}
    return replace(
        network,
        mode=_as(str, seen.get("mode"), network.mode) if network.mode else "",
        cidr=cast(  # as drivers read it
            "str | None", meant({"cidr": network.cidr, **seen}, "cidr", network.cidr)
        ),
        vlan=cast("int | None", seen.get("vlan", network.vlan)),  # as above
    )


def _found_machine(driver: Driver, vm: PlannedVM, disk: str) -> PlannedVM:
    seen = driver.read(Kind.DOMAIN, vm.name) or {}
    volume = look_at(driver, Kind.VOLUME, disk, vm.name) or {}
    return replace(
        vm,
        vcpus=_as(int, seen.get("vcpus"), vm.vcpus),
        memory_mib=_as(int, seen.get("memory_mib"), vm.memory_mib),
        storage_gib=_as(int, volume.get("size_gib"), vm.storage_gib),
        network=cast("str | None", meant(seen, "network", vm.network)),  # as drivers read it
        running=bool(seen.get("running")),
    )


def _as(kind: type[T], value: object, otherwise: T) -> T:
    return value if isinstance(value, kind) else otherwise


def _disk(driver: Driver, machine: str) -> str:
    seen: Properties = driver.read(Kind.DOMAIN, machine) or {}
    disk = str(seen.get("volume") or "")
    if driver.read(Kind.VOLUME, disk) is None:
        raise Refused(
            tell(
                _("%(machine)s can't be taken over: no storage pool has its disk %(disk)s."),
                machine=machine,
                disk=disk or "–",
            ),
            field="volume",
            hint=_("Define a pool over the folder that it lies in: virsh pool-create-as."),
        )
    return disk


def _mark(order: Order, driver: Driver, adopted: Adopted) -> None:
    for name in adopted.networks:
        driver.adopt(NetworkSpec(name=name))
    for vm in adopted.machines.values():
        tags = order.tags(vm)
        driver.adopt(
            DomainSpec(
                name=vm.name,
                vcpus=vm.vcpus,
                memory_mib=vm.memory_mib,
                volume=adopted.disks[vm.name],
                network=vm.network,
                addresses=vm.addresses,
                app=tags.app,
                owner=tags.owner,
                allocation=tags.allocation,
            )
        )

"""What one side says of a target's machines and networks, as frozen data.

The sides are the record, the hypervisor and Pulumi's state. All count vCPUs, memory in MiB and
storage in GiB; what is recorded in other units is converted as ledgers convert it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from dcim.planning.document import Network, PlannedVM, Target
from dcim.vocabulary.amounts import makeable
from dcim.vocabulary.drift import DriftKind, DriftSide, DriftSubject

Value: TypeAlias = bool | int | str | list[str] | None
Fields: TypeAlias = Mapping[str, Value]

MACHINE_FIELDS: Final = (
    "vcpus",
    "memory_mib",
    "storage_gib",
    "running",
    "network",
    "addresses",
    "app",
)
NETWORK_FIELDS: Final = ("mode", "cidr", "vlan")
NAME: Final = "name"
"""A field only of machines whose name is spelled in two ways; else it says which one is meant."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A machine or network as one side sees it.

    Attributes:
        subject: Which of the two.
        name: What the hypervisor calls it.
        fields: What the side says of it; a field of which it says nothing is left out.
    """

    subject: DriftSubject
    name: str
    fields: Fields


@dataclass(frozen=True, slots=True)
class Sides:
    """A target from its three sides; `state` is None where no stack is kept of it."""

    target: str
    record: tuple[Seen, ...] = ()
    hypervisor: tuple[Seen, ...] = ()
    state: tuple[Seen, ...] | None = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One thing that differs on one target.

    Attributes:
        target: The target's name.
        subject: Machine or network.
        name: Of the machine or network.
        field: The field that differs; empty where the whole is missing on a side.
        kind: How it differs.
        odd: The side that differs from the others.
        record: The record's value: of a field itself, of a whole its fields, None where absent.
        hypervisor: The hypervisor's, alike.
        state: The state's, alike.
        found_on: Of a moved machine the target on whose hypervisor it is.
        beside: Of an unknown machine, moved or not, the other targets on its hypervisor.
    """

    target: str
    subject: DriftSubject
    name: str
    field: str = ""
    kind: DriftKind
    odd: DriftSide
    record: Value | Fields = None
    hypervisor: Value | Fields = None
    state: Value | Fields = None
    found_on: str = ""
    beside: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells it from every other finding."""
        return self.target, self.subject.value, self.name, self.field


def recorded(target: Target) -> tuple[Seen, ...]:
    """What the record says: the machines that stand, and the networks that they hang on.

    Args:
        target: of a plan or of an as-is document; what a plan adds does not stand yet.

    Notes: a machine recorded without its size counts as it would be made, with at least a unit of
        each class.
    """
    machines = (machine_recorded(vm) for vm in target.standing)
    return (*machines, *(_network(one) for one in target.networks))


def machine_recorded(vm: PlannedVM) -> Seen:
    """One machine as the record has it, which may be silent on its network."""
    size = makeable(vm.amounts)
    fields: dict[str, Value] = {
        "vcpus": size.vcpus,
        "memory_mib": size.memory_mib,
        "storage_gib": size.storage_gib,
        "running": vm.running,
        "addresses": sorted(vm.addresses),
        "app": vm.app,
        **({"network": vm.network} if vm.network else {}),
    }
    return Seen(DriftSubject.MACHINE, vm.name, fields)


def _network(one: Network) -> Seen:
    said: dict[str, Value] = {"vlan": one.vlan}
    said.update({"mode": one.mode} if one.mode else {})
    said.update({"cidr": one.cidr} if one.cidr else {})
    return Seen(DriftSubject.NETWORK, one.name, said)

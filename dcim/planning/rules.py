"""What must hold in every plan document before an engine may start: pure functions, one per rule.

They read the document alone. The provider still checks each resource by itself, and whether
something active rests on a machine that goes is the guard's question, not asked here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import (
    IPv4Interface,
    IPv4Network,
    IPv6Interface,
    IPv6Network,
    ip_interface,
    ip_network,
)
from itertools import combinations
from typing import Final

from dcim.planning.document import (
    Change,
    DocumentKind,
    Network,
    PlanDocument,
    Target,
    amounts_of,
)
from dcim.vocabulary.errors import InvalidInput
from dcim.vocabulary.hypervisors import check_hypervisor_uri

RULE_CODES: Final = (
    "target.name_unique",
    "hypervisor.address",
    "vm.name_unique",
    "vm.size_positive",
    "vm.change_consistent",
    "vm.kept_and_reclaimed",
    "capacity.exceeded",
    "network.unknown",
    "network.range_valid",
    "network.overlap",
    "address.valid",
    "address.outside_network",
    "address.taken",
)


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule: where (`target`, `subject`), why, and the way out."""

    rule: str
    target: str
    subject: str
    reason: str
    hint: str

    def __str__(self) -> str:
        return f"{self.target}, {self.subject}: {self.reason} {self.hint}"


def violations(document: PlanDocument) -> list[Violation]:
    """Every broken rule of `document`, in the order of its targets; empty when it may run."""
    found = list(_repeated_targets(document))
    for target in document.targets:
        found.extend(violations_of_target(target, document.kind))
    return found


def violations_of_target(target: Target, kind: DocumentKind = DocumentKind.PLAN) -> list[Violation]:
    """The broken rules of one target; as-is documents keep every machine and reclaim none."""
    found = [violation for rule in _TARGET_RULES for violation in rule(target)]
    if kind is DocumentKind.AS_IS:
        found.extend(_changes_of_as_is(target))
    return found


def _repeated_targets(document: PlanDocument) -> Iterator[Violation]:
    for name in _repeated(target.name for target in document.targets):
        yield Violation(
            "target.name_unique",
            name,
            f"target {name}",
            "stands twice in the plan.",
            "Give each pool its own name: it becomes a Pulumi stack.",
        )


def _hypervisor_known(target: Target) -> Iterator[Violation]:
    try:
        check_hypervisor_uri(target.uri)
    except InvalidInput as err:
        yield Violation("hypervisor.address", target.name, "hypervisor", err.reason, err.hint)


def _names_unique(target: Target) -> Iterator[Violation]:
    for name in _repeated(vm.name for vm in target.vms):
        yield Violation(
            "vm.name_unique",
            target.name,
            f"vm {name}",
            "stands twice in the plan.",
            "Rename one: a hypervisor knows machines by name.",
        )


def _sizes_positive(target: Target) -> Iterator[Violation]:
    for vm in target.vms:
        for field in ("vcpus", "memory_mib", "storage_gib"):
            if getattr(vm, field) <= 0:
                yield Violation(
                    "vm.size_positive",
                    target.name,
                    f"vm {vm.name}",
                    f"{field} is {getattr(vm, field)}.",
                    "Give it at least 1.",
                )


def _changes_consistent(target: Target) -> Iterator[Violation]:
    wrong_list = [
        *(vm for vm in target.vms if vm.change is Change.RECLAIM),
        *(vm for vm in target.reclaim if vm.change is not Change.RECLAIM),
    ]
    for vm in wrong_list:
        yield Violation(
            "vm.change_consistent",
            target.name,
            f"vm {vm.name}",
            f"its change is “{vm.change}”, but it stands in the other list.",
            "Machines to keep or create belong in vms, machines to go in reclaim.",
        )


def _changes_of_as_is(target: Target) -> Iterator[Violation]:
    for vm in (*(vm for vm in target.vms if vm.change is Change.CREATE), *target.reclaim):
        yield Violation(
            "vm.change_consistent",
            target.name,
            f"vm {vm.name}",
            f"an as-is document says “{vm.change}”.",
            "How things stand has machines to keep only.",
        )


def _not_kept_and_reclaimed(target: Target) -> Iterator[Violation]:
    planned = {vm.name for vm in target.vms}
    for vm in target.reclaim:
        if vm.name in planned:
            yield Violation(
                "vm.kept_and_reclaimed",
                target.name,
                f"vm {vm.name}",
                "is to stay and to go at once.",
                "Take it out of vms or out of reclaim.",
            )


def _capacity_kept(target: Target) -> Iterator[Violation]:
    """A plan may leave a pool as overcommitted as it stood, but never more."""
    planned, standing = amounts_of(target.vms), amounts_of(target.standing)
    for line in target.capacity:
        used_after = max(line.used_after, planned[line.resource_class])
        ceiling = max(line.capacity, line.used_before, standing[line.resource_class])
        if used_after > ceiling:
            yield Violation(
                "capacity.exceeded",
                target.name,
                f"{target.pool} {line.resource_class}",
                f"the plan takes {used_after} of {line.capacity}; {line.used_before} stood before.",
                f"Move or leave out machines worth {used_after - ceiling}.",
            )


def _networks_known(target: Target) -> Iterator[Violation]:
    known = {network.name for network in target.networks}
    for vm in target.vms:
        if vm.network is not None and vm.network not in known:
            yield Violation(
                "network.unknown",
                target.name,
                f"vm {vm.name}",
                f"its network “{vm.network}” is not one of the target's.",
                f"Known: {', '.join(sorted(known)) or 'none'}.",
            )


def _networks_apart(target: Target) -> Iterator[Violation]:
    for name in _repeated(network.name for network in target.networks):
        yield Violation(
            "network.overlap", target.name, f"network {name}", "stands twice.", "Rename one."
        )
    for network in target.networks:
        if network.cidr is not None and _range_of(network) is None:
            yield Violation(
                "network.range_valid",
                target.name,
                f"network {network.name}",
                f"“{network.cidr}” is not a range of addresses.",
                "Write one like 10.64.10.0/24, without host bits.",
            )
    for one, other in combinations(target.networks, 2):
        if _overlap(_range_of(one), _range_of(other)):
            yield Violation(
                "network.overlap",
                target.name,
                f"network {one.name}",
                f"its range {one.cidr} overlaps {other.cidr} of {other.name}.",
                "Give each network its own range.",
            )


def _addresses_right(target: Target) -> Iterator[Violation]:
    ranges = {network.name: _range_of(network) for network in target.networks}
    for vm in target.vms:
        for address in vm.addresses:
            fault = _address_fault(address, ranges.get(vm.network or ""))
            if fault:
                rule, reason = fault
                yield Violation(
                    rule,
                    target.name,
                    f"vm {vm.name}",
                    f"its address {address} {reason}.",
                    "Write an address of its network with the prefix, like 10.64.10.12/24.",
                )
    for address in _repeated(address for vm in target.vms for address in vm.addresses):
        yield Violation(
            "address.taken",
            target.name,
            f"address {address}",
            "is given to more than one machine.",
            "Give each machine its own.",
        )


def _address_fault(text: str, within: IPv4Network | IPv6Network | None) -> tuple[str, str] | None:
    address = _address_of(text)
    if address is None:
        return "address.valid", "is not an address"
    if within is not None and address.version == within.version and address.ip not in within:
        return "address.outside_network", f"lies outside {within}"
    return None


def _address_of(text: str) -> IPv4Interface | IPv6Interface | None:
    try:
        return ip_interface(text)
    except ValueError:
        return None


def _range_of(network: Network) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(network.cidr) if network.cidr else None
    except ValueError:
        return None


def _overlap(
    one: IPv4Network | IPv6Network | None, other: IPv4Network | IPv6Network | None
) -> bool:
    if isinstance(one, IPv4Network) and isinstance(other, IPv4Network):
        return one.overlaps(other)
    if isinstance(one, IPv6Network) and isinstance(other, IPv6Network):
        return one.overlaps(other)
    return False


def _repeated(names: Iterable[str]) -> list[str]:
    return sorted(name for name, count in Counter(names).items() if count > 1)


_TARGET_RULES: Final[tuple[Callable[[Target], Iterator[Violation]], ...]] = (
    _hypervisor_known,
    _names_unique,
    _sizes_positive,
    _changes_consistent,
    _not_kept_and_reclaimed,
    _capacity_kept,
    _networks_known,
    _networks_apart,
    _addresses_right,
)

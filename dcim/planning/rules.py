"""What must hold in every plan document before an engine may start: pure functions, one per rule.

They read the document alone. Sizes, names and addresses are judged only of what the plan makes:
what merely stands blocks nothing. Nor do ranges that overlap, since networks are taken from the
record, where ranges lie within ranges. The provider still checks each resource by itself, and
whether something active rests on a machine that goes is the guard's question, not asked here.
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
from typing import Final, TypeAlias

from dcim.planning.document import (
    Change,
    DocumentKind,
    Network,
    PlanDocument,
    PlannedVM,
    Target,
    amounts_of,
)
from dcim.vocabulary.errors import InvalidInput
from dcim.vocabulary.hypervisors import check_hypervisor_uri
from dcim.vocabulary.naming import (
    NAME_WAY_OUT,
    RANGE_WAY_OUT,
    is_allowed_name,
    is_allowed_range,
)

Range: TypeAlias = IPv4Network | IPv6Network

RULE_CODES: Final = (
    "target.name_unique",
    "hypervisor.address",
    "vm.name_unique",
    "vm.name_allowed",
    "vm.size_positive",
    "vm.change_consistent",
    "vm.kept_and_reclaimed",
    "capacity.adds_up",
    "capacity.exceeded",
    "network.unknown",
    "network.range_valid",
    "network.name_allowed",
    "network.name_unique",
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


def _names_allowed(target: Target) -> Iterator[Violation]:
    for vm in _created(target):
        if not is_allowed_name(vm.name):
            yield Violation(
                "vm.name_allowed",
                target.name,
                f"vm {vm.name}",
                "hypervisors refuse such a name.",
                NAME_WAY_OUT,
            )


def _sizes_positive(target: Target) -> Iterator[Violation]:
    for vm in _created(target):
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


def _capacity_adds_up(target: Target) -> Iterator[Violation]:
    """What a line says is used holds at least what the machines of the target take.

    It may hold more: machines of other targets may draw on the same grant.
    """
    before, after = amounts_of(target.standing), amounts_of(target.vms)
    for line in target.capacity:
        taken = before[line.resource_class], after[line.resource_class]
        if line.used_before < taken[0] or line.used_after < taken[1]:
            yield Violation(
                "capacity.adds_up",
                target.name,
                f"{target.pool} {line.resource_class}",
                f"the machines take {taken[0]} before and {taken[1]} after, but the file says "
                f"{line.used_before} and {line.used_after}.",
                "Make the plan anew; a plan file is not edited by hand.",
            )


def _capacity_kept(target: Target) -> Iterator[Violation]:
    """A plan may leave a pool as overcommitted as it stood, but never more."""
    for line in target.capacity:
        ceiling = max(line.capacity, line.used_before)
        if line.used_after > ceiling:
            yield Violation(
                "capacity.exceeded",
                target.name,
                f"{target.pool} {line.resource_class}",
                f"the plan takes {line.used_after} of {line.capacity}; {line.used_before} stood "
                "before.",
                f"Move or leave out machines worth {line.used_after - ceiling}.",
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


def _networks_right(target: Target) -> Iterator[Violation]:
    for name in _repeated(network.name for network in target.networks):
        yield Violation(
            "network.name_unique", target.name, f"network {name}", "stands twice.", "Rename one."
        )
    for network in target.networks:
        subject = f"network {network.name}"
        if not is_allowed_name(network.name):
            reason = "hypervisors refuse such a name."
            yield Violation("network.name_allowed", target.name, subject, reason, NAME_WAY_OUT)
        if network.cidr is not None and not is_allowed_range(network.cidr):
            reason = f"“{network.cidr}” is not a range of addresses for machines."
            yield Violation("network.range_valid", target.name, subject, reason, RANGE_WAY_OUT)


def _addresses_right(target: Target) -> Iterator[Violation]:
    ranges = {network.name: _range_of(network) for network in target.networks}
    for vm in _created(target):
        for rule, reason in _address_faults(vm, ranges.get(vm.network or "")):
            yield Violation(
                rule,
                target.name,
                f"vm {vm.name}",
                reason,
                "Write an address of its network with the prefix, like 10.64.10.12/24.",
            )


def _address_faults(vm: PlannedVM, within: Range | None) -> Iterator[tuple[str, str]]:
    """A machine may have addresses in other networks too, but has one in its own."""
    read = {text: _address_of(text) for text in vm.addresses}
    for text, address in read.items():
        if address is None:
            yield "address.valid", f"its address {text} is not an address."
    known = [one for one in read.values() if one and within and one.version == within.version]
    if known and within and not any(one.ip in within for one in known):
        texts = ", ".join(str(one) for one in known)
        yield "address.outside_network", f"its address {texts} lies outside {within}."


def _addresses_free(target: Target) -> Iterator[Violation]:
    new = {ip for vm in _created(target) for ip in _ips_of(vm)}
    for ip in _repeated(ip for vm in target.vms for ip in _ips_of(vm)):
        if ip in new:
            yield Violation(
                "address.taken",
                target.name,
                f"address {ip}",
                "is given to more than one machine.",
                "Give each machine its own.",
            )


def _created(target: Target) -> list[PlannedVM]:
    return [vm for vm in target.vms if vm.change is Change.CREATE]


def _ips_of(vm: PlannedVM) -> set[str]:
    return {str(one.ip) for one in map(_address_of, vm.addresses) if one is not None}


def _address_of(text: str) -> IPv4Interface | IPv6Interface | None:
    try:
        return ip_interface(text)
    except ValueError:
        return None


def _range_of(network: Network) -> Range | None:
    try:
        return ip_network(network.cidr) if network.cidr else None
    except ValueError:
        return None


def _repeated(names: Iterable[str]) -> list[str]:
    return sorted(name for name, count in Counter(names).items() if count > 1)


_TARGET_RULES: Final[tuple[Callable[[Target], Iterator[Violation]], ...]] = (
    _hypervisor_known,
    _names_unique,
    _names_allowed,
    _sizes_positive,
    _changes_consistent,
    _not_kept_and_reclaimed,
    _capacity_adds_up,
    _capacity_kept,
    _networks_known,
    _networks_right,
    _addresses_right,
    _addresses_free,
)

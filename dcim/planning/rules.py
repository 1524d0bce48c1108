"""What must hold in every plan document before an engine may start: pure functions, one per rule.

They read the document alone. Sizes, names, addresses, ranges and apps are judged only of what the
plan makes, resizes or starts: what merely stands blocks nothing. `document_rules` has the rules,
by what they are about. The provider still checks each resource by itself, and whether something
active rests on a machine that goes is the guard's question, not asked here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from dcim.planning.document import DocumentKind, PlanDocument, Target
from dcim.planning.document_rules import apps, capacity, machines, networks
from dcim.planning.document_rules.violation import Violation, repeated
from dcim.vocabulary.errors import InvalidInput
from dcim.vocabulary.hypervisors import check_hypervisor_uri, driver_of

__all__ = ["RULE_CODES", "Violation", "violations", "violations_of"]

RULE_CODES: Final = (
    "target.name_unique",
    "hypervisor.address",
    "hypervisor.driver",
    "vm.name_unique",
    "vm.name_taken",
    "vm.name_allowed",
    "vm.size_positive",
    "vm.change_consistent",
    "vm.kept_and_reclaimed",
    "vm.shrinks",
    "capacity.adds_up",
    "capacity.exceeded",
    "headroom.reserve",
    "headroom.host_failures",
    "headroom.minimum",
    "allocation.unknown",
    "allocation.exceeded",
    "network.unknown",
    "network.range_valid",
    "network.name_allowed",
    "network.name_unique",
    "network.overlaps",
    "address.valid",
    "address.outside_network",
    "address.taken",
    "provider.may_not_hold",
    "backup.missing",
)


def violations(document: PlanDocument, *, headroom_percent: int = 0) -> list[Violation]:
    """Every broken rule of `document`, in the order of its targets; empty when it may run.

    Args: of each pool that the plan adds to, `headroom_percent` of the capacity must stay free.
    """
    found = list(_repeated_targets(document))
    for target in document.targets:
        found.extend(violations_of(document, target))
        found.extend(capacity.headroom_left(target, headroom_percent))
    return found


def violations_of(document: PlanDocument, target: Target) -> list[Violation]:
    """The broken rules of one target; as-is documents keep every machine and reclaim none."""
    found = [violation for rule in _TARGET_RULES for violation in rule(target)]
    for among_all in _DOCUMENT_RULES:
        found.extend(among_all(document, target))
    if document.kind is DocumentKind.AS_IS:
        found.extend(machines.changes_of_as_is(target))
    return found


def _repeated_targets(document: PlanDocument) -> Iterator[Violation]:
    for name in repeated(target.name for target in document.targets):
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
        return
    if target.driver != (driver := driver_of(target.uri)):
        yield Violation(
            "hypervisor.driver",
            target.name,
            f"driver {target.driver}",
            f"does not build on such an address, the driver {driver} does.",
            "Correct one of them: the address decides, and a rehearsal is libvirt's.",
        )


_TARGET_RULES: Final[tuple[Callable[[Target], Iterator[Violation]], ...]] = (
    _hypervisor_known,
    machines.names_unique,
    machines.names_allowed,
    machines.sizes_positive,
    machines.changes_consistent,
    machines.not_kept_and_reclaimed,
    machines.not_shrunk,
    capacity.capacity_adds_up,
    capacity.capacity_kept,
    capacity.hosts_may_fail,
    networks.networks_known,
    networks.networks_right,
    networks.new_ranges_apart,
    networks.addresses_right,
    networks.addresses_free,
)

_DOCUMENT_RULES: Final[tuple[Callable[[PlanDocument, Target], Iterator[Violation]], ...]] = (
    machines.names_apart,
    capacity.grants_kept,
    apps.held_where_they_may_be,
    apps.strategic_apps_copied,
)

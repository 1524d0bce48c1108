"""What a plan takes of pools and grants: never more than there is, nor what is held back.

A plan may leave a pool or a grant as overdrawn as it stood, but adds nothing to that.
"""

from __future__ import annotations

from collections.abc import Iterator

from dcim.planning.document import PlanDocument, Target, amounts_of, drawn_on
from dcim.planning.document_grounds import Grant
from dcim.planning.document_rules.violation import Violation, created
from dcim.vocabulary.amounts import ResourceClass, capacity


def capacity_adds_up(target: Target) -> Iterator[Violation]:
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


def capacity_kept(target: Target) -> Iterator[Violation]:
    """More than there is, or than what is left beside the reserve for hosts that fail."""
    for line in target.capacity:
        ceiling = max(line.capacity, line.used_before)
        if line.used_after > ceiling:
            exists = capacity(line.total, 0, line.allocation_ratio)
            rule, reason = (
                ("capacity.exceeded", f"the plan takes {line.used_after} of {line.capacity}")
                if line.used_after > exists
                else (
                    "headroom.reserve",
                    f"the plan takes {line.used_after} of {exists}, of which"
                    f" {exists - line.capacity} are held back",
                )
            )
            yield Violation(
                rule,
                target.name,
                f"{target.pool} {line.resource_class}",
                f"{reason}; {line.used_before} stood before.",
                f"Move or leave out machines worth {line.used_after - ceiling}.",
            )


def hosts_may_fail(target: Target) -> Iterator[Violation]:
    """No loss of hosts leaves more machines without a place than without the plan."""
    for loss in target.n_plus_one.losses if target.n_plus_one else ():
        if len(loss.without_place) > loss.before:
            yield Violation(
                "headroom.host_failures",
                target.name,
                f"{target.pool} without {', '.join(loss.hosts)}",
                f"{len(loss.without_place)} machines would have no place; {loss.before} without"
                " the plan.",
                f"Move or leave out some of: {', '.join(loss.without_place)}.",
            )


def headroom_left(target: Target, percent: int) -> Iterator[Violation]:
    """Where the plan takes more of a class than before, so much of the capacity stays free."""
    for line in target.capacity:
        least, free = -(-line.capacity * percent // 100), line.capacity - line.used_after
        if line.used_after > line.used_before and 0 <= free < least:
            yield Violation(
                "headroom.minimum",
                target.name,
                f"{target.pool} {line.resource_class}",
                f"the plan leaves {free} of {line.capacity} free; {percent} % asks for {least}.",
                f"Leave out machines worth {least - free}, or ask for less headroom.",
            )


def grants_kept(document: PlanDocument, target: Target) -> Iterator[Violation]:
    """Grants that the target's new and resized machines draw on, against all that draw on them."""
    grants = {grant.name: grant for grant in document.grants}
    resized = (vm for vm in target.vms if vm.stands is not None)
    for name in sorted({vm.allocation for vm in (*created(target), *resized) if vm.allocation}):
        if name not in grants:
            yield Violation(
                "allocation.unknown",
                target.name,
                f"allocation {name}",
                "new or resized machines draw on it, but the plan does not say what was granted.",
                f"Known: {', '.join(sorted(grants)) or 'none'}.",
            )
        else:
            yield from _overdrawn(document, target, grants[name])


def _overdrawn(document: PlanDocument, target: Target, grant: Grant) -> Iterator[Violation]:
    before, after = drawn_on(document, grant.name)
    for one in ResourceClass:
        most = max(grant.ceiling[one], before[one])
        if after[one] > most:
            yield Violation(
                "allocation.exceeded",
                target.name,
                f"allocation {grant.name} {one}",
                f"machines of all targets would draw {after[one]} of {grant.ceiling[one]};"
                f" {before[one]} before.",
                f"Leave out machines worth {after[one] - most}, or ask {grant.provider} for more.",
            )

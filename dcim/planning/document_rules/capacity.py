"""What a plan takes of pools and grants: never more than there is, nor what is held back.

A plan may leave a pool or a grant as overdrawn as it stood, but adds nothing to that.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dcim.planning.document import PlanDocument, Target, amounts_of, drawn_on
from dcim.planning.document_grounds import Grant
from dcim.planning.document_rules.violation import Violation, created
from dcim.planning.sentences import tell
from dcim.vocabulary.amounts import ResourceClass, capacity
from dcim.vocabulary.choices import _

_TAKEN: Final = _("the plan takes %(after)s of %(capacity)s; %(before)s stood before.")
_TAKEN_OF_HELD_BACK: Final = _(
    "the plan takes %(after)s of %(all)s, of which %(held)s are held back; %(before)s stood before."
)


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
                _of_pool(target, line.resource_class),
                tell(
                    _(
                        "the machines take %(before)s before and %(after)s after, but the file"
                        " says %(used_before)s and %(used_after)s."
                    ),
                    before=taken[0],
                    after=taken[1],
                    used_before=line.used_before,
                    used_after=line.used_after,
                ),
                _("Make the plan anew; a plan file is not edited by hand."),
            )


def capacity_kept(target: Target) -> Iterator[Violation]:
    """More than there is, or than what is left beside the reserve for hosts that fail."""
    for line in target.capacity:
        ceiling = max(line.capacity, line.used_before)
        if line.used_after > ceiling:
            exists = capacity(line.total, 0, line.allocation_ratio)
            is_there = line.used_after <= exists
            taken = _TAKEN_OF_HELD_BACK if is_there else _TAKEN
            yield Violation(
                "headroom.reserve" if is_there else "capacity.exceeded",
                target.name,
                _of_pool(target, line.resource_class),
                tell(
                    taken,
                    after=line.used_after,
                    capacity=line.capacity,
                    all=exists,
                    held=exists - line.capacity,
                    before=line.used_before,
                ),
                tell(
                    _("Move or leave out machines worth %(amount)s."),
                    amount=line.used_after - ceiling,
                ),
            )


def hosts_may_fail(target: Target) -> Iterator[Violation]:
    """No loss of hosts leaves more machines without a place than without the plan."""
    for loss in target.n_plus_one.losses if target.n_plus_one else ():
        if len(loss.without_place) > loss.before:
            yield Violation(
                "headroom.host_failures",
                target.name,
                tell(
                    _("%(pool)s without %(hosts)s"), pool=target.pool, hosts=", ".join(loss.hosts)
                ),
                tell(
                    _("%(count)s machines would have no place; %(before)s without the plan."),
                    count=len(loss.without_place),
                    before=loss.before,
                ),
                tell(
                    _("Move or leave out some of: %(names)s."), names=", ".join(loss.without_place)
                ),
            )


def headroom_left(target: Target, percent: int) -> Iterator[Violation]:
    """Where the plan takes more of a class than before, so much of the capacity stays free."""
    for line in target.capacity:
        least, free = -(-line.capacity * percent // 100), line.capacity - line.used_after
        if line.used_after > line.used_before and 0 <= free < least:
            yield Violation(
                "headroom.minimum",
                target.name,
                _of_pool(target, line.resource_class),
                tell(
                    _(
                        "the plan leaves %(free)s of %(capacity)s free; %(percent)s % asks for"
                        " %(least)s."
                    ),
                    free=free,
                    capacity=line.capacity,
                    percent=percent,
                    least=least,
                ),
                tell(
                    _("Leave out machines worth %(amount)s, or ask for less headroom."),
                    amount=least - free,
                ),
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
                tell(_("allocation %(name)s"), name=name),
                _(
                    "new or resized machines draw on it, but the plan does not say what was"
                    " granted."
                ),
                tell(_("Known: %(names)s."), names=", ".join(sorted(grants)) or "–"),
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
                tell(
                    _("allocation %(grant)s %(resource_class)s"),
                    grant=grant.name,
                    resource_class=one,
                ),
                tell(
                    _(
                        "machines of all targets would draw %(after)s of %(ceiling)s;"
                        " %(before)s before."
                    ),
                    after=after[one],
                    ceiling=grant.ceiling[one],
                    before=before[one],
                ),
                tell(
                    _("Leave out machines worth %(amount)s, or ask %(provider)s for more."),
                    amount=after[one] - most,
                    provider=grant.provider,
                ),
            )


def _of_pool(target: Target, one: ResourceClass) -> str:
    return tell("%(pool)s %(resource_class)s", pool=target.pool, resource_class=one)

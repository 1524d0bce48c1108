"""Growth of what machines take: exact in the sum, whole units per machine.

A pool's machines grow together to the rounded-up sum; the units are dealt out by largest remainder,
so that a small machine does not double because a whole vCPU is the least it can gain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Final

from dcim.planning.estate import VM, Snapshot
from dcim.planning.scenarios.overlays import Grow
from dcim.vocabulary.amounts import Amounts, ResourceClass
from dcim.vocabulary.errors import InvalidInput

DAYS_OF_A_YEAR: Final = 365
# Powers of a fraction of a year are floats; what they lack of a whole unit is no growth.
TOLERANCE: Final = 1e-9
# Growth upon growth leaves what floats hold; more than this of anything is no estate.
LARGEST: Final = 10**15


def factor_of(grow: Grow, on: date) -> float:
    """By how much amounts are multiplied on the day; 1 before the growth begins.

    >>> factor_of(Grow(on=date(2027, 1, 1), percent_per_year=10.0), date(2029, 1, 1))
    1.2103...
    """
    days = max(0, (on - grow.on).days)
    return float((1 + grow.percent_per_year / 100) ** (days / DAYS_OF_A_YEAR))


def grown(snapshot: Snapshot, grow: Grow, on: date) -> Snapshot:
    """The machines that `grow` speaks of, as large as they are on the day.

    Notes: machines that are planned do not grow. A machine counts in its cluster and in the grant
    it draws on; sums are exact for the pool that holds it, and follow for the other.

    Raises: InvalidInput of the field `on` where machines grow beyond all measure until then.
    """
    if factor_of(grow, on) <= 1:
        return snapshot
    kinds = {app.code: app.kind for app in snapshot.apps}
    homes = snapshot.homes()
    growing: dict[str, list[VM]] = defaultdict(list)
    for vm in snapshot.vms:
        is_of_kind = grow.app_kind is None or any(kinds[one] is grow.app_kind for one in vm.apps)
        pools = (homes.get(vm), f"allocation:{vm.allocation}")
        if not vm.is_planned and is_of_kind and (grow.pool is None or grow.pool in pools):
            growing[homes.get(vm, "")].append(vm)
    larger = {
        vm.id: amounts
        for vms in growing.values()
        for vm, amounts in zip(vms, _grown(vms, grow, on), strict=True)
    }
    return replace(
        snapshot,
        vms=tuple(
            replace(vm, amounts=larger[vm.id]) if vm.id in larger else vm for vm in snapshot.vms
        ),
    )


def _grown(vms: Sequence[VM], grow: Grow, on: date) -> list[Amounts]:
    factor = factor_of(grow, on)
    by_class = {one: [vm.amounts[one] for vm in vms] for one in ResourceClass}
    for one in ResourceClass:
        if grow.resource_class in {None, one}:
            by_class[one] = dealt(by_class[one], factor)
            _require_measure(by_class[one], on)
    return [Amounts(*each) for each in zip(*by_class.values(), strict=True)]


def _require_measure(amounts: Sequence[int], on: date) -> None:
    if sum(amounts) > LARGEST:
        raise InvalidInput(
            f"machines grow beyond all measure until {on}.",
            field="on",
            hint="Ask for an earlier day, or write a smaller growth.",
        )


def dealt(amounts: Sequence[int], factor: float) -> list[int]:
    """`amounts` times `factor`, whole; their sum is the product, rounded up.

    Notes: the largest remainder gains first, of equals the first.

    >>> dealt([2, 2, 2, 2], 1.25)
    [3, 3, 2, 2]
    """
    exact = [Fraction(amount) * Fraction(factor) for amount in amounts]
    whole = [int(one) for one in exact]
    missing = ceil(sum(amounts) * factor - TOLERANCE) - sum(whole)
    order = sorted(range(len(exact)), key=lambda at: (whole[at] - exact[at], at))
    for at in order[:missing]:
        whole[at] += 1
    return whole

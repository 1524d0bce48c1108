"""Who holds what a pool has given out: by owner, app, category, tier or status.

The parts of a pool add up to its ledger, class by class and unit by unit. A machine that carries
several apps is shared by them evenly, and an app's part by its tiers on the machine; what can't be
shared evenly goes, one unit each, to the first in the order of their names. So owners add up to
what their apps hold, and apps to what their tiers do. A machine without an app is held by nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dcim.planning.capacity.ledger import is_reclaimable
from dcim.planning.estate import NOTHING, VM, App, Carried, Snapshot
from dcim.vocabulary.amounts import Amounts, ResourceClass

NOBODY: Final = ""
UNSTATED: Final = "unstated"


class By(StrEnum):
    """What holdings are told by."""

    OWNER = "owner"
    APP = "app"
    CATEGORY = "category"
    TIER = "tier"
    STATUS = "status"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What one holder has of a pool.

    Attributes:
        pool: Public name of the pool.
        holder: An owner's slug, an app's code, a category (`unstated` where an app states none), a
            tier as APP/TIER, or the status of machines; empty for machines that carry no app.
        used: Of what stands.
        planned: Of what is planned or staged.
        reclaimable: The part of used that serves nothing active.
    """

    pool: str
    holder: str
    used: Amounts = NOTHING
    planned: Amounts = NOTHING
    reclaimable: Amounts = NOTHING


def holdings(snapshot: Snapshot, by: By) -> tuple[Holding, ...]:
    """What each holder has of each pool, in the snapshot's order of pools, then by holder.

    Notes: O(machines x tiers on them). Holders of nothing are left out.
    """
    apps = {app.code: app for app in snapshot.apps}
    statuses = {app.code: app.status for app in snapshot.apps}
    sums: dict[tuple[str, str], list[Amounts]] = defaultdict(lambda: [NOTHING] * 3)
    for vm, home in snapshot.homes().items():
        at = [vm.is_planned, not vm.is_planned and is_reclaimable(vm, statuses)]
        for holder, part in _parts(vm, apps, by):
            for pool in {home, f"allocation:{vm.allocation}" if vm.allocation else home}:
                row = sums[pool, holder]
                row[1 if at[0] else 0] += part
                if at[1]:
                    row[2] += part
    order = {pool.ref: place for place, pool in enumerate(snapshot.pools)}
    return tuple(
        Holding(pool=pool, holder=holder, used=row[0], planned=row[1], reclaimable=row[2])
        for (pool, holder), row in sorted(
            sums.items(), key=lambda item: (order[item[0][0]], item[0][1])
        )
    )


def _parts(vm: VM, apps: dict[str, App], by: By) -> Iterator[tuple[str, Amounts]]:
    """Who holds how much of a machine."""
    if by is By.STATUS:
        yield vm.status.value, vm.amounts
        return
    if not vm.carries:
        yield NOBODY, vm.amounts
        return
    for code, part in zip(vm.apps, split(vm.amounts, len(vm.apps)), strict=True):
        if by is not By.TIER:
            yield _holder(apps[code], by), part
            continue
        tiers: Sequence[Carried] = sorted(tier for tier in vm.carries if tier.app == code)
        for tier, share in zip(tiers, split(part, len(tiers)), strict=True):
            yield f"{code}/{tier.tier}", share


def _holder(app: App, by: By) -> str:
    if by is By.CATEGORY:
        return app.category.value if app.category else UNSTATED
    return app.owner if by is By.OWNER else app.code


def split(amounts: Amounts, parts: int) -> list[Amounts]:
    """`amounts` in so many even parts; what is left over goes to the first ones, a unit each.

    >>> [(part.vcpus, part.memory_mib) for part in split(Amounts(5, 4096), 2)]
    [(3, 2048), (2, 2048)]
    """
    return [
        Amounts(*(amounts[one] // parts + (at < amounts[one] % parts) for one in ResourceClass))
        for at in range(parts)
    ]

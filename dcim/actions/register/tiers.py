"""How the total size of an app falls on its tiers and their instances, exactly.

A register states one size per app. The rule, in this order:

1. A website, or an app with fewer vCPUs than tiers, has its tiers on one machine (`co_hosted`);
   their vCPUs are shares of it in hundredths.
2. Else each tier has a machine of its own and whole vCPUs. Tiers weigh web 1, app 2, db 1 in every
   class; what division leaves goes to the largest remainders, between equals to the later tier.
   Memory goes in steps of 512 MiB where the app's has no finer ones.
3. A web tier of an app of category high or strategic runs twice, one instance being enough, where
   it has two vCPUs or more and every size divides by two.
4. An integration app that is a database and nothing else, of such a category, is a cluster of three
   of which two are needed, where every size divides by three.

Instances of 3 and 4 never share a host. Instances times size per instance is always the app's size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from dcim.vocabulary.choices import AppKind, SystemCategory

if TYPE_CHECKING:
    from dcim.actions.register.rows import AppRow

WEIGHT_OF_TIER: Final = {"web": 1, "app": 2, "db": 1}
REDUNDANT: Final = frozenset({SystemCategory.HIGH, SystemCategory.STRATEGIC})
HUNDREDTHS: Final = 100
MEMORY_STEP_MIB: Final = 512


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier: what an instance takes, how many are wanted and how many must run."""

    name: str
    vcpus: Decimal
    memory_mib: int
    storage_gib: int
    wanted: int = 1
    needed: int = 1
    co_hosted: bool = False

    @property
    def anti_affinity(self) -> bool:
        """Whether instances must be on different hosts."""
        return self.wanted > 1


def tiers_of(app: AppRow) -> list[Tier]:
    """The tiers of `app`, in its own order, whose instances add up to its size."""
    co_hosted = is_co_hosted(app)
    weights = [WEIGHT_OF_TIER[name] for name in app.tiers]
    vcpus = (
        [Decimal(share) / HUNDREDTHS for share in shares(app.size.vcpus * HUNDREDTHS, weights)]
        if co_hosted
        else [Decimal(share) for share in shares(app.size.vcpus, weights)]
    )
    step_mib = 1 if app.size.memory_mib % MEMORY_STEP_MIB else MEMORY_STEP_MIB
    memory_mib = [share * step_mib for share in shares(app.size.memory_mib // step_mib, weights)]
    storage_gib = shares(app.size.storage_gib, weights)
    return [
        _spread(app, Tier(*amounts, co_hosted=co_hosted))
        for amounts in zip(app.tiers, vcpus, memory_mib, storage_gib, strict=True)
    ]


def is_co_hosted(app: AppRow) -> bool:
    """Whether all tiers of `app` share one machine."""
    return app.kind is AppKind.WEBSITE or app.size.vcpus < len(app.tiers)


def shares(amount: int, weights: Sequence[int]) -> list[int]:
    """Whole parts of `amount` in proportion to `weights`: largest remainder, ties to the later.

    >>> shares(6, [1, 2, 1])
    [1, 3, 2]
    """
    whole = sum(weights)
    parts = [amount * weight // whole for weight in weights]
    left = amount - sum(parts)
    remainder = [(amount * weight % whole, index) for index, weight in enumerate(weights)]
    for _, index in sorted(remainder, reverse=True)[:left]:
        parts[index] += 1
    return parts


def _spread(app: AppRow, tier: Tier) -> Tier:
    if tier.co_hosted or app.category not in REDUNDANT:
        return tier
    if app.kind is AppKind.INTEGRATION and app.tiers == ("db",):
        return _divided(tier, wanted=3, needed=2)
    if tier.name == "web":
        return _divided(tier, wanted=2, needed=1)
    return tier


def _divided(tier: Tier, *, wanted: int, needed: int) -> Tier:
    """The tier over `wanted` equal instances, or as it is where a size does not divide."""
    sizes = (int(tier.vcpus), tier.memory_mib, tier.storage_gib)
    if sizes[0] < wanted or any(size % wanted for size in sizes):
        return tier
    return replace(
        tier,
        vcpus=tier.vcpus / wanted,
        memory_mib=tier.memory_mib // wanted,
        storage_gib=tier.storage_gib // wanted,
        wanted=wanted,
        needed=needed,
    )

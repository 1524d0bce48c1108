"""Which machines an app still lacks: one per workload instance, sized by its tiers.

Co-hosted tiers of an app share one machine per instance. Sizes are rounded up per machine, and
machines and devices that already carry a tier count. Where the machines go is for the planner.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dcim.planning.estate import VM, App, Carried, Workload
from dcim.vocabulary.amounts import Amounts, makeable
from dcim.vocabulary.naming import slug
from dcim.vocabulary.units import whole_vcpus

LONGEST_NAME = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVM:
    """A machine to make; instances of the tiers in `apart` never share a host with each other."""

    name: str
    app: str
    workloads: tuple[str, ...]
    amounts: Amounts
    apart: tuple[Carried, ...] = ()


def missing_vms(app: App, carriers: Sequence[VM], taken: set[str]) -> tuple[NewVM, ...]:
    """The machines that `app` lacks beside `carriers`; their names are added to `taken`."""
    carried = [tier for vm in carriers for tier in vm.carries]
    found: list[NewVM] = []
    for stem, group in _groups(app):
        for i in range(1, max(tier.instances_wanted for tier in group) + 1):
            lacking = tuple(
                tier for tier in group if _standing(app, tier, carried) < i <= tier.instances_wanted
            )
            if lacking:
                found.append(_vm(app, _free_name(stem, i, taken), lacking))
    return tuple(found)


def _standing(app: App, tier: Workload, carried: Sequence[Carried]) -> int:
    """How many instances of the tier machines and devices carry."""
    return carried.count(Carried(app=app.code, tier=tier.name)) + tier.on_devices


def _groups(app: App) -> Iterator[tuple[str, list[Workload]]]:
    together = [tier for tier in app.workloads if tier.co_hosted]
    if together:
        yield slug(app.code), together
    for tier in app.workloads:
        if not tier.co_hosted:
            yield f"{slug(app.code)}-{slug(tier.name)}", [tier]


def _free_name(stem: str, instance: int, taken: set[str]) -> str:
    """The name for `instance`; where it clashes, the next number that is free."""
    while (name := f"{stem[: LONGEST_NAME - 8].rstrip('-')}-{instance}") in taken:
        instance += 1
    taken.add(name)
    return name


def _vm(app: App, name: str, tiers: Sequence[Workload]) -> NewVM:
    return NewVM(
        name=name,
        app=app.code,
        workloads=tuple(tier.name for tier in tiers),
        amounts=_size(tiers),
        apart=tuple(Carried(app=app.code, tier=tier.name) for tier in tiers if tier.anti_affinity),
    )


def _size(tiers: Sequence[Workload]) -> Amounts:
    """The sum of the tiers, vCPUs rounded up once."""
    return makeable(
        Amounts(
            whole_vcpus(sum((tier.vcpus for tier in tiers), Decimal(0))),
            sum(tier.memory_mib for tier in tiers),
            sum(tier.storage_gib for tier in tiers),
        )
    )

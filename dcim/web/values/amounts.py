"""Amounts of the resource classes in words and as bars."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from dcim.vocabulary.amounts import Amounts, ResourceClass
from dcim.web.values.formats import memory, number

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LABELS: Final[dict[ResourceClass, StrOrPromise]] = {
    ResourceClass.VCPU: _("vCPUs"),
    ResourceClass.MEMORY_MIB: _("Memory"),
    ResourceClass.STORAGE_GIB: _("Storage"),
}
WRITTEN: Final[dict[ResourceClass, Callable[[int], str]]] = {
    ResourceClass.VCPU: number,
    ResourceClass.MEMORY_MIB: memory,
    ResourceClass.STORAGE_GIB: lambda gib: f"{number(gib)} GiB",
}


def exact(one: ResourceClass, amount: int) -> str:
    """The amount to the unit, for where a unit less is not enough: memory in MiB if need be."""
    if one is ResourceClass.MEMORY_MIB and amount % 1024:
        return f"{number(amount)} MiB"
    return WRITTEN[one](amount)


@dataclass(frozen=True, slots=True)
class AmountLine:
    """One class of an amount in words."""

    label: StrOrPromise
    text: str


def amount_lines(amounts: Amounts) -> list[AmountLine]:
    """The amounts class by class."""
    return [AmountLine(LABELS[one], WRITTEN[one](amounts[one])) for one in ResourceClass]


@dataclass(frozen=True, slots=True)
class Bar:
    """What stands against a capacity, as shares of the bar in whole per cent."""

    label: StrOrPromise
    capacity: str
    used: str
    planned: str
    reclaimable: str
    free: str
    serving_percent: int
    reclaimable_percent: int
    planned_percent: int
    is_over: bool


def bar(
    resource_class: ResourceClass, capacity: int, used: int, planned: int = 0, reclaimable: int = 0
) -> Bar:
    """The bar of one class; what exceeds the capacity fills it and is marked."""
    write = WRITTEN[resource_class]
    whole = max(capacity, used + planned, 1)
    return Bar(
        label=LABELS[resource_class],
        capacity=write(capacity),
        used=write(used),
        planned=write(planned),
        reclaimable=write(reclaimable),
        free=write(capacity - used - planned),
        serving_percent=100 * (used - reclaimable) // whole,
        reclaimable_percent=100 * reclaimable // whole,
        planned_percent=100 * planned // whole,
        is_over=used + planned > capacity,
    )

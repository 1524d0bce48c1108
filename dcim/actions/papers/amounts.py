"""Amounts of the resource classes as papers have them: vCPU, memory and storage in GiB."""

from __future__ import annotations

from typing import Final

from dcim.actions.papers.words import number
from dcim.vocabulary.amounts import Amounts, ResourceClass
from dcim.vocabulary.units import MIB_PER_GIB

LABELS: Final = {
    ResourceClass.VCPU: "vCPU",
    ResourceClass.MEMORY_MIB: "Memori (GiB)",
    ResourceClass.STORAGE_GIB: "Penyimpanan (GiB)",
}


def cell(resource_class: ResourceClass, amount: int) -> int | float:
    """The number that stands under the class's label; memory in GiB, exact to the MiB."""
    if resource_class is not ResourceClass.MEMORY_MIB:
        return amount
    return amount // MIB_PER_GIB if amount % MIB_PER_GIB == 0 else amount / MIB_PER_GIB


def cells(amounts: Amounts) -> tuple[int | float, ...]:
    """The amounts under the three labels."""
    return tuple(cell(one, amounts[one]) for one in ResourceClass)


def in_words(amounts: Amounts) -> str:
    """Each class that is not zero: “4 vCPU, 16 GiB memori, dan 200 GiB penyimpanan”."""
    words = {
        ResourceClass.VCPU: "vCPU",
        ResourceClass.MEMORY_MIB: "GiB memori",
        ResourceClass.STORAGE_GIB: "GiB penyimpanan",
    }
    told = [
        f"{number(cell(one, amounts[one]))} {words[one]}" for one in ResourceClass if amounts[one]
    ]
    return listed(told) or "0 vCPU"


def listed(parts: list[str]) -> str:
    """Parts of a sentence, joined as Indonesian joins them."""
    if len(parts) < 3:
        return " dan ".join(parts)
    return f"{', '.join(parts[:-1])}, dan {parts[-1]}"

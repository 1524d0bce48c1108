"""Amounts of capacity, in the resource classes of OpenStack Placement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import floor


class ResourceClass(StrEnum):
    """What a pool has and a consumer takes; our two memory classes count MiB and GiB."""

    VCPU = "VCPU"
    MEMORY_MIB = "MEMORY_MIB"
    STORAGE_GIB = "STORAGE_GIB"


@dataclass(frozen=True, slots=True)
class Amounts:
    """A quantity of each resource class: virtual CPUs, memory in MiB, storage in GiB.

    >>> Amounts(2, 4096, 60) + Amounts(1, 2048, 40)
    Amounts(vcpus=3, memory_mib=6144, storage_gib=100)
    """

    vcpus: int = 0
    memory_mib: int = 0
    storage_gib: int = 0

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(
            self.vcpus + other.vcpus,
            self.memory_mib + other.memory_mib,
            self.storage_gib + other.storage_gib,
        )

    def __sub__(self, other: Amounts) -> Amounts:
        return Amounts(
            self.vcpus - other.vcpus,
            self.memory_mib - other.memory_mib,
            self.storage_gib - other.storage_gib,
        )

    def times(self, count: int) -> Amounts:
        """So many times the amounts.

        >>> Amounts(2, 4096, 60).times(3)
        Amounts(vcpus=6, memory_mib=12288, storage_gib=180)
        """
        return Amounts(self.vcpus * count, self.memory_mib * count, self.storage_gib * count)

    def __getitem__(self, resource_class: ResourceClass) -> int:
        if resource_class is ResourceClass.VCPU:
            return self.vcpus
        if resource_class is ResourceClass.MEMORY_MIB:
            return self.memory_mib
        if resource_class is ResourceClass.STORAGE_GIB:
            return self.storage_gib
        # Templates ask for the item before the attribute: `asked.vcpus` comes here as "vcpus".
        raise KeyError(resource_class)

    def fits_in(self, room: Amounts) -> bool:
        """Whether every class of this amount is at most that of `room`."""
        return (
            self.vcpus <= room.vcpus
            and self.memory_mib <= room.memory_mib
            and self.storage_gib <= room.storage_gib
        )

    def share_of(self, whole: Amounts) -> float:
        """The largest part of `whole` that these amounts are, in any class.

        >>> Amounts(1, 4096, 10).share_of(Amounts(8, 8192, 100))
        0.5
        """
        return max(
            self.vcpus / max(1, whole.vcpus),
            self.memory_mib / max(1, whole.memory_mib),
            self.storage_gib / max(1, whole.storage_gib),
        )

    def beyond(self, other: Amounts) -> Amounts:
        """What of each class is more than `other` has; nothing where that has more.

        >>> Amounts(4, 4096, 60).beyond(Amounts(6, 1024, 60))
        Amounts(vcpus=0, memory_mib=3072, storage_gib=0)
        """
        return Amounts(
            max(0, self.vcpus - other.vcpus),
            max(0, self.memory_mib - other.memory_mib),
            max(0, self.storage_gib - other.storage_gib),
        )

    def as_mapping(self) -> dict[ResourceClass, int]:
        """The amounts by resource class, in Placement's order."""
        return {
            ResourceClass.VCPU: self.vcpus,
            ResourceClass.MEMORY_MIB: self.memory_mib,
            ResourceClass.STORAGE_GIB: self.storage_gib,
        }

    @classmethod
    def from_mapping(cls, amounts: Mapping[ResourceClass, int] | Mapping[str, int]) -> Amounts:
        """The amounts named in `amounts`; a class that is not named is 0."""
        by_name = {str(name): amount for name, amount in amounts.items()}
        return cls(*(by_name.get(resource_class.value, 0) for resource_class in ResourceClass))


def total(amounts: Iterable[Amounts]) -> Amounts:
    """The sum of `amounts`; nothing sums to zero of each class."""
    return sum(amounts, Amounts())


def capacity(total: int, reserved: int, allocation_ratio: Decimal | float) -> int:
    """(total - reserved) x allocation_ratio in whole units, rounded down, as Placement counts it.

    Notes: a ratio is taken as the decimal number that it is written as, so nothing is lost to
    binary fractions; below 0 where more is reserved than there is.

    >>> capacity(100, 0, 1.15)
    115
    """
    return floor((total - reserved) * Fraction(str(allocation_ratio)))


def makeable(amounts: Amounts) -> Amounts:
    """`amounts` with Placement's min_unit of 1 in each class: nothing smaller can be made.

    >>> makeable(Amounts(2, 4096, 0))
    Amounts(vcpus=2, memory_mib=4096, storage_gib=1)
    """
    return Amounts(*(max(1, amount) for amount in amounts.as_mapping().values()))

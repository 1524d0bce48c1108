"""Conversions between the units that people, NetBox and our ledgers use.

NetBox counts a machine's memory in "MB" to base 1024 (its default RAM_BASE_UNIT) and disks in MB
to base 1000 (its default DISK_BASE_UNIT). Our ledgers count MiB and GiB. Converting into a ledger
rounds up, so that what is used is never understated; converting back rounds down, so that a round
trip is exact.
"""

from __future__ import annotations

from decimal import Decimal
from math import ceil
from typing import Final

MIB_PER_GIB: Final = 1024
BYTES_PER_MB: Final = 10**6
BYTES_PER_GIB: Final = 2**30


def disk_mb_to_gib(disk_mb: int) -> int:
    """GiB that a disk of `disk_mb` NetBox megabytes (10^6 bytes) takes, rounded up.

    >>> disk_mb_to_gib(64424)
    60
    """
    return -(-disk_mb * BYTES_PER_MB // BYTES_PER_GIB)


def gib_to_disk_mb(gib: int) -> int:
    """NetBox megabytes of a disk of `gib` GiB, rounded down; `disk_mb_to_gib` undoes it.

    >>> gib_to_disk_mb(60)
    64424
    """
    return gib * BYTES_PER_GIB // BYTES_PER_MB


def whole_vcpus(vcpus: Decimal | None) -> int:
    """Virtual CPUs as a ledger counts them: fractions rounded up, nothing stated is nothing used.

    >>> whole_vcpus(Decimal("0.5")), whole_vcpus(None)
    (1, 0)
    """
    return 0 if vcpus is None else ceil(vcpus)

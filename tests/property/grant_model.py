"""What may be drawn and held: a second count, which shares no code with the product.

A machine holds max(drawn, committed) per class of the grant it is on, and what is committed to it
elsewhere besides.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from math import ceil
from typing import Any

from dcim.record.networks.machine_parts import VirtualDisk
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.commitments import Commitment

Sizes = tuple[int, ...]
SIZE = ("vcpus", "memory_mib", "disk_mb")
HELD = ("vcpus", "memory_mib", "storage_gib")


def units(row: dict[str, Any]) -> Sizes:
    """vCPUs, MiB and GiB, each begun unit a whole one."""
    gib = Decimal(row.get("disk_mb") or 0) * 10**6 / 2**30
    return ceil(Decimal(row.get("vcpus") or 0)), row.get("memory_mib") or 0, ceil(gib)


@dataclass(slots=True)
class Books:
    """Rows as they are stored, by id; deeds are done to them, whether they fit or not."""

    ceilings: dict[int, Sizes] = field(default_factory=dict)
    machines: dict[Any, dict[str, Any]] = field(default_factory=dict)
    commitments: dict[Any, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls) -> Books:
        """What is stored now."""
        grants = Allocation.objects.values_list("pk", *HELD)
        machines = VirtualMachine.objects.values("pk", "allocation", *SIZE)
        held = Commitment.objects.values("pk", "allocation", "virtual_machine", *HELD)
        return cls(
            {pk: tuple(sizes) for pk, *sizes in grants},
            {one["pk"]: dict(one) for one in machines},
            {one["pk"]: dict(one) for one in held},
        )

    def fit(self) -> bool:
        """Whether no grant holds more than its ceiling."""
        holds: dict[tuple[Any, Any], list[Sizes]] = defaultdict(list)
        for pk, one in self.machines.items():
            holds[one["allocation"], pk].append(units(one))
        for pk, one in self.commitments.items():
            whom = one["virtual_machine"] or f"to come {pk}"
            holds[one["allocation"], whom].append(tuple(one[name] for name in HELD))
        sums: dict[Any, Sizes] = defaultdict(lambda: (0, 0, 0))
        for (grant, _whom), claims in holds.items():
            largest = map(max, zip(*claims, strict=True))
            sums[grant] = tuple(a + b for a, b in zip(sums[grant], largest, strict=True))
        return all(
            total <= most
            for grant, ceiling in self.ceilings.items()
            for total, most in zip(sums[grant], ceiling, strict=True)
        )

    def disk(self, machine: int, size_mb: int) -> None:
        """A machine is as large as its disks."""
        sizes = VirtualDisk.objects.filter(virtual_machine=machine).values_list("size_mb")
        self.machines[machine]["disk_mb"] = sum(size for (size,) in sizes) + size_mb

    def draw(self, held: int, machine: int) -> None:
        """The machine is where the room was."""
        self.machines[machine]["allocation"] = self.commitments.pop(held)["allocation"]

"""What must be before objects of a model are written: judged under locks that stay till the commit.

Where the database itself would refuse a write, in words that help nobody, it is judged here first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Model

from dcim.actions.rules.pools.grants import (
    check_ceilings,
    check_commitments,
    check_machines,
)
from dcim.actions.writes.values import columns_of
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.planner.allocations import CLASSES, Allocation
from dcim.record.planner.commitments import Commitment

Columns = Mapping[str, Any]
Judge = Callable[[Any, Sequence[Columns] | None], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Precondition:
    """What is judged before certain fields of objects are written.

    Attributes:
        judge: Takes all objects, as they are to be, and their columns as they are stored (None:
            they are new). Gives fields to write of all that change, whether they differ or not.
        fields: Where none of them changes, there is nothing to judge.
    """

    judge: Judge
    fields: tuple[str, ...]


PRECONDITIONS: Final[dict[type[Model], Precondition]] = {
    Allocation: Precondition(check_ceilings, CLASSES),
    Commitment: Precondition(check_commitments, ("allocation", "virtual_machine", *CLASSES)),
    VirtualMachine: Precondition(check_machines, ("allocation", "vcpus", "memory_mib", "disk_mb")),
}


def require(
    model: type[Model], objects: Sequence[Model], before: Sequence[Columns] | None = None
) -> frozenset[str]:
    """Judge `objects`, whose own values are in order, before they are written.

    Args:
        model: What the objects are.
        objects: As they are to be.
        before: The columns of each as they are stored, and locked; None: they are new.

    Returns: fields to write of each object that changes, even where they are the same.

    Raises: Refused, as the judges say.
    """
    one = PRECONDITIONS.get(model)
    if one is None or (before is not None and not _changes(objects, before, one.fields)):
        return frozenset()
    return one.judge(objects, before)


def _changes(objects: Sequence[Model], before: Sequence[Columns], fields: Sequence[str]) -> bool:
    return any(
        columns_of(obj)[name] != was[name]
        for obj, was in zip(objects, before, strict=True)
        for name in fields
    )

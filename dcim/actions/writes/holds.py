"""Locks of what hangs together with rows that are written, in one order whoever writes.

Machines, then their disks and commitments, then grants, each by id; what foreign keys name, then
the log's head. Two writers then never wait for one another in a circle.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from django.db.models import Model

from dcim.actions.rules.pools.grants import hold_for_deletion, lock_grants
from dcim.record.networks.machine_parts import VirtualDisk
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.planner.commitments import Commitment

# Rows that size their machine, or hold room for it; both name it alike.
OF_MACHINES: Final[frozenset[type[Model]]] = frozenset({Commitment, VirtualDisk})


def hold_first(
    model: type[Model], keys: Collection[int] = (), values: Iterable[Mapping[str, Any]] = ()
) -> None:
    """Lock the machines that rows of `model` belong to, before the rows themselves.

    Args:
        model: What the rows are.
        keys: Of those that are stored.
        values: What is to be written; a machine that is named there is locked as well.

    Notes: whoever deletes a machine locks it before its parts, too.
    """
    if model not in OF_MACHINES:
        return
    named = [row.get("virtual_machine") for row in values]
    machines = {one.pk for one in named if one is not None}
    if keys:
        rows = model._default_manager.filter(pk__in=keys).order_by()
        machines.update(rows.values_list("virtual_machine", flat=True))
    machines.discard(None)
    if machines:
        locked = VirtualMachine.objects.select_for_update(of=("self",), no_key=True)
        list(locked.filter(pk__in=machines).order_by("pk").values_list("pk"))


def hold_before_deletion(model: type[Model], objects: Sequence[Any]) -> None:
    """Lock what changes or goes along with `objects` of `model`, which are locked themselves."""
    if model is VirtualMachine:
        hold_for_deletion(objects)
    elif model is Commitment:
        lock_grants({one.allocation_id for one in objects})

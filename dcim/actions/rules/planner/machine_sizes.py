"""Planned machines have a size that their cluster gives out; what stands is taken as it is."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from dcim.actions.rules.pools.hosts import FIELD_OF_CLASS
from dcim.planning.capacity.ledger import Inventory
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.vocabulary.amounts import Amounts, ResourceClass
from dcim.vocabulary.choices import VirtualMachineStatus
from dcim.vocabulary.errors import DoesNotFit

PLANNED = (VirtualMachineStatus.PLANNED, VirtualMachineStatus.STAGED)


def check_sizes_of_planned(machines: Sequence[VirtualMachine]) -> None:
    """Refuse planned machines smaller than the smallest of their cluster, or between its steps.

    Raises: DoesNotFit, naming pool, class, asked, and the size that would fit.
    """
    for machine in machines:
        if machine.status in PLANNED and machine.cluster is not None:
            for stock in _units_of(machine.cluster):
                _check(machine, machine.cluster, stock)


def _units_of(cluster: Cluster) -> list[Inventory]:
    """What the cluster gives out of each class at least, and in which steps."""
    least = Amounts(cluster.min_vcpus, cluster.min_memory_mib, cluster.min_storage_gib)
    step = Amounts(cluster.step_vcpus, cluster.step_memory_mib, cluster.step_storage_gib)
    return [
        Inventory(resource_class=one, total=0, min_unit=least[one], step_size=step[one])
        for one in ResourceClass
    ]


def _check(machine: VirtualMachine, cluster: Cluster, stock: Inventory) -> None:
    asked, step = machine.amounts[stock.resource_class], stock.step_size
    least = -(-stock.min_unit // step) * step
    if asked and (asked < least or asked % step):
        raise DoesNotFit(
            _(
                "%(machine)s asks %(asked)s %(class)s of %(cluster)s, which gives at least "
                "%(least)s, in steps of %(step)s."
            )
            % {
                "machine": machine,
                "asked": asked,
                "class": stock.resource_class,
                "cluster": cluster,
                "least": least,
                "step": step,
            },
            field=FIELD_OF_CLASS[stock.resource_class],
            hint=_("Ask %(fits)s instead.") % {"fits": max(least, -(-asked // step) * step)},
        )

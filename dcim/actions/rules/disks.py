"""A machine that has disks is as large as they are together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from django.db.models import Sum
from django.utils.translation import gettext as _

from dcim.record.networks.machine_parts import VirtualDisk
from dcim.record.networks.virtualization import VirtualMachine
from dcim.vocabulary.errors import InvalidInput

# The largest number of megabytes that a machine's column takes.
LARGEST_MB: Final = 2_147_483_647


def sums_of(machines: Collection[int]) -> dict[int, int]:
    """What the disks of each of `machines` (ids) come to, in MB; those without disks are not in."""
    disks = VirtualDisk.objects.filter(virtual_machine__in=machines).order_by()
    sums = disks.values_list("virtual_machine").annotate(sum=Sum("size_mb"))
    return dict(sums)


def keep_sums_of_disks(machines: Sequence[VirtualMachine]) -> None:
    """Refuse to write a machine's disk size beside what its disks come to.

    Raises: InvalidInput, naming the field.
    """
    sums = sums_of({one.pk for one in machines})
    for machine in machines:
        if machine.disk_mb != sums.get(machine.pk, machine.disk_mb):
            raise InvalidInput(
                _("The disks of %(machine)s come to %(sum)s MB.")
                % {"machine": machine, "sum": sums[machine.pk]},
                field="disk_mb",
                hint=_("Change the disks instead."),
            )


def check_sum(machine: VirtualMachine, total_mb: int) -> None:
    """Refuse disks that come to more than can be kept.

    Raises: InvalidInput, naming the field.
    """
    if total_mb > LARGEST_MB:
        raise InvalidInput(
            _("The disks of %(machine)s would come to %(sum)s MB.")
            % {"machine": machine, "sum": total_mb},
            field="size_mb",
            hint=_("At most %(most)s MB can be kept.") % {"most": LARGEST_MB},
        )

"""Room that is held on a grant before a machine draws it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.plans import Plan
from dcim.vocabulary.amounts import Amounts


class Commitment(Record):
    """Room held on a grant for one machine, there or to come, until it is drawn or released.

    While a machine moves, what it draws on its old grant and what is committed on the new one are
    both held; on one grant it counts with the larger of what it draws and what is committed to it.
    """

    allocation = models.ForeignKey(
        Allocation,
        verbose_name=_("allocation"),
        on_delete=models.PROTECT,
        related_name="commitments",
    )
    virtual_machine = models.ForeignKey(
        VirtualMachine,
        verbose_name=_("virtual machine"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="commitments",
    )
    name = models.CharField(
        _("name"), max_length=64, blank=True, help_text=_("Of a machine that is still to come.")
    )
    vcpus = models.PositiveIntegerField(_("vCPUs"), default=0)
    memory_mib = models.PositiveBigIntegerField(_("memory (MiB)"), default=0)
    storage_gib = models.PositiveBigIntegerField(_("storage (GiB)"), default=0)
    plan = models.ForeignKey(
        Plan,
        verbose_name=_("plan"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="commitments",
        help_text=_("The plan that asks for the room."),
    )
    wanted_until = models.DateField(
        _("wanted until"),
        null=True,
        blank=True,
        help_text=_("When it should be drawn; what is late is shown, and held all the same."),
    )

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ("allocation", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("allocation", "virtual_machine"), name="commitment_of_machine"
            ),
            models.UniqueConstraint(
                fields=("allocation", "name"),
                condition=models.Q(virtual_machine__isnull=True),
                name="commitment_of_name",
                violation_error_message=_("Room is committed to a machine of this name already."),
            ),
            models.CheckConstraint(
                condition=models.Q(virtual_machine__isnull=False) | ~models.Q(name=""),
                name="commitment_to_someone",
            ),
            models.CheckConstraint(
                condition=models.Q(vcpus__gt=0)
                | models.Q(memory_mib__gt=0)
                | models.Q(storage_gib__gt=0),
                name="commitment_of_something",
            ),
        )

    def __str__(self) -> str:
        """Whom the room is held for."""
        try:
            machine = self.virtual_machine
        except VirtualMachine.DoesNotExist:  # deleted since this was read, and this with it
            machine = None
        return str(machine) if machine is not None else self.name or f"#{self.pk}"

    @property
    def amounts(self) -> Amounts:
        """What is held at least: vCPUs, MiB, GiB."""
        return Amounts(self.vcpus, self.memory_mib, self.storage_gib)

    def clean(self) -> None:
        """Something is held for someone."""
        if self.virtual_machine is None and not self.name:
            reason = _("Choose the machine, or name the one that is to come.")
            raise ValidationError({"virtual_machine": reason})
        if not (self.vcpus or self.memory_mib or self.storage_gib):
            raise ValidationError({"vcpus": _("Write how much is to be held.")})

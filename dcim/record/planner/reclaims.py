"""What a reclaim leaves behind: who did without a copy of a machine, and what has gone."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.planner.allocations import Allocation
from dcim.record.planner.plans import Plan, ProvisioningRun
from dcim.record.planner.requests import AllocationRequest
from dcim.vocabulary.amounts import Amounts


class BackupWaiver(models.Model):
    """Someone's word that a machine of a plan may go without a copy, never the plan's author's.

    The machine is kept by the id and name that it had, since its row goes.
    """

    plan = models.ForeignKey(
        Plan, verbose_name=_("plan"), on_delete=models.PROTECT, related_name="waivers"
    )
    target = models.CharField(_("target"), max_length=100)
    name = models.CharField(_("machine"), max_length=120)
    machine_id = models.PositiveBigIntegerField(_("machine's id"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("waived by"),
        on_delete=models.PROTECT,
        related_name="backup_waivers",
    )
    reason = models.CharField(_("reason"), max_length=500)
    created = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("backup waiver")
        verbose_name_plural = _("backup waivers")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("plan", "target", "name"), name="backup_waiver_once"),
        )

    def __str__(self) -> str:
        """Plan and machine."""
        return f"{self.plan}: {self.target}/{self.name}"


class ReclaimedMachine(models.Model):
    """A machine that a run has deleted: what it was, what it freed, and what became of that."""

    plan = models.ForeignKey(
        Plan, verbose_name=_("plan"), on_delete=models.PROTECT, related_name="reclaimed"
    )
    run = models.ForeignKey(
        ProvisioningRun,
        verbose_name=_("run"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reclaimed",
    )
    target = models.CharField(_("target"), max_length=100)
    name = models.CharField(_("machine"), max_length=120)
    machine_id = models.PositiveBigIntegerField(_("machine's id"))
    pool = models.CharField(_("pool"), max_length=150)
    apps = models.CharField(_("apps"), max_length=500, blank=True)
    vcpus = models.PositiveIntegerField(_("vCPUs"), default=0)
    memory_mib = models.PositiveBigIntegerField(_("memory (MiB)"), default=0)
    storage_gib = models.PositiveBigIntegerField(_("storage (GiB)"), default=0)
    copy = models.CharField(_("copy or waiver"), max_length=300, blank=True)
    allocation = models.ForeignKey(
        Allocation,
        verbose_name=_("allocation"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reclaimed",
        help_text=_("The grant that it drew on."),
    )
    request = models.ForeignKey(
        AllocationRequest,
        verbose_name=_("given back by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="reclaimed",
        help_text=_("The request that gives its amounts back to the provider."),
    )
    created = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("reclaimed machine")
        verbose_name_plural = _("reclaimed machines")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("plan", "target", "name"), name="reclaimed_machine_once"
            ),
        )

    def __str__(self) -> str:
        """Target and machine."""
        return f"{self.target}/{self.name}"

    @property
    def amounts(self) -> Amounts:
        """What it freed: vCPUs, MiB, GiB."""
        return Amounts(self.vcpus, self.memory_mib, self.storage_gib)

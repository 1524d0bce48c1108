"""Stored plans, and what the provisioning engine said of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import choice_field
from dcim.vocabulary.choices import RunKind, RunOutcome


class Plan(models.Model):
    """A frozen plan document; it is never edited, a new plan takes its place."""

    name = models.CharField(_("name"), max_length=100)
    stance = models.CharField(_("stance"), max_length=50)
    base_serial = models.BigIntegerField(_("record serial"))
    digest = models.CharField(_("digest"), max_length=80, unique=True)
    document = models.JSONField(_("document"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("created by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    created = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ("-id",)

    def __str__(self) -> str:
        """Name and the beginning of the digest."""
        return f"{self.name} {self.digest.removeprefix('sha256:')[:8]}"


class PlanApproval(models.Model):
    """Someone's word for a plan, never its author's; it lapses when the record changes."""

    plan = models.ForeignKey(
        Plan, verbose_name=_("plan"), on_delete=models.PROTECT, related_name="approvals"
    )
    digest = models.CharField(_("digest"), max_length=80)
    base_serial = models.BigIntegerField(_("record serial"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("approved by"),
        on_delete=models.PROTECT,
        related_name="plan_approvals",
    )
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("plan approval")
        verbose_name_plural = _("plan approvals")
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("plan", "user"), name="plan_approval_once"),)

    def __str__(self) -> str:
        """Plan and person."""
        return f"{self.plan}: {self.user}"


class ProvisioningRun(models.Model):
    """One run of the engine on a plan: its counts, outcome and report."""

    plan = models.ForeignKey(
        Plan, verbose_name=_("plan"), on_delete=models.PROTECT, related_name="runs"
    )
    kind = choice_field(_("kind"), RunKind, RunKind.PREVIEW)
    outcome = choice_field(_("outcome"), RunOutcome)
    report = models.JSONField(_("report"))
    created = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("provisioning run")
        verbose_name_plural = _("provisioning runs")
        ordering = ("-id",)

    def __str__(self) -> str:
        """Kind and plan."""
        return f"{self.kind} {self.plan}"

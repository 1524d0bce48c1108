"""Stored plans, the runs of the provisioning engine on them, and the word of a second person."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import choice_field
from dcim.vocabulary.choices import RunKind, RunOutcome, RunStatus


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
    """Someone's word for a plan, never its author's; it lapses when the record changes.

    With a `preview` it is the word for applying exactly that: `bases` says, per target, which saved
    engine plan (SHA-256) on which state of the stack.
    """

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
    preview = models.ForeignKey(
        "dcim.ProvisioningRun",
        verbose_name=_("preview"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="approvals",
    )
    bases = models.JSONField(_("what was shown"), default=list, blank=True)
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("plan approval")
        verbose_name_plural = _("plan approvals")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("plan", "user"),
                condition=models.Q(preview__isnull=True),
                name="plan_approval_once",
            ),
            models.UniqueConstraint(fields=("preview", "user"), name="preview_approval_once"),
        )

    def __str__(self) -> str:
        """Plan and person."""
        return f"{self.plan}: {self.user}"


class ProvisioningRun(models.Model):
    """One run of the engine on targets of a plan: asked for, done by a worker, kept with its end.

    How far it is stands in the job of `job_id` while it goes on; here is what it came to. `bases`
    of a preview name its saved engine plans, `approval` of an apply what allows it, and `followed`
    what the record learned from it.
    """

    plan = models.ForeignKey(
        Plan, verbose_name=_("plan"), on_delete=models.PROTECT, related_name="runs"
    )
    kind = choice_field(_("kind"), RunKind, RunKind.PREVIEW)
    targets = models.JSONField(
        _("targets"), default=list, blank=True, help_text=_("Empty: all of the plan's.")
    )
    approval = models.ForeignKey(
        PlanApproval,
        verbose_name=_("approval"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="runs",
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked for by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    status = choice_field(_("status"), RunStatus, RunStatus.QUEUED)
    outcome = choice_field(_("outcome"), RunOutcome)
    message = models.TextField(_("reason"), blank=True)
    started = models.DateTimeField(_("started"), null=True, blank=True)
    ended = models.DateTimeField(_("ended"), null=True, blank=True)
    bases = models.JSONField(_("saved engine plans"), default=list, blank=True)
    report = models.JSONField(_("report"), null=True, blank=True)
    followed = models.JSONField(_("what the record learned"), default=list, blank=True)
    log = models.JSONField(_("log"), default=list, blank=True)
    job_id = models.UUIDField(_("job id"), null=True, blank=True, editable=False, unique=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("provisioning run")
        verbose_name_plural = _("provisioning runs")
        ordering = ("-id",)

    def __str__(self) -> str:
        """Kind and plan."""
        return f"{self.kind} {self.plan}"

    @property
    def is_open(self) -> bool:
        """Whether it has not ended yet."""
        return self.status != RunStatus.ENDED

"""Copies of what apps hold, from which they can be brought back elsewhere."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field
from dcim.record.places.sites import Site
from dcim.record.planner.allocations import Provider
from dcim.record.planner.service_apps import Workload
from dcim.vocabulary.choices import CopyKind


class BackupCopy(Record):
    """A copy of a tier that is kept somewhere: how often it is made, and whether it has been tried.

    `last_success` is when the newest copy was made, `last_restore_test` when one was last restored
    on trial.
    """

    workload = models.ForeignKey(
        Workload,
        verbose_name=_("workload"),
        on_delete=models.CASCADE,
        related_name="backup_copies",
        help_text=_("The tier that is copied."),
    )
    kind = choice_field(_("kind"), CopyKind, CopyKind.FULL)
    site = models.ForeignKey(
        Site,
        verbose_name=_("site"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="backup_copies",
        help_text=_("Where the copy lies; a site, a provider, or both."),
    )
    provider = models.ForeignKey(
        Provider,
        verbose_name=_("provider"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="backup_copies",
        help_text=_("Who keeps the copy; empty where it lies in a site of our own."),
    )
    frequency_hours = models.PositiveIntegerField(
        _("made every (h)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Hours from one copy to the next; more since the last one is overdue."),
    )
    retention_days = models.PositiveIntegerField(
        _("kept for (days)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("A copy that is older is gone; empty: kept."),
    )
    size_gib = models.PositiveBigIntegerField(_("takes (GiB)"), null=True, blank=True)
    last_success = models.DateTimeField(_("last success"), null=True, blank=True)
    last_restore_test = models.DateField(_("last restore test"), null=True, blank=True)

    class Meta:
        verbose_name = _("backup copy")
        verbose_name_plural = _("backup copies")
        ordering = ("workload", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(site__isnull=False) | models.Q(provider__isnull=False),
                name="backup_copy_is_somewhere",
            ),
            models.CheckConstraint(
                condition=models.Q(frequency_hours__isnull=True) | models.Q(frequency_hours__gte=1),
                name="backup_copy_frequency",
            ),
            models.CheckConstraint(
                condition=models.Q(retention_days__isnull=True) | models.Q(retention_days__gte=1),
                name="backup_copy_retention",
            ),
        )

    def __str__(self) -> str:
        """The tier, and where the copy is."""
        return f"{self.workload} @ {self.site or self.provider}"

    def clean(self) -> None:
        """A copy lies somewhere."""
        if self.site_id is None and self.provider_id is None:
            raise ValidationError({"site": _("Name a site, a provider, or both.")})

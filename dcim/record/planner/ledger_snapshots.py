"""The ledgers of past days, as they stood."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class LedgerSnapshot(models.Model):
    """One line of a pool's ledger on one day, in the units of its class; measured, never written.

    The pool is named, not referred to, so that its history outlives it.
    """

    day = models.DateField(_("day"))
    pool = models.CharField(_("pool"), max_length=200)
    resource_class = models.CharField(_("resource class"), max_length=50)
    capacity = models.BigIntegerField(_("capacity"))
    used = models.BigIntegerField(_("used"))
    planned = models.BigIntegerField(_("planned"))
    reclaimable = models.BigIntegerField(_("reclaimable"))

    class Meta:
        verbose_name = _("ledger snapshot")
        verbose_name_plural = _("ledger snapshots")
        ordering = ("-day", "pool", "resource_class")
        constraints = (
            models.UniqueConstraint(
                fields=("pool", "resource_class", "day"), name="ledger_snapshot_once_a_day"
            ),
        )
        indexes = (models.Index(fields=("day",), name="ledger_snapshot_day"),)

    def __str__(self) -> str:
        """Pool, class and day."""
        return f"{self.pool} {self.resource_class} {self.day}"

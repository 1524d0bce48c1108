"""Who gives room, and what was granted."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field
from dcim.record.places.sites import Site
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices import (
    AllocationStatus,
    DataClass,
    ProviderKind,
    SystemCategory,
)
from dcim.vocabulary.holding import DataResidency, Terms


def _default_data_classes() -> list[str]:
    return []


class Provider(Record):
    """The PDN, a commercial provider, a ministry, or the regency's own data centre."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    kind = choice_field(_("kind"), ProviderKind, ProviderKind.COMMERCIAL)
    sites = models.ManyToManyField(
        Site, verbose_name=_("sites"), blank=True, related_name="providers"
    )
    data_classes = models.JSONField(
        _("data classes it may hold"),
        default=_default_data_classes,
        blank=True,
        help_text=_("Empty: not stated."),
    )

    highest_category = models.CharField(
        _("gravest system category it may hold"),
        max_length=50,
        choices=SystemCategory.pairs(),
        blank=True,
        help_text=_("Empty: not stated."),
    )
    residency = models.CharField(
        _("where it keeps data"),
        max_length=50,
        choices=DataResidency.pairs(),
        blank=True,
        help_text=_("Systems of public bodies stay in Indonesia (PP 71/2019). Empty: not stated."),
    )

    class Meta:
        verbose_name = _("provider")
        verbose_name_plural = _("providers")
        ordering = ("name",)

    @property
    def terms(self) -> Terms:
        """What it may hold, for the rule that judges it."""
        return Terms(frozenset(self.data_classes), self.highest_category, self.residency)

    def clean(self) -> None:
        """Data classes are known ones."""
        known = [choice.value for choice in DataClass]
        stated = self.data_classes
        if not isinstance(stated, list) or any(one not in known for one in stated):
            raise ValidationError(
                {"data_classes": _("Write a list of: %(known)s.") % {"known": ", ".join(known)}}
            )


class Allocation(Record):
    """A grant: a hard ceiling on what machines draw on it."""

    reference = models.CharField(_("reference"), max_length=100, unique=True)
    provider = models.ForeignKey(
        Provider, verbose_name=_("provider"), on_delete=models.PROTECT, related_name="allocations"
    )
    status = choice_field(_("status"), AllocationStatus, AllocationStatus.ACTIVE)
    vcpus = models.PositiveIntegerField(_("vCPUs"), default=0)
    memory_mib = models.PositiveBigIntegerField(_("memory (MiB)"), default=0)
    storage_gib = models.PositiveBigIntegerField(_("storage (GiB)"), default=0)
    letter_number = models.CharField(_("letter number"), max_length=100, blank=True)
    letter_date = models.DateField(_("letter date"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        ordering = ("reference",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="allocation_dates",
            ),
        )

    def __str__(self) -> str:
        """The grant's reference."""
        return self.reference

    @property
    def granted(self) -> Amounts:
        """What was granted: vCPUs, MiB, GiB."""
        return Amounts(self.vcpus, self.memory_mib, self.storage_gib)

    def clean(self) -> None:
        """A grant ends on or after the day it begins."""
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValidationError({"valid_until": _("The grant would end before it begins.")})

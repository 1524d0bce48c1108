"""Racks, and which device holds which of their units."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field
from dcim.record.organisation import Tenant
from dcim.record.sites import Location, Site
from dcim.vocabulary.choices import DeviceFace, RackFormFactor, RackStatus


class Rack(Record):
    """A rack; units count from `starting_unit` at the bottom, or at the top when `desc_units`."""

    name = models.CharField(_("name"), max_length=100)
    facility_id = models.CharField(_("facility ID"), max_length=50, null=True, blank=True)
    site = models.ForeignKey(
        Site, verbose_name=_("site"), on_delete=models.PROTECT, related_name="racks"
    )
    location = models.ForeignKey(
        Location,
        verbose_name=_("location"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="racks",
    )
    tenant = models.ForeignKey(
        Tenant,
        verbose_name=_("tenant"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="racks",
    )
    status = choice_field(_("status"), RackStatus, RackStatus.ACTIVE)
    serial = models.CharField(_("serial number"), max_length=50, blank=True)
    asset_tag = models.CharField(_("asset tag"), max_length=50, null=True, blank=True, unique=True)
    form_factor = choice_field(_("form factor"), RackFormFactor)
    u_height = models.PositiveSmallIntegerField(
        _("height (U)"), default=42, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    starting_unit = models.PositiveSmallIntegerField(
        _("starting unit"), default=1, validators=[MinValueValidator(1)]
    )
    desc_units = models.BooleanField(_("units count downwards"), default=False)
    max_weight_kg = models.PositiveIntegerField(_("maximum load (kg)"), null=True, blank=True)

    class Meta:
        verbose_name = _("rack")
        verbose_name_plural = _("racks")
        ordering = ("site", "name")
        constraints = (
            models.UniqueConstraint(fields=("site", "name"), name="rack_name"),
            models.CheckConstraint(
                condition=models.Q(u_height__gte=1, u_height__lte=100), name="rack_u_height"
            ),
        )

    @property
    def half_units(self) -> range:
        """All half units that the rack has, by number."""
        first = self.starting_unit * 2
        return range(first, first + self.u_height * 2)

    def clean(self) -> None:
        """A rack stands in a location of its own site."""
        if self.location is not None and self.location.site_id != self.site_id:
            raise ValidationError({"location": _("The location belongs to another site.")})


class RackUnit(models.Model):
    """Half a rack unit of one face, held by one device.

    The unique constraint is what keeps two devices out of the same place, whoever writes at the
    same time and on either database; `dcim.actions` keeps the rows beside each device.
    """

    rack = models.ForeignKey(Rack, on_delete=models.CASCADE, related_name="units")
    face = choice_field(_("face"), DeviceFace, DeviceFace.FRONT)
    half_unit = models.PositiveSmallIntegerField()
    device = models.ForeignKey("dcim.Device", on_delete=models.CASCADE, related_name="rack_units")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("rack", "face", "half_unit"), name="rack_unit_once"),
        )

    def __str__(self) -> str:
        """Rack, face and unit."""
        return f"{self.rack_id} {self.face} U{self.half_unit / 2:g}"

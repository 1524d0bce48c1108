"""Racks, what they are for, and which device holds which of their units."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field, color_field
from dcim.record.measures import clean_unit, has_unit, length_field, weight_field
from dcim.record.people.organisation import Tenant
from dcim.record.places.sites import Location, Site
from dcim.vocabulary.choices import DeviceFace, RackFormFactor, RackStatus
from dcim.vocabulary.choices_places import (
    RACK_WIDTHS,
    USUAL_RACK_WIDTH,
    DimensionUnit,
    RackAirflow,
    WeightUnit,
)

DIMENSIONS = ("outer_width", "outer_height", "outer_depth")
WEIGHTS = ("weight", "max_weight")


class RackRole(Record):
    """What a rack is for."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    color = color_field()

    class Meta:
        verbose_name = _("rack role")
        verbose_name_plural = _("rack roles")
        ordering = ("name",)


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
    role = models.ForeignKey(
        RackRole,
        verbose_name=_("role"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="racks",
    )
    serial = models.CharField(_("serial number"), max_length=50, blank=True)
    asset_tag = models.CharField(_("asset tag"), max_length=50, null=True, blank=True, unique=True)
    form_factor = choice_field(_("form factor"), RackFormFactor)
    width = models.PositiveSmallIntegerField(
        _("width"), choices=RACK_WIDTHS, default=USUAL_RACK_WIDTH
    )
    u_height = models.PositiveSmallIntegerField(
        _("height (U)"), default=42, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    starting_unit = models.PositiveSmallIntegerField(
        _("starting unit"), default=1, validators=[MinValueValidator(1)]
    )
    desc_units = models.BooleanField(_("units count downwards"), default=False)
    outer_width = length_field(_("outer width"))
    outer_height = length_field(_("outer height"))
    outer_depth = length_field(_("outer depth"))
    outer_unit = choice_field(_("unit of outer dimensions"), DimensionUnit)
    mounting_depth = length_field(
        _("mounting depth"), help_text=_("Between the front and the rear rails, in millimeters.")
    )
    weight = weight_field(_("weight"))
    max_weight = models.PositiveIntegerField(_("maximum load"), null=True, blank=True)
    weight_unit = choice_field(_("weight unit"), WeightUnit)
    airflow = choice_field(_("airflow"), RackAirflow)

    class Meta:
        verbose_name = _("rack")
        verbose_name_plural = _("racks")
        ordering = ("site", "name")
        constraints = (
            models.UniqueConstraint(fields=("site", "name"), name="rack_name"),
            models.CheckConstraint(
                condition=models.Q(u_height__gte=1, u_height__lte=100), name="rack_u_height"
            ),
            models.CheckConstraint(
                condition=has_unit("outer_unit", *DIMENSIONS), name="rack_outer_unit"
            ),
            models.CheckConstraint(
                condition=has_unit("weight_unit", *WEIGHTS), name="rack_weight_unit"
            ),
        )

    @property
    def unit_numbers(self) -> range:
        """The numbers of the rack's units."""
        return range(self.starting_unit, self.starting_unit + self.u_height)

    @property
    def half_units(self) -> range:
        """All half units that the rack has, by number."""
        first = self.starting_unit * 2
        return range(first, first + self.u_height * 2)

    def clean(self) -> None:
        """A rack stands in a location of its own site; amounts have a unit."""
        clean_unit(self, "outer_unit", *DIMENSIONS)
        clean_unit(self, "weight_unit", *WEIGHTS)
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

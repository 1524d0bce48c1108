"""What devices are: manufacturers, device types, roles and platforms."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field, color_field
from dcim.record.tree import TreeRecord
from dcim.vocabulary.choices import Airflow


class Manufacturer(Record):
    """A maker of hardware."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(_("slug"), max_length=100, unique=True)

    class Meta:
        verbose_name = _("manufacturer")
        verbose_name_plural = _("manufacturers")
        ordering = ("name",)


class DeviceRole(TreeRecord):
    """What a device is for; the roles server, switch and pdu give it its place in the graph."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    color = color_field()
    vm_role = models.BooleanField(_("for virtual machines"), default=True)

    class Meta:
        verbose_name = _("device role")
        verbose_name_plural = _("device roles")
        ordering = ("name",)


class Platform(TreeRecord):
    """An operating system."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    manufacturer = models.ForeignKey(
        Manufacturer,
        verbose_name=_("manufacturer"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="platforms",
    )

    class Meta:
        verbose_name = _("platform")
        verbose_name_plural = _("platforms")
        ordering = ("name",)


class DeviceType(Record):
    """A model of device; its capacity is the default of the hosts of that type."""

    manufacturer = models.ForeignKey(
        Manufacturer,
        verbose_name=_("manufacturer"),
        on_delete=models.PROTECT,
        related_name="device_types",
    )
    model = models.CharField(_("model"), max_length=100)
    slug = models.SlugField(_("slug"), max_length=100)
    part_number = models.CharField(_("part number"), max_length=50, blank=True)
    u_height = models.DecimalField(
        _("height (U)"),
        max_digits=4,
        decimal_places=1,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
        help_text=_("In steps of half a unit; 0 for what is not mounted in units."),
    )
    is_full_depth = models.BooleanField(
        _("full depth"), default=True, help_text=_("Takes the front and the rear of its units.")
    )
    airflow = choice_field(_("airflow"), Airflow)
    weight_kg = models.DecimalField(
        _("weight (kg)"),
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    cpu_cores = models.PositiveIntegerField(_("CPU cores"), null=True, blank=True)
    memory_mib = models.PositiveBigIntegerField(_("memory (MiB)"), null=True, blank=True)
    storage_gib = models.PositiveBigIntegerField(_("storage (GiB)"), null=True, blank=True)

    class Meta:
        verbose_name = _("device type")
        verbose_name_plural = _("device types")
        ordering = ("manufacturer", "model")
        constraints = (
            models.UniqueConstraint(fields=("manufacturer", "model"), name="device_type_model"),
            models.UniqueConstraint(fields=("manufacturer", "slug"), name="device_type_slug"),
        )

    def __str__(self) -> str:
        """The model's name."""
        return self.model

    def clean(self) -> None:
        """Heights go in steps of half a unit."""
        if (self.u_height or 0) * 2 % 1:
            raise ValidationError({"u_height": _("Write the height in steps of 0.5 U.")})

"""What devices are: manufacturers, device types, roles and platforms."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field, color_field
from dcim.record.measures import clean_unit, has_unit, weight_field
from dcim.record.tree import TreeRecord
from dcim.vocabulary.choices import Airflow
from dcim.vocabulary.choices_places import SubdeviceRole, WeightUnit


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
    default_platform = models.ForeignKey(
        Platform,
        verbose_name=_("default platform"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="device_types",
    )
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
    exclude_from_utilization = models.BooleanField(
        _("leave out of rack utilization"), default=False
    )
    subdevice_role = choice_field(_("role among devices"), SubdeviceRole)
    airflow = choice_field(_("airflow"), Airflow)
    weight = weight_field(_("weight"))
    weight_unit = choice_field(_("weight unit"), WeightUnit)
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
            models.CheckConstraint(
                condition=has_unit("weight_unit", "weight"), name="device_type_weight_unit"
            ),
        )

    def __str__(self) -> str:
        """The model's name."""
        return self.model

    def clean(self) -> None:
        """Heights go in steps of half a unit; what stands in a bay of another takes no units."""
        clean_unit(self, "weight_unit", "weight")
        if (self.u_height or 0) * 2 % 1:
            raise ValidationError({"u_height": _("Write the height in steps of 0.5 U.")})
        if self.u_height and self.subdevice_role == SubdeviceRole.CHILD:
            reason = _("A device that stands in another one's bay has the height 0.")
            raise ValidationError({"u_height": reason})

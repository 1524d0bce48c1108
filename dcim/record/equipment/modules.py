"""What stands in bays: devices in other devices, and modules with components of their own."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field
from dcim.record.equipment.components import Component, ModularComponent
from dcim.record.equipment.devices import Device
from dcim.record.measures import clean_unit, has_unit, weight_field
from dcim.record.places.hardware import Manufacturer
from dcim.vocabulary.choices import Airflow
from dcim.vocabulary.choices_places import WeightUnit
from dcim.vocabulary.ports.component_choices import ModuleStatus


class ModuleType(Record):
    """A model of module: a line card, a power supply."""

    manufacturer = models.ForeignKey(
        Manufacturer,
        verbose_name=_("manufacturer"),
        on_delete=models.PROTECT,
        related_name="module_types",
    )
    model = models.CharField(_("model"), max_length=100)
    part_number = models.CharField(_("part number"), max_length=50, blank=True)
    airflow = choice_field(_("airflow"), Airflow)
    weight = weight_field(_("weight"))
    weight_unit = choice_field(_("weight unit"), WeightUnit)

    class Meta:
        verbose_name = _("module type")
        verbose_name_plural = _("module types")
        ordering = ("manufacturer", "model")
        constraints = (
            models.UniqueConstraint(fields=("manufacturer", "model"), name="module_type_model"),
            models.CheckConstraint(
                condition=has_unit("weight_unit", "weight"), name="module_type_weight_unit"
            ),
        )

    def __str__(self) -> str:
        """The model's name."""
        return self.model

    def clean(self) -> None:
        """A weight has a unit."""
        clean_unit(self, "weight_unit", "weight")


class DeviceBay(Component):
    """A place in a chassis for one child device."""

    enabled = models.BooleanField(_("enabled"), default=True)
    installed_device = models.OneToOneField(
        Device,
        verbose_name=_("installed device"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="parent_bay",
    )

    class Meta(Component.Meta):
        verbose_name = _("device bay")
        verbose_name_plural = _("device bays")

    def clean(self) -> None:
        """A device is not installed in itself, nor in a bay that is out of use."""
        if self.installed_device_id is None:
            return
        if self.installed_device_id == self.device_id:
            raise ValidationError({"installed_device": _("A device can't be installed in itself.")})
        if not self.enabled:
            raise ValidationError({"installed_device": _("The bay is out of use.")})


class ModuleBay(ModularComponent):
    """A slot of a device or of one of its modules, for one module."""

    position = models.CharField(
        _("position"),
        max_length=30,
        blank=True,
        help_text=_("What {module} stands for in the names of the module's components."),
    )
    enabled = models.BooleanField(_("enabled"), default=True)

    class Meta(Component.Meta):
        verbose_name = _("module bay")
        verbose_name_plural = _("module bays")


class Module(Record):
    """A module in a bay of a device."""

    device = models.ForeignKey(
        Device, verbose_name=_("device"), on_delete=models.CASCADE, related_name="modules"
    )
    module_bay = models.OneToOneField(
        ModuleBay,
        verbose_name=_("module bay"),
        on_delete=models.CASCADE,
        related_name="installed_module",
    )
    module_type = models.ForeignKey(
        ModuleType, verbose_name=_("module type"), on_delete=models.PROTECT, related_name="modules"
    )
    status = choice_field(_("status"), ModuleStatus, ModuleStatus.ACTIVE)
    serial = models.CharField(_("serial number"), max_length=50, blank=True)
    asset_tag = models.CharField(_("asset tag"), max_length=50, null=True, blank=True, unique=True)

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")
        ordering = ("device", "module_bay", "id")

    def __str__(self) -> str:
        """Bay and type."""
        return f"{self.module_bay}: {self.module_type} ({self.asset_tag or self.pk})"

    def clean(self) -> None:
        """A module sits in a bay of its own device, not in one of its own bays."""
        bay = getattr(self, "module_bay", None)
        if bay is None:
            return
        if bay.device_id != self.device_id:
            raise ValidationError({"module_bay": _("It belongs to another device.")})
        if bay.module_id is not None and bay.module_id == self.pk:
            raise ValidationError({"module_bay": _("A module can't sit in a bay of its own.")})
        if not bay.enabled:
            raise ValidationError({"module_bay": _("The bay is out of use.")})

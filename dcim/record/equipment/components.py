"""What the components of devices share, and the templates that new devices are filled from."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Dated, Record

MODULE_MARK = "{module}"


class Component(Record):
    """A part of a device, named once in it; kinds of component derive from this."""

    part_of: ClassVar[tuple[str, ...]] = ("device",)

    device = models.ForeignKey(
        "dcim.Device",
        verbose_name=_("device"),
        on_delete=models.CASCADE,
        related_name="%(class)ss",
    )
    name = models.CharField(_("name"), max_length=64)
    label = models.CharField(
        _("label"), max_length=64, blank=True, help_text=_("What is printed on the device.")
    )

    class Meta:
        abstract = True
        ordering = ("device", "name")
        constraints = (models.UniqueConstraint(fields=("device", "name"), name="%(class)s_name"),)

    def check_same_device(self, *names: str) -> None:
        """What the fields `names` refer to belongs to the component's own device.

        Raises: ValidationError, naming the field.
        """
        for name in names:
            other: Any = getattr(self, name)
            if other is not None and other.device_id != self.device_id:
                raise ValidationError({name: _("It belongs to another device.")})


class ModularComponent(Component):
    """A component that may sit on a module, and goes with it."""

    module = models.ForeignKey(
        "dcim.Module",
        verbose_name=_("module"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="%(class)ss",
    )

    class Meta(Component.Meta):
        abstract = True

    def clean(self) -> None:
        """The module is one of the same device."""
        self.check_same_device("module")


class CabledComponent(ModularComponent):
    """A component that takes a cable."""

    mark_connected = models.BooleanField(
        _("mark as connected"), default=False, help_text=_("As if a cable were in it.")
    )

    class Meta(ModularComponent.Meta):
        abstract = True


class ComponentTemplate(Dated):
    """A component that every new device of a type gets."""

    part_of: ClassVar[tuple[str, ...]] = ("device_type",)

    device_type = models.ForeignKey(
        "dcim.DeviceType",
        verbose_name=_("device type"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="%(class)ss",
    )
    name = models.CharField(
        _("name"),
        max_length=64,
        help_text=_("On module types, {module} stands for the position of the module's bay."),
    )
    label = models.CharField(_("label"), max_length=64, blank=True)

    class Meta:
        abstract = True
        ordering = ("device_type", "name")
        constraints = (
            models.UniqueConstraint(fields=("device_type", "name"), name="%(class)s_name"),
        )

    def __str__(self) -> str:
        """The name that components get."""
        return self.name


class ModularTemplate(ComponentTemplate):
    """A component that every new device or module of a type gets."""

    part_of = ("device_type", "module_type")

    module_type = models.ForeignKey(
        "dcim.ModuleType",
        verbose_name=_("module type"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="%(class)ss",
    )

    class Meta:
        abstract = True
        ordering = ("device_type", "module_type", "name")
        constraints = (
            models.UniqueConstraint(fields=("device_type", "name"), name="%(class)s_name"),
            models.UniqueConstraint(fields=("module_type", "name"), name="%(class)s_module_name"),
            models.CheckConstraint(
                condition=models.Q(device_type__isnull=True) ^ models.Q(module_type__isnull=True),
                name="%(class)s_one_type",
                violation_error_message=_("Name either a device type or a module type."),
            ),
        )

    def check_same_type(self, name: str) -> None:
        """What the field `name` refers to belongs to the template's own type.

        Raises: ValidationError, naming the field.
        """
        other: Any = getattr(self, name)
        mine = (self.device_type_id, self.module_type_id)
        if other is not None and (other.device_type_id, other.module_type_id) != mine:
            raise ValidationError({name: _("It belongs to another type.")})

"""The templates that new devices and modules are filled from, a kind per kind of component.

A template has the fields of its component, so that filling copies them by name.
"""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import choice_field, optional_color_field
from dcim.record.equipment.components import ComponentTemplate, ModularTemplate
from dcim.record.equipment.ports import positions_field
from dcim.record.equipment.power import check_draw
from dcim.vocabulary.choices import FeedLeg
from dcim.vocabulary.ports.component_choices import PoeMode, PoeType
from dcim.vocabulary.ports.connectors import ConsolePortType, PortType
from dcim.vocabulary.ports.interface_types import InterfaceType
from dcim.vocabulary.ports.power_connectors import PowerOutletType, PowerPortType


class ConsolePortTemplate(ModularTemplate):
    """A console port of a type."""

    type = choice_field(_("type"), ConsolePortType)

    class Meta(ModularTemplate.Meta):
        verbose_name = _("console port template")
        verbose_name_plural = _("console port templates")


class ConsoleServerPortTemplate(ModularTemplate):
    """A console server port of a type."""

    type = choice_field(_("type"), ConsolePortType)

    class Meta(ModularTemplate.Meta):
        verbose_name = _("console server port template")
        verbose_name_plural = _("console server port templates")


class PowerPortTemplate(ModularTemplate):
    """An inlet of a type."""

    type = choice_field(_("type"), PowerPortType)
    maximum_draw_w = models.PositiveIntegerField(
        _("maximum draw (W)"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    allocated_draw_w = models.PositiveIntegerField(
        _("allocated draw (W)"), null=True, blank=True, validators=[MinValueValidator(1)]
    )

    class Meta(ModularTemplate.Meta):
        verbose_name = _("power port template")
        verbose_name_plural = _("power port templates")

    def clean(self) -> None:
        """What is allocated is at most the maximum."""
        check_draw(self.allocated_draw_w, self.maximum_draw_w)


class PowerOutletTemplate(ModularTemplate):
    """An outlet of a type."""

    type = choice_field(_("type"), PowerOutletType)
    color = optional_color_field()
    power_port = models.ForeignKey(
        PowerPortTemplate,
        verbose_name=_("power port"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="poweroutlettemplates",
    )
    feed_leg = choice_field(_("feed leg"), FeedLeg)

    class Meta(ModularTemplate.Meta):
        verbose_name = _("power outlet template")
        verbose_name_plural = _("power outlet templates")

    def clean(self) -> None:
        """An outlet is fed by an inlet of its own type."""
        self.check_same_type("power_port")


class InterfaceTemplate(ModularTemplate):
    """A network interface of a type."""

    type = choice_field(_("type"), InterfaceType, InterfaceType.TYPE_10GBASE_X_SFPP)
    enabled = models.BooleanField(_("enabled"), default=True)
    mgmt_only = models.BooleanField(_("management only"), default=False)
    bridge = models.ForeignKey(
        "self",
        verbose_name=_("bridge"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="bridge_interfaces",
    )
    poe_mode = choice_field(_("PoE mode"), PoeMode)
    poe_type = choice_field(_("PoE type"), PoeType)

    class Meta(ModularTemplate.Meta):
        verbose_name = _("interface template")
        verbose_name_plural = _("interface templates")

    def clean(self) -> None:
        """A bridge is an interface of the same type."""
        self.check_same_type("bridge")


class RearPortTemplate(ModularTemplate):
    """A rear port of a type."""

    type = choice_field(_("type"), PortType, PortType.TYPE_8P8C)
    color = optional_color_field()
    positions = positions_field()

    class Meta(ModularTemplate.Meta):
        verbose_name = _("rear port template")
        verbose_name_plural = _("rear port templates")


class FrontPortTemplate(ModularTemplate):
    """A front port of a type."""

    type = choice_field(_("type"), PortType, PortType.TYPE_8P8C)
    color = optional_color_field()
    positions = positions_field()

    class Meta(ModularTemplate.Meta):
        verbose_name = _("front port template")
        verbose_name_plural = _("front port templates")


class PortTemplateMapping(models.Model):
    """A strand inside a panel of a type."""

    front_port = models.ForeignKey(
        FrontPortTemplate, on_delete=models.CASCADE, related_name="mappings"
    )
    front_port_position = models.PositiveSmallIntegerField(default=1)
    rear_port = models.ForeignKey(
        RearPortTemplate, on_delete=models.CASCADE, related_name="mappings"
    )
    rear_port_position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ("front_port_position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("front_port", "front_port_position"), name="port_template_mapping_front"
            ),
            models.UniqueConstraint(
                fields=("rear_port", "rear_port_position"), name="port_template_mapping_rear"
            ),
        )

    def __str__(self) -> str:
        """Both ends of the strand."""
        return (
            f"{self.front_port_id}:{self.front_port_position}"
            f"-{self.rear_port_id}:{self.rear_port_position}"
        )


class DeviceBayTemplate(ComponentTemplate):
    """A device bay of a type."""

    enabled = models.BooleanField(_("enabled"), default=True)

    class Meta(ComponentTemplate.Meta):
        verbose_name = _("device bay template")
        verbose_name_plural = _("device bay templates")


class ModuleBayTemplate(ModularTemplate):
    """A module bay of a type."""

    position = models.CharField(_("position"), max_length=30, blank=True)
    enabled = models.BooleanField(_("enabled"), default=True)

    class Meta(ModularTemplate.Meta):
        verbose_name = _("module bay template")
        verbose_name_plural = _("module bay templates")

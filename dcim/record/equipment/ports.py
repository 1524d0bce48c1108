"""Console ports, and the front and rear ports of patch panels."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import choice_field, optional_color_field
from dcim.record.equipment.components import CabledComponent, Component
from dcim.vocabulary.ports.connectors import ConsolePortType, PortType

MOST_POSITIONS = 1024
SPEEDS = tuple((one, f"{one / 1000:g} kbps") for one in (
    1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200,
))  # fmt: skip


def positions_field() -> models.PositiveSmallIntegerField[int, int]:
    """A column for how many strands a port of a panel has."""
    return models.PositiveSmallIntegerField(
        _("positions"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_POSITIONS)],
    )


class ConsolePort(CabledComponent):
    """A port by which a device is managed over a serial line."""

    type = choice_field(_("type"), ConsolePortType)
    speed = models.PositiveIntegerField(_("speed (bps)"), choices=SPEEDS, null=True, blank=True)

    class Meta(Component.Meta):
        verbose_name = _("console port")
        verbose_name_plural = _("console ports")


class ConsoleServerPort(CabledComponent):
    """A port of a console server, which gives access to other devices' console ports."""

    type = choice_field(_("type"), ConsolePortType)
    speed = models.PositiveIntegerField(_("speed (bps)"), choices=SPEEDS, null=True, blank=True)

    class Meta(Component.Meta):
        verbose_name = _("console server port")
        verbose_name_plural = _("console server ports")


class RearPort(CabledComponent):
    """The rear of a patch panel: the trunk of one or more strands."""

    type = choice_field(_("type"), PortType, PortType.TYPE_8P8C)
    color = optional_color_field()
    positions = positions_field()

    class Meta(Component.Meta):
        verbose_name = _("rear port")
        verbose_name_plural = _("rear ports")


class FrontPort(CabledComponent):
    """The front of a patch panel: a socket that strands of rear ports lead to."""

    type = choice_field(_("type"), PortType, PortType.TYPE_8P8C)
    color = optional_color_field()
    positions = positions_field()

    class Meta(Component.Meta):
        verbose_name = _("front port")
        verbose_name_plural = _("front ports")


class PortMapping(models.Model):
    """A strand inside a patch panel, from a position of a front port to one of a rear port."""

    front_port = models.ForeignKey(FrontPort, on_delete=models.CASCADE, related_name="mappings")
    front_port_position = models.PositiveSmallIntegerField(default=1)
    rear_port = models.ForeignKey(RearPort, on_delete=models.CASCADE, related_name="mappings")
    rear_port_position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ("front_port_position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("front_port", "front_port_position"), name="port_mapping_front"
            ),
            models.UniqueConstraint(
                fields=("rear_port", "rear_port_position"), name="port_mapping_rear"
            ),
        )

    def __str__(self) -> str:
        """Both ends of the strand."""
        return (
            f"{self.front_port_id}:{self.front_port_position}"
            f"-{self.rear_port_id}:{self.rear_port_position}"
        )

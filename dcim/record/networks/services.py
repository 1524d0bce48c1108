"""Services: what a device or machine answers to, by protocol and port."""

from __future__ import annotations

from typing import Final

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field
from dcim.record.equipment.devices import Device
from dcim.record.json_columns import ShapedField, list_of
from dcim.record.networks.ipam import IPAddress
from dcim.record.networks.virtualization import VirtualMachine
from dcim.vocabulary.choices_networks import ServiceProtocol

LAST_PORT = 65_535

PORTS: Final = list_of({"type": "integer", "minimum": 1, "maximum": LAST_PORT}, minItems=1)


class Service(Record):
    """Something that a device or machine offers over the network, at one or several ports."""

    device = models.ForeignKey(
        Device,
        verbose_name=_("device"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="services",
    )
    virtual_machine = models.ForeignKey(
        VirtualMachine,
        verbose_name=_("virtual machine"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="services",
    )
    name = models.CharField(_("name"), max_length=100)
    protocol = choice_field(_("protocol"), ServiceProtocol, ServiceProtocol.TCP)
    ports = ShapedField(_("ports"), shape=PORTS, help_text=_("From 1 to 65535: [80, 443]."))
    port_key = models.TextField(editable=False)
    ipaddresses = models.ManyToManyField(
        IPAddress,
        verbose_name=_("IP addresses"),
        blank=True,
        related_name="services",
        help_text=_("None: every address of the device or machine."),
    )

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ("name", "protocol", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(device__isnull=True, virtual_machine__isnull=False)
                | models.Q(device__isnull=False, virtual_machine__isnull=True),
                name="service_one_parent",
            ),
        )

    def __str__(self) -> str:
        """The name with protocol and ports."""
        ports = ", ".join(map(str, self.ports))
        return f"{self.name} ({self.protocol.upper()}/{ports})"

    def clean(self) -> None:
        """A service is of one device or machine, and its ports are such."""
        if (self.device_id is None) is (self.virtual_machine_id is None):
            reason = _("Name the device or the machine that offers the service.")
            raise ValidationError({"device": reason})
        if not isinstance(self.ports, list) or not self.ports or not all(map(is_port, self.ports)):
            raise ValidationError({"ports": _("Write a list of ports from 1 to 65535: [80, 443].")})
        self.ports = sorted(set(self.ports))
        self.port_key = key_of_ports(self.ports)


def is_port(value: object) -> bool:
    """Whether the value is a port's number."""
    return type(value) is int and 1 <= value <= LAST_PORT


def key_of_ports(ports: list[int]) -> str:
    """Text in which a port can be looked for on either database.

    >>> key_of_ports([80, 443])
    ',80,443,'
    """
    return f",{','.join(map(str, ports))},"

"""Cables and what their two ends are plugged into."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, TypeAlias

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field, optional_color_field
from dcim.record.equipment.devices import Interface
from dcim.record.equipment.ports import ConsolePort, ConsoleServerPort, FrontPort, RearPort
from dcim.record.equipment.power import PowerFeed, PowerOutlet, PowerPort
from dcim.record.people.organisation import Tenant
from dcim.vocabulary.choices import CableEnd, CableLengthUnit, CableStatus
from dcim.vocabulary.ports.connectors import CableType


class Cable(Record):
    """A cable; each of its two sides ends in one endpoint or in several."""

    type = choice_field(_("type"), CableType)
    status = choice_field(_("status"), CableStatus, CableStatus.CONNECTED)
    tenant = models.ForeignKey(
        Tenant,
        verbose_name=_("tenant"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cables",
    )
    label = models.CharField(_("label"), max_length=100, blank=True)
    color = optional_color_field()
    length = models.DecimalField(
        _("length"),
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    length_unit = choice_field(_("length unit"), CableLengthUnit)

    class Meta:
        verbose_name = _("cable")
        verbose_name_plural = _("cables")
        ordering = ("id",)

    def __str__(self) -> str:
        """The label, or the number of an unlabelled cable."""
        return self.label or f"#{self.pk}"


Endpoint: TypeAlias = (
    Interface
    | ConsolePort
    | ConsoleServerPort
    | PowerPort
    | PowerOutlet
    | PowerFeed
    | FrontPort
    | RearPort
)
FIELD_OF_ENDPOINT: Final[Mapping[type[Model], str]] = {
    Interface: "interface",
    ConsolePort: "console_port",
    ConsoleServerPort: "console_server_port",
    PowerPort: "power_port",
    PowerOutlet: "power_outlet",
    PowerFeed: "power_feed",
    FrontPort: "front_port",
    RearPort: "rear_port",
}
MODEL_OF_FIELD: Final = {field: model for model, field in FIELD_OF_ENDPOINT.items()}


def _endpoint_field(model: type[Model]) -> models.OneToOneField[Any, Any]:
    """A column for an endpoint of one kind; an endpoint takes one cable."""
    return models.OneToOneField(
        model, on_delete=models.CASCADE, null=True, blank=True, related_name="termination"
    )


class CableTermination(models.Model):
    """One end of a cable in one endpoint; a side of a cable may end in several."""

    cable = models.ForeignKey(Cable, on_delete=models.CASCADE, related_name="terminations")
    end = choice_field(_("end"), CableEnd, CableEnd.A)
    interface = _endpoint_field(Interface)
    console_port = _endpoint_field(ConsolePort)
    console_server_port = _endpoint_field(ConsoleServerPort)
    power_port = _endpoint_field(PowerPort)
    power_outlet = _endpoint_field(PowerOutlet)
    power_feed = _endpoint_field(PowerFeed)
    front_port = _endpoint_field(FrontPort)
    rear_port = _endpoint_field(RearPort)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    *(
                        models.Q(**{f"{name}__isnull": name != chosen for name in MODEL_OF_FIELD})
                        for chosen in MODEL_OF_FIELD
                    ),
                    _connector=models.Q.OR,
                ),
                name="cable_termination_one_endpoint",
            ),
        )

    def __str__(self) -> str:
        """Cable and end."""
        return f"{self.cable_id}{self.end}"

    @property
    def key(self) -> tuple[str, int]:
        """Which endpoint it is in: the field that refers to it, and its id."""
        ids = ((name, getattr(self, f"{name}_id")) for name in MODEL_OF_FIELD)
        return next((name, pk) for name, pk in ids if pk is not None)

    @property
    def endpoint(self) -> Endpoint:
        """What this end is plugged into."""
        plugged: Endpoint = getattr(self, self.key[0])
        return plugged

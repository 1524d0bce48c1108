"""Cables and what their two ends are plugged into."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field
from dcim.record.devices import Interface
from dcim.record.organisation import Tenant
from dcim.record.power import PowerFeed, PowerOutlet, PowerPort
from dcim.vocabulary.choices import CableEnd, CableLengthUnit, CableStatus, CableType


class Cable(Record):
    """A cable with one termination on each side."""

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
    color = models.CharField(_("color"), max_length=6, blank=True)
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


ENDPOINT_FIELDS = ("interface", "power_port", "power_outlet", "power_feed")


class CableTermination(models.Model):
    """One end of a cable in one endpoint; an endpoint takes one cable."""

    cable = models.ForeignKey(Cable, on_delete=models.CASCADE, related_name="terminations")
    end = choice_field(_("end"), CableEnd, CableEnd.A)
    interface = models.OneToOneField(
        Interface, on_delete=models.CASCADE, null=True, blank=True, related_name="termination"
    )
    power_port = models.OneToOneField(
        PowerPort, on_delete=models.CASCADE, null=True, blank=True, related_name="termination"
    )
    power_outlet = models.OneToOneField(
        PowerOutlet, on_delete=models.CASCADE, null=True, blank=True, related_name="termination"
    )
    power_feed = models.OneToOneField(
        PowerFeed, on_delete=models.CASCADE, null=True, blank=True, related_name="termination"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("cable", "end"), name="cable_end_once"),
            models.CheckConstraint(
                condition=models.Q(
                    *(
                        models.Q(**{f"{name}__isnull": name != chosen for name in ENDPOINT_FIELDS})
                        for chosen in ENDPOINT_FIELDS
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
    def endpoint(self) -> Interface | PowerPort | PowerOutlet | PowerFeed:
        """What this end is plugged into."""
        plugged = (self.interface, self.power_port, self.power_outlet, self.power_feed)
        return next(endpoint for endpoint in plugged if endpoint is not None)

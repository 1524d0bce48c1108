"""Rack units that are kept free for what is to come."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field
from dcim.record.numbers import NumberListField, ranges_of
from dcim.record.people.organisation import Tenant
from dcim.record.places.racks import Rack
from dcim.vocabulary.choices_places import ReservationStatus


class RackReservation(Record):
    """Units of a rack that someone keeps free; a device may be placed in them all the same."""

    rack = models.ForeignKey(
        Rack, verbose_name=_("rack"), on_delete=models.CASCADE, related_name="reservations"
    )
    units = NumberListField(_("units"), help_text=_("For example 1-4, 7."))
    status = choice_field(_("status"), ReservationStatus, ReservationStatus.ACTIVE)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.PROTECT,
        related_name="rack_reservations",
    )
    tenant = models.ForeignKey(
        Tenant,
        verbose_name=_("tenant"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rack_reservations",
    )
    description = models.CharField(_("description"), max_length=200)

    class Meta:
        verbose_name = _("rack reservation")
        verbose_name_plural = _("rack reservations")
        ordering = ("rack", "id")

    def __str__(self) -> str:
        """The reserved units."""
        return f"U{ranges_of(self.units)}"

    def clean(self) -> None:
        """The rack has the units."""
        rack: Rack | None = getattr(self, "rack", None)
        units: object = self.units
        if rack is None or not isinstance(units, list):
            return
        numbers = [one for one in units if isinstance(one, int)]
        strange = [one for one in numbers if one not in rack.unit_numbers]
        if strange:
            raise ValidationError(
                {"units": _("The rack has no unit %(units)s.") % {"units": ranges_of(strange)}}
            )


class ReservedUnit(models.Model):
    """One unit of a rack, held by one reservation.

    The unique constraint is what keeps a unit from being reserved twice, whoever writes at the same
    time; `dcim.actions` keeps the rows beside each reservation.
    """

    rack = models.ForeignKey(Rack, on_delete=models.CASCADE, related_name="reserved_units")
    unit = models.PositiveSmallIntegerField()
    reservation = models.ForeignKey(
        RackReservation, on_delete=models.CASCADE, related_name="reserved_units"
    )

    class Meta:
        constraints = (models.UniqueConstraint(fields=("rack", "unit"), name="reserved_unit_once"),)

    def __str__(self) -> str:
        """Rack and unit."""
        return f"{self.rack_id} U{self.unit}"

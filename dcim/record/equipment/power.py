"""Power: panels, feeds, and the ports and outlets of devices."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field, optional_color_field
from dcim.record.equipment.components import CabledComponent
from dcim.record.people.organisation import Tenant
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Location, Site
from dcim.vocabulary.choices import (
    FeedLeg,
    FeedPhase,
    FeedStatus,
    FeedSupply,
    FeedType,
)
from dcim.vocabulary.ports.component_choices import OutletStatus
from dcim.vocabulary.ports.power_connectors import PowerOutletType, PowerPortType


class PowerPanel(Record):
    """A distribution panel that feeds racks."""

    site = models.ForeignKey(
        Site, verbose_name=_("site"), on_delete=models.PROTECT, related_name="power_panels"
    )
    location = models.ForeignKey(
        Location,
        verbose_name=_("location"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="power_panels",
    )
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        verbose_name = _("power panel")
        verbose_name_plural = _("power panels")
        ordering = ("site", "name")
        constraints = (models.UniqueConstraint(fields=("site", "name"), name="power_panel_name"),)

    def clean(self) -> None:
        """A panel stands in a location of its own site."""
        if self.location is not None and self.location.site_id != self.site_id:
            raise ValidationError({"location": _("The location belongs to another site.")})


class PowerFeed(Record):
    """A circuit from a panel to a rack."""

    power_panel = models.ForeignKey(
        PowerPanel, verbose_name=_("power panel"), on_delete=models.PROTECT, related_name="feeds"
    )
    rack = models.ForeignKey(
        Rack,
        verbose_name=_("rack"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="power_feeds",
    )
    name = models.CharField(_("name"), max_length=100)
    status = choice_field(_("status"), FeedStatus, FeedStatus.ACTIVE)
    type = choice_field(_("type"), FeedType, FeedType.PRIMARY)
    supply = choice_field(_("supply"), FeedSupply, FeedSupply.AC)
    phase = choice_field(_("phase"), FeedPhase, FeedPhase.SINGLE)
    voltage_v = models.SmallIntegerField(_("voltage (V)"), default=230)
    amperage_a = models.PositiveSmallIntegerField(
        _("amperage (A)"), default=16, validators=[MinValueValidator(1)]
    )
    max_utilization_percent = models.PositiveSmallIntegerField(
        _("maximum utilization (%)"),
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Continuous load stays at or under 80 % of the breaker's rating."),
    )
    mark_connected = models.BooleanField(
        _("mark as connected"), default=False, help_text=_("As if a cable were in it.")
    )
    tenant = models.ForeignKey(
        Tenant,
        verbose_name=_("tenant"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="power_feeds",
    )

    class Meta:
        verbose_name = _("power feed")
        verbose_name_plural = _("power feeds")
        ordering = ("power_panel", "name")
        constraints = (
            models.UniqueConstraint(fields=("power_panel", "name"), name="power_feed_name"),
        )

    def clean(self) -> None:
        """A feed's rack stands in its panel's site."""
        if self.rack is None or self.power_panel_id is None:
            return
        if self.rack.site_id != self.power_panel.site_id:
            raise ValidationError({"rack": _("The rack stands in another site than the panel.")})


def check_draw(allocated_w: int | None, maximum_w: int | None) -> None:
    """What an inlet is allocated is at most what it draws at most.

    Raises: ValidationError, naming the field.
    """
    if allocated_w is not None and maximum_w is not None and allocated_w > maximum_w:
        raise ValidationError(
            {"allocated_draw_w": _("The allocated draw exceeds the maximum draw.")}
        )


class PowerPort(CabledComponent):
    """An inlet of a device: a server's power supply, a PDU's own plug."""

    type = choice_field(_("type"), PowerPortType)
    maximum_draw_w = models.PositiveIntegerField(
        _("maximum draw (W)"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    allocated_draw_w = models.PositiveIntegerField(
        _("allocated draw (W)"), null=True, blank=True, validators=[MinValueValidator(1)]
    )

    class Meta(CabledComponent.Meta):
        verbose_name = _("power port")
        verbose_name_plural = _("power ports")

    def clean(self) -> None:
        """What is allocated is at most the maximum."""
        super().clean()
        check_draw(self.allocated_draw_w, self.maximum_draw_w)


class PowerOutlet(CabledComponent):
    """An outlet of a device, fed by one of its ports."""

    type = choice_field(_("type"), PowerOutletType)
    status = choice_field(_("status"), OutletStatus, OutletStatus.ENABLED)
    color = optional_color_field()
    power_port = models.ForeignKey(
        PowerPort,
        verbose_name=_("power port"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="poweroutlets",
    )
    feed_leg = choice_field(_("feed leg"), FeedLeg)

    class Meta(CabledComponent.Meta):
        verbose_name = _("power outlet")
        verbose_name_plural = _("power outlets")

    def clean(self) -> None:
        """An outlet is fed by a port of its own device."""
        super().clean()
        self.check_same_device("power_port")

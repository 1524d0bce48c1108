"""Where things stand: regions, groups of sites, sites and the rooms in them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field
from dcim.record.people.organisation import Tenant
from dcim.record.tree import TreeRecord, once_per_parent
from dcim.vocabulary.choices import SiteStatus

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def valid_time_zone(name: str) -> None:
    """Raises: ValidationError when the time zone data base has no zone called `name`."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError) as err:
        raise ValidationError(
            _("“%(name)s” is no time zone. Write one such as Asia/Makassar.") % {"name": name}
        ) from err


def degrees_field(
    label: StrOrPromise, most: int
) -> models.DecimalField[Decimal | None, Decimal | None]:
    """A column for degrees of the globe, to a tenth of a metre."""
    bounds = [MinValueValidator(Decimal(-most)), MaxValueValidator(Decimal(most))]
    return models.DecimalField(
        label, max_digits=9, decimal_places=6, null=True, blank=True, validators=bounds
    )


class Region(TreeRecord):
    """A part of the country that sites lie in: a province, a regency, a district."""

    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("slug"), max_length=100)

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ("name",)
        constraints = once_per_parent("region")


class SiteGroup(TreeRecord):
    """Sites that are alike in what they are for, wherever they lie."""

    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("slug"), max_length=100)

    class Meta:
        verbose_name = _("site group")
        verbose_name_plural = _("site groups")
        ordering = ("name",)
        constraints = once_per_parent("site_group")


class Site(Record):
    """A building or campus that holds equipment."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    status = choice_field(_("status"), SiteStatus, SiteStatus.ACTIVE)
    region = models.ForeignKey(
        Region,
        verbose_name=_("region"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="sites",
    )
    group = models.ForeignKey(
        SiteGroup,
        verbose_name=_("group"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="sites",
    )
    tenant = models.ForeignKey(
        Tenant,
        verbose_name=_("tenant"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sites",
    )
    facility = models.CharField(_("facility"), max_length=50, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=63, null=True, blank=True, validators=[valid_time_zone]
    )
    physical_address = models.CharField(_("physical address"), max_length=200, blank=True)
    shipping_address = models.CharField(_("shipping address"), max_length=200, blank=True)
    latitude = degrees_field(_("latitude"), 90)
    longitude = degrees_field(_("longitude"), 180)

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ("name",)


class Location(TreeRecord):
    """A room or area of a site."""

    site = models.ForeignKey(
        Site, verbose_name=_("site"), on_delete=models.PROTECT, related_name="locations"
    )
    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("slug"), max_length=100)
    status = choice_field(_("status"), SiteStatus, SiteStatus.ACTIVE)
    tenant = models.ForeignKey(
        Tenant,
        verbose_name=_("tenant"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="locations",
    )
    facility = models.CharField(_("facility"), max_length=50, blank=True)

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        ordering = ("site", "name")
        constraints = (
            models.UniqueConstraint(fields=("site", "name"), name="location_name"),
            models.UniqueConstraint(fields=("site", "slug"), name="location_slug"),
        )

    def clean(self) -> None:
        """A parent stands in the same site."""
        super().clean()
        if isinstance(self.parent, Location) and self.parent.site_id != self.site_id:
            raise ValidationError({"parent": _("The parent stands in another site.")})

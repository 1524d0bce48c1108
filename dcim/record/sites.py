"""Where things stand: sites and the rooms in them."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field
from dcim.record.organisation import Tenant
from dcim.vocabulary.choices import SiteStatus


class Site(Record):
    """A building or campus that holds equipment."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    status = choice_field(_("status"), SiteStatus, SiteStatus.ACTIVE)
    tenant = models.ForeignKey(
        Tenant,
        verbose_name=_("tenant"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sites",
    )
    facility = models.CharField(_("facility"), max_length=50, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=63, blank=True)
    physical_address = models.CharField(_("physical address"), max_length=200, blank=True)
    shipping_address = models.CharField(_("shipping address"), max_length=200, blank=True)
    latitude = models.DecimalField(
        _("latitude"), max_digits=8, decimal_places=6, null=True, blank=True
    )
    longitude = models.DecimalField(
        _("longitude"), max_digits=9, decimal_places=6, null=True, blank=True
    )

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ("name",)


class Location(Record):
    """A room or area of a site."""

    site = models.ForeignKey(
        Site, verbose_name=_("site"), on_delete=models.PROTECT, related_name="locations"
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
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
        """A parent stands in the same site, and no location contains itself."""
        if self.parent is not None and self.parent.site_id != self.site_id:
            raise ValidationError({"parent": _("The parent stands in another site.")})
        above, seen = self.parent, set()
        while above is not None and above.pk not in seen:
            if above.pk == self.pk:
                raise ValidationError({"parent": _("A location can't contain itself.")})
            seen.add(above.pk)
            above = above.parent

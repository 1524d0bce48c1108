"""Whom things belong to, and free marks on them: tenants (the OPD) and tags."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, color_field
from dcim.record.tree import TreeRecord


class Tag(models.Model):
    """A free mark on any object."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    color = color_field()
    weight = models.PositiveSmallIntegerField(
        _("weight"), default=1000, help_text=_("Lists begin with the lowest.")
    )
    object_types = models.JSONField(
        _("object types"),
        default=list,
        blank=True,
        help_text=_("Kinds of objects that may have the tag; none: all."),
    )
    description = models.CharField(_("description"), max_length=200, blank=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    last_updated = models.DateTimeField(_("last updated"), auto_now=True)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ("weight", "name")

    def __str__(self) -> str:
        """The tag's name."""
        return self.name


class TenantGroup(TreeRecord):
    """Tenants that belong together: a department with its units, or the offices of a district."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(_("slug"), max_length=100, unique=True)

    class Meta:
        verbose_name = _("tenant group")
        verbose_name_plural = _("tenant groups")
        ordering = ("name",)


class Tenant(Record):
    """An owner of apps and assets: in a regency an OPD (organisasi perangkat daerah)."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    group = models.ForeignKey(
        TenantGroup,
        verbose_name=_("group"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="tenants",
    )
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    kind = models.CharField(
        _("kind of office"), max_length=50, blank=True, help_text=_("For example dinas or badan.")
    )

    class Meta:
        verbose_name = _("tenant")
        verbose_name_plural = _("tenants")
        ordering = ("name",)

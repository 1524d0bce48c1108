"""Config contexts: data that devices and machines have by where and what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Dated
from dcim.record.json_columns import OBJECT, ShapedField

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _scope(model: str, label: StrOrPromise) -> models.ManyToManyField[Any, Any]:
    """A column for the objects that a context is limited to; none: it is not limited by them."""
    return models.ManyToManyField(
        f"dcim.{model}", verbose_name=label, blank=True, related_name="config_contexts"
    )


class ConfigContext(Dated):
    """Data for the devices and machines that lie within all of its scopes."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    weight = models.PositiveSmallIntegerField(
        _("weight"), default=1000, help_text=_("Of two values, that of the greater weight holds.")
    )
    is_active = models.BooleanField(_("active"), default=True)
    regions = _scope("Region", _("regions"))
    site_groups = _scope("SiteGroup", _("site groups"))
    sites = _scope("Site", _("sites"))
    locations = _scope("Location", _("locations"))
    device_types = _scope("DeviceType", _("device types"))
    roles = _scope("DeviceRole", _("roles"))
    platforms = _scope("Platform", _("platforms"))
    cluster_types = _scope("ClusterType", _("cluster types"))
    cluster_groups = _scope("ClusterGroup", _("cluster groups"))
    clusters = _scope("Cluster", _("clusters"))
    tenant_groups = _scope("TenantGroup", _("tenant groups"))
    tenants = _scope("Tenant", _("tenants"))
    tags = _scope("Tag", _("tags"))
    data = ShapedField(_("data"), shape=OBJECT, help_text=_('A JSON object: {"name": value, …}.'))

    class Meta:
        verbose_name = _("config context")
        verbose_name_plural = _("config contexts")
        ordering = ("weight", "name")

    def clean(self) -> None:
        """The data has names, so that contexts can be laid over one another."""
        if not isinstance(self.data, dict):
            raise ValidationError({"data": _('Write a JSON object: {"name": value, …}.')})

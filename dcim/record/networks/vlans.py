"""VLANs, the groups that number them, and the roles that VLANs and prefixes play."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field
from dcim.record.json_columns import ShapedField, list_of
from dcim.record.networks.scopes import PLACES, check_one_scope, one_at_most, scope_to
from dcim.record.networks.virtualization import Cluster, ClusterGroup
from dcim.record.people.organisation import Tenant
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Location, Region, Site, SiteGroup
from dcim.vocabulary.choices_networks import VlanStatus

FIRST_VID, LAST_VID = 1, 4094
Range = Sequence[int]
VID_RANGES: Final = list_of(
    list_of({"type": "integer", "minimum": FIRST_VID, "maximum": LAST_VID}, minItems=2, maxItems=2)
)
SCOPES: Final = (*PLACES, "rack", "cluster_group", "cluster")


def all_vids() -> list[Range]:
    """The ranges of a group that keeps no number back."""
    return [[FIRST_VID, LAST_VID]]


class Role(Record):
    """What a VLAN or prefix is for: management, storage, users."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    weight = models.PositiveSmallIntegerField(
        _("weight"), default=1000, help_text=_("Lists begin with the lowest.")
    )

    class Meta:
        verbose_name = _("network role")
        verbose_name_plural = _("network roles")
        ordering = ("weight", "name")


class VLANGroup(Record):
    """VLANs with numbers and names of their own, within the ranges that the group may give out."""

    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("slug"), max_length=100)
    vid_ranges = ShapedField(
        _("VLAN ID ranges"),
        shape=VID_RANGES,
        default=all_vids,
        blank=True,
        help_text=_("First and last of each range: [[1, 99], [200, 299]]."),
    )
    total_vlan_ids = models.PositiveIntegerField(_("VLAN IDs"), default=LAST_VID, editable=False)
    tenant = models.ForeignKey(
        Tenant,
        verbose_name=_("tenant"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="vlan_groups",
    )
    region = scope_to(Region, _("region"), "vlan_groups")
    site_group = scope_to(SiteGroup, _("site group"), "vlan_groups")
    site = scope_to(Site, _("site"), "vlan_groups")
    location = scope_to(Location, _("location"), "vlan_groups")
    rack = scope_to(Rack, _("rack"), "vlan_groups")
    cluster_group = scope_to(ClusterGroup, _("cluster group"), "vlan_groups")
    cluster = scope_to(Cluster, _("cluster"), "vlan_groups")

    class Meta:
        verbose_name = _("VLAN group")
        verbose_name_plural = _("VLAN groups")
        ordering = ("name", "id")
        constraints = (one_at_most(SCOPES, "vlan_group_one_scope"),)

    def clean(self) -> None:
        """Ranges are pairs of numbers in order, apart from one another."""
        check_one_scope(self, SCOPES)
        self.vid_ranges = self.vid_ranges or all_vids()
        if not isinstance(self.vid_ranges, list) or not all(map(is_range, self.vid_ranges)):
            reason = _("Write pairs of the first and last VLAN ID, from 1 to 4094: [[1, 99]].")
            raise ValidationError({"vid_ranges": reason})
        self.vid_ranges = sorted(self.vid_ranges)
        for (_first, last), (following, _last) in pairwise(self.vid_ranges):
            if following <= last:
                raise ValidationError({"vid_ranges": _("Two ranges overlap.")})
        self.total_vlan_ids = sum(last - first + 1 for first, last in self.vid_ranges)

    def vids(self) -> Iterator[int]:
        """Every number of the ranges, in order."""
        for first, last in self.vid_ranges:
            yield from range(first, last + 1)

    def holds(self, vid: int) -> bool:
        """Whether a range has the number."""
        return any(vid in range(first, last + 1) for first, last in self.vid_ranges)


def is_range(value: object) -> bool:
    """Whether the value is a first and a last VLAN ID.

    >>> is_range([100, 199]), is_range([199, 100])
    (True, False)
    """
    if not isinstance(value, list) or [type(one) for one in value] != [int, int]:
        return False
    first, last = value
    return bool(FIRST_VID <= first <= last <= LAST_VID)


class VLAN(Record):
    """A virtual LAN of a site or of a group."""

    site = models.ForeignKey(
        Site,
        verbose_name=_("site"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="vlans",
    )
    group = models.ForeignKey(
        VLANGroup,
        verbose_name=_("group"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="vlans",
    )
    vid = models.PositiveSmallIntegerField(
        _("VLAN ID"), validators=[MinValueValidator(FIRST_VID), MaxValueValidator(LAST_VID)]
    )
    name = models.CharField(_("name"), max_length=64)
    tenant = models.ForeignKey(
        Tenant,
        verbose_name=_("tenant"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="vlans",
    )
    status = choice_field(_("status"), VlanStatus, VlanStatus.ACTIVE)
    role = models.ForeignKey(
        Role,
        verbose_name=_("role"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="vlans",
    )

    class Meta:
        verbose_name = _("VLAN")
        verbose_name_plural = _("VLANs")
        ordering = ("site", "group", "vid", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(vid__gte=FIRST_VID, vid__lte=LAST_VID), name="vlan_vid_range"
            ),
            models.UniqueConstraint(fields=("group", "vid"), name="vlan_vid_in_group"),
            models.UniqueConstraint(fields=("group", "name"), name="vlan_name_in_group"),
        )

    def __str__(self) -> str:
        """The name and the number, since either may be what people know."""
        return f"{self.name} ({self.vid})"

    def clean(self) -> None:
        """The number is one of its group's."""
        if self.vid and self.group is not None and not self.group.holds(self.vid):
            reason = _("The group has no VLAN ID %(vid)s.") % {"vid": self.vid}
            raise ValidationError({"vid": reason})

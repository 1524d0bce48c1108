"""Devices, the chassis that stand as one, and their network interfaces."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field
from dcim.record.equipment.components import CabledComponent
from dcim.record.json_columns import OBJECT, ShapedField
from dcim.record.measures import amount_field, check_days, day_field
from dcim.record.people.organisation import Tenant
from dcim.record.places.hardware import DeviceRole, DeviceType, Platform
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Location, Site
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices import (
    Airflow,
    DeviceFace,
    DeviceStatus,
    InterfaceMode,
)
from dcim.vocabulary.ports.component_choices import Duplex, PoeMode, PoeType
from dcim.vocabulary.ports.interface_types import InterfaceType

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Device(Record):
    """A piece of equipment, mounted or not; a host when it carries capacity."""

    own_name = "name"

    name = models.CharField(_("name"), max_length=64, null=True, blank=True)
    device_type = models.ForeignKey(
        DeviceType,
        verbose_name=_("device type"),
        on_delete=models.PROTECT,
        related_name="devices",
    )
    role = models.ForeignKey(
        DeviceRole, verbose_name=_("role"), on_delete=models.PROTECT, related_name="devices"
    )
    tenant = models.ForeignKey(
        Tenant,
        verbose_name=_("tenant"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="devices",
    )
    platform = models.ForeignKey(
        Platform,
        verbose_name=_("platform"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="devices",
    )
    serial = models.CharField(_("serial number"), max_length=50, blank=True)
    asset_tag = models.CharField(_("asset tag"), max_length=50, null=True, blank=True, unique=True)
    site = models.ForeignKey(
        Site, verbose_name=_("site"), on_delete=models.PROTECT, related_name="devices"
    )
    location = models.ForeignKey(
        Location,
        verbose_name=_("location"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="devices",
    )
    rack = models.ForeignKey(
        Rack,
        verbose_name=_("rack"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="devices",
    )
    position = models.DecimalField(
        _("position (U)"),
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(1))],
        help_text=_("Lowest unit that the device takes."),
    )
    face = choice_field(_("rack face"), DeviceFace)
    status = choice_field(_("status"), DeviceStatus, DeviceStatus.ACTIVE)
    airflow = choice_field(_("airflow"), Airflow)
    cluster = models.ForeignKey(
        "dcim.Cluster",
        verbose_name=_("cluster"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="devices",
    )
    primary_ip4 = models.OneToOneField(
        "dcim.IPAddress",
        verbose_name=_("primary IPv4"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    primary_ip6 = models.OneToOneField(
        "dcim.IPAddress",
        verbose_name=_("primary IPv6"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    oob_ip = models.OneToOneField(
        "dcim.IPAddress",
        verbose_name=_("out-of-band address"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    virtual_chassis = models.ForeignKey(
        "dcim.VirtualChassis",
        verbose_name=_("virtual chassis"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="members",
    )
    vc_position = models.PositiveSmallIntegerField(
        _("position in the chassis"), null=True, blank=True, validators=[MaxValueValidator(255)]
    )
    vc_priority = models.PositiveSmallIntegerField(
        _("priority in the chassis"), null=True, blank=True, validators=[MaxValueValidator(255)]
    )
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=8,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(-90)), MaxValueValidator(Decimal(90))],
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(-180)), MaxValueValidator(Decimal(180))],
    )
    local_context_data = ShapedField(
        _("local context data"),
        shape=OBJECT,
        null=True,
        blank=True,
        help_text=_("A JSON object; it goes before the contexts that apply."),
    )
    cpu_cores = models.PositiveIntegerField(
        _("CPU cores"), null=True, blank=True, help_text=_("Empty: as the device type.")
    )
    memory_mib = amount_field(_("memory (MiB)"), _("Empty: as the device type."))
    storage_gib = amount_field(_("storage (GiB)"), _("Empty: as the device type."))
    service_from = day_field(_("in service from"), _("First day a planned host gives room."))
    service_until = day_field(_("in service until"), _("Last day before it is retired."))

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(fields=("site", "name", "tenant"), name="device_name"),
            models.UniqueConstraint(
                fields=("site", "name"),
                condition=models.Q(tenant__isnull=True),
                name="device_name_without_tenant",
                violation_error_message=_("The site has a device of this name already."),
            ),
            models.CheckConstraint(
                condition=models.Q(position__isnull=True) | models.Q(rack__isnull=False),
                name="device_position_needs_rack",
            ),
            models.UniqueConstraint(
                fields=("virtual_chassis", "vc_position"), name="device_vc_position"
            ),
        )
        indexes = (models.Index(fields=("name", "id"), name="device_order"),)

    def __str__(self) -> str:
        """The name with the asset tag; an unnamed device is called after its type."""
        if self.name:
            return f"{self.name} ({self.asset_tag})" if self.asset_tag else self.name
        return f"{self.device_type} ({self.asset_tag or self.pk})"

    @property
    def capacity(self) -> Amounts:
        """What the host brings to its cluster; its type's amounts where it states none."""
        own = (self.cpu_cores, self.memory_mib, self.storage_gib)
        kind = self.device_type
        defaults = (kind.cpu_cores, kind.memory_mib, kind.storage_gib)
        stated = (
            default if mine is None else mine for mine, default in zip(own, defaults, strict=True)
        )
        return Amounts(*(amount or 0 for amount in stated))

    @property
    def half_units(self) -> range:
        """The half units of its rack that the device takes, from the lowest; none unmounted."""
        if self.rack_id is None or self.position is None:
            return range(0)
        first = int(self.position * 2)
        return range(first, first + int(self.device_type.u_height * 2))

    @property
    def faces(self) -> tuple[DeviceFace, ...]:
        """The faces of its rack that the device takes: both when it is of full depth."""
        own = tuple(face for face in DeviceFace if face == self.face)
        return tuple(DeviceFace) if self.device_type.is_full_depth else own

    def clean(self) -> None:
        """A device stands where its rack does, and inside it; in a chassis it has a position."""
        self.check_place()
        check_days(self.service_from, self.service_until, "service_until")
        if self.virtual_chassis_id is not None and self.vc_position is None:
            raise ValidationError({"vc_position": _("A member of a chassis needs a position.")})
        if self.local_context_data is not None and not isinstance(self.local_context_data, dict):
            raise ValidationError({"local_context_data": _("Write a JSON object.")})

    def check_place(self) -> None:
        """A device stands in its rack's site and location, and inside the rack's height.

        Raises: ValidationError, naming the field.
        """
        if self.rack is None:
            if self.position is not None:
                raise ValidationError({"rack": _("A position needs a rack.")})
            return
        if self.rack.site_id != self.site_id:
            raise ValidationError({"rack": _("The rack stands in another site.")})
        if self.location_id is None:
            self.location_id = self.rack.location_id
        if self.position is not None and self.device_type_id is not None:
            self._check_position(self.rack, self.position)

    def _check_position(self, rack: Rack, position: Decimal) -> None:
        if not self.face:
            raise ValidationError({"face": _("A mounted device needs a face.")})
        if position * 2 % 1:
            raise ValidationError({"position": _("Write the position in steps of 0.5 U.")})
        height = self.device_type.u_height
        if not height:
            raise ValidationError(
                {"position": _("A device of height 0 U is not mounted at a position.")}
            )
        first, end = Decimal(rack.starting_unit), Decimal(rack.starting_unit + rack.u_height)
        if position < first or position + height > end:
            raise ValidationError(
                {
                    "position": _(
                        "%(height)s U from U%(position)s do not fit in %(rack)s, which has "
                        "U%(first)s to U%(last)s."
                    )
                    % {
                        "height": f"{height:g}",
                        "position": f"{position:g}",
                        "rack": rack.name,
                        "first": rack.starting_unit,
                        "last": rack.starting_unit + rack.u_height - 1,
                    }
                }
            )


class VirtualChassis(Record):
    """Devices that are run as one through their master."""

    name = models.CharField(_("name"), max_length=64)
    domain = models.CharField(_("domain"), max_length=30, blank=True)
    master = models.OneToOneField(
        Device,
        verbose_name=_("master"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="vc_master_for",
    )

    class Meta:
        verbose_name = _("virtual chassis")
        verbose_name_plural = _("virtual chassis")
        ordering = ("name", "id")


def _interface_field(label: StrOrPromise, related_name: str) -> models.ForeignKey[Any, Any]:
    """A column for another interface of the same device."""
    return models.ForeignKey(
        "self",
        verbose_name=label,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name=related_name,
    )


class Interface(CabledComponent):
    """A network interface of a device."""

    type = choice_field(_("type"), InterfaceType, InterfaceType.TYPE_10GBASE_X_SFPP)
    enabled = models.BooleanField(_("enabled"), default=True)
    parent = _interface_field(_("parent interface"), "child_interfaces")
    bridge = _interface_field(_("bridge"), "bridge_interfaces")
    lag = _interface_field(_("aggregate"), "member_interfaces")
    mtu = models.PositiveIntegerField(
        _("MTU"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(65536)]
    )
    primary_mac_address = models.OneToOneField(
        "dcim.MACAddress",
        verbose_name=_("primary MAC address"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="primary_of_interface",
    )
    speed = models.PositiveBigIntegerField(_("speed (kbps)"), null=True, blank=True)
    duplex = choice_field(_("duplex"), Duplex)
    wwn = models.CharField(_("WWN"), max_length=23, null=True, blank=True)
    mgmt_only = models.BooleanField(_("management only"), default=False)
    mode = choice_field(_("mode"), InterfaceMode)
    poe_mode = choice_field(_("PoE mode"), PoeMode)
    poe_type = choice_field(_("PoE type"), PoeType)
    vrf = models.ForeignKey(
        "dcim.VRF",
        verbose_name=_("VRF"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="interfaces",
    )
    untagged_vlan = models.ForeignKey(
        "dcim.VLAN",
        verbose_name=_("untagged VLAN"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="interfaces_as_untagged",
    )
    tagged_vlans = models.ManyToManyField(
        "dcim.VLAN",
        verbose_name=_("tagged VLANs"),
        blank=True,
        related_name="interfaces_as_tagged",
    )
    qinq_svlan = models.ForeignKey(
        "dcim.VLAN",
        verbose_name=_("service VLAN"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="interfaces_as_service",
    )

    class Meta(CabledComponent.Meta):
        verbose_name = _("interface")
        verbose_name_plural = _("interfaces")

    def clean(self) -> None:
        """Parent, bridge and aggregate are other interfaces of the same device or chassis."""
        super().clean()
        for name in ("parent", "bridge", "lag"):
            other: Interface | None = getattr(self, name)
            if other is not None:
                self._check_related(name, other)
        if self.lag is not None and self.lag.type != InterfaceType.LAG:
            raise ValidationError({"lag": _("It is no aggregate: its type is not lag.")})
        if self.parent is not None and self.type != InterfaceType.VIRTUAL:
            raise ValidationError({"parent": _("Only a virtual interface has a parent.")})
        if not self.mode and self.untagged_vlan_id is not None:
            raise ValidationError({"untagged_vlan": _("An interface with a VLAN needs a mode.")})

    def _check_related(self, name: str, other: Interface) -> None:
        if other.pk == self.pk:
            raise ValidationError({name: _("An interface can't refer to itself.")})
        if other.device_id == self.device_id:
            return
        chassis = other.device.virtual_chassis_id
        if chassis is None or chassis != self.device.virtual_chassis_id:
            raise ValidationError({name: _("It belongs to another device.")})

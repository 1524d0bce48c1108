"""Inventory items: parts of devices that are kept in a tree and take no cable."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field, color_field
from dcim.record.equipment.components import Component
from dcim.record.places.hardware import Manufacturer
from dcim.record.tree import TreeRecord
from dcim.vocabulary.ports.component_choices import InventoryItemStatus

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class InventoryItemRole(Record):
    """What an inventory item is for."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    color = color_field()

    class Meta:
        verbose_name = _("inventory item role")
        verbose_name_plural = _("inventory item roles")
        ordering = ("name",)


# What an item may be of its device: the fields that say which.
COMPONENT_FIELDS: Final[Mapping[str, str]] = {
    "console_port": "dcim.ConsolePort",
    "console_server_port": "dcim.ConsoleServerPort",
    "front_port": "dcim.FrontPort",
    "interface": "dcim.Interface",
    "power_outlet": "dcim.PowerOutlet",
    "power_port": "dcim.PowerPort",
    "rear_port": "dcim.RearPort",
}


def _component_field(name: str, label: StrOrPromise) -> models.ForeignKey[Any, Any]:
    """A column for the component of one kind that an item is; the item stays when it goes."""
    return models.ForeignKey(
        COMPONENT_FIELDS[name],
        verbose_name=label,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="inventory_items",
    )


def _at_most_one(names: Collection[str]) -> models.Q:
    """The condition that no two of the fields `names` are set."""
    nullness = ({name: name != chosen for name in names} for chosen in (None, *names))
    alone = (
        models.Q(*(models.Q(**{f"{name}__isnull": unset}) for name, unset in one.items()))
        for one in nullness
    )
    return models.Q(*alone, _connector=models.Q.OR)


class InventoryItem(Component, TreeRecord):
    """A part of a device, which may be in another part: a disk, a fan, a transceiver.

    Unlike other components it can be taken out, and be put into another device.
    """

    part_of = ()
    within = "device"

    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent item"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="children",
    )
    console_port = _component_field("console_port", _("console port"))
    console_server_port = _component_field("console_server_port", _("console server port"))
    front_port = _component_field("front_port", _("front port"))
    interface = _component_field("interface", _("interface"))
    power_outlet = _component_field("power_outlet", _("power outlet"))
    power_port = _component_field("power_port", _("power port"))
    rear_port = _component_field("rear_port", _("rear port"))
    status = choice_field(_("status"), InventoryItemStatus, InventoryItemStatus.ACTIVE)
    role = models.ForeignKey(
        InventoryItemRole,
        verbose_name=_("role"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="inventory_items",
    )
    manufacturer = models.ForeignKey(
        Manufacturer,
        verbose_name=_("manufacturer"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="inventory_items",
    )
    part_id = models.CharField(_("part number"), max_length=50, blank=True)
    serial = models.CharField(_("serial number"), max_length=50, blank=True)
    asset_tag = models.CharField(_("asset tag"), max_length=50, null=True, blank=True, unique=True)
    discovered = models.BooleanField(
        _("discovered"), default=False, help_text=_("Found by a program, not entered by hand.")
    )

    class Meta:
        verbose_name = _("inventory item")
        verbose_name_plural = _("inventory items")
        ordering = ("device", "name", "id")
        constraints = (
            models.UniqueConstraint(fields=("device", "parent", "name"), name="inventoryitem_name"),
            models.CheckConstraint(
                condition=_at_most_one(COMPONENT_FIELDS), name="inventoryitem_one_component"
            ),
        )

    def clean(self) -> None:
        """An item's parent, and the component that it is, are of the same device."""
        super().clean()
        self.check_same_device("parent", *COMPONENT_FIELDS)

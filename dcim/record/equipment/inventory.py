"""Inventory items: parts of devices that are kept in a tree and take no cable."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field, color_field
from dcim.record.equipment.components import Component
from dcim.record.places.hardware import Manufacturer
from dcim.vocabulary.ports.component_choices import InventoryItemStatus


class InventoryItemRole(Record):
    """What an inventory item is for."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    color = color_field()

    class Meta:
        verbose_name = _("inventory item role")
        verbose_name_plural = _("inventory item roles")
        ordering = ("name",)


class InventoryItem(Component):
    """A part of a device: a disk, a fan, a transceiver."""

    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent item"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="children",
    )
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
        )

    def clean(self) -> None:
        """An item's parent is another item of the same device."""
        self.check_same_device("parent")
        if self.parent_id is not None and self.parent_id == self.pk:
            raise ValidationError({"parent": _("An item can't be its own parent.")})

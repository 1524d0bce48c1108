"""Inventory items: what is in an item is of the item's device, and so is the item's component."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F
from django.utils.translation import gettext as _

from dcim.record.equipment.inventory import InventoryItem
from dcim.vocabulary.errors import InvalidInput


def keep_items_together(items: Sequence[InventoryItem]) -> None:
    """Refuse to move `items` to another device than that of the items in them.

    Raises: InvalidInput, naming an item that would stay behind.
    """
    children = InventoryItem.objects.filter(parent__in=items)
    left = children.exclude(device=F("parent__device")).order_by("pk").first()
    if left is not None:
        raise InvalidInput(
            _("%(item)s would stay on another device.") % {"item": left},
            field="device",
            hint=_("Move the items in it first, or let them stand for themselves."),
        )

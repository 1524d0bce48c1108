"""What is moved to another device leaves nothing of its own behind: inventory items, modules."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F
from django.utils.translation import gettext as _

from dcim.record.equipment.components import ModularComponent
from dcim.record.equipment.inventory import InventoryItem
from dcim.record.equipment.modules import Module
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


def keep_parts_of_modules(modules: Sequence[Module]) -> None:
    """Refuse to move `modules` to another device than that of their components.

    Raises: InvalidInput, naming a component that would stay behind.
    """
    for relation in Module._meta.related_objects:
        kind = relation.related_model
        if not issubclass(kind, ModularComponent):
            continue
        left = kind._default_manager.filter(module__in=modules).exclude(device=F("module__device"))
        if (one := left.order_by("pk").first()) is not None:
            raise InvalidInput(
                _("%(item)s would stay on another device.") % {"item": one},
                field="device",
                hint=_("Remove the components of the module first; they can't be moved."),
            )

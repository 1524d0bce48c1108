"""Primary MAC addresses: each is on the interface that it is the primary one of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import F, Model, Q
from django.utils.translation import gettext as _

from dcim.record.equipment.devices import Interface
from dcim.record.networks.mac_addresses import MACAddress
from dcim.record.networks.machine_parts import VMInterface
from dcim.vocabulary.errors import InvalidInput

# The field by which an address refers to an interface of each kind.
OWNER_OF: Final[dict[type[Model], str]] = {Interface: "interface", VMInterface: "vm_interface"}
PRIMARY: Final = "primary_mac_address"


def check_primary_macs(interfaces: Sequence[Interface | VMInterface]) -> None:
    """Refuse primary addresses that are not on the very interface.

    Raises: InvalidInput, naming the field.
    """
    named = (one.primary_mac_address_id for one in interfaces)
    stated = {pk for pk in named if pk is not None}
    if not stated:
        return
    rows = MACAddress.objects.select_for_update(of=("self",), no_key=True)
    list(rows.filter(pk__in=stated).order_by("pk").values_list("pk"))
    model = type(interfaces[0])
    wrong = _astray(model, Q(pk__in=[one.pk for one in interfaces]))
    if wrong is not None:
        raise InvalidInput(
            _("%(address)s is not a MAC address of this interface.")
            % {"address": wrong.primary_mac_address},
            field=PRIMARY,
            hint=_("Assign the address to the interface first."),
        )


def keep_primary_macs(addresses: Sequence[MACAddress]) -> None:
    """Refuse to take `addresses` away from the interfaces whose primary ones they are.

    Raises: InvalidInput, naming the interface.
    """
    for model, owner in OWNER_OF.items():
        wrong = _astray(model, Q(**{f"{PRIMARY}__in": addresses}))
        if wrong is not None:
            raise InvalidInput(
                _("%(address)s is the primary MAC address of %(interface)s.")
                % {"address": wrong.primary_mac_address, "interface": wrong},
                field=owner,
                hint=_("Give that interface another primary address first, or none."),
            )


def _astray(model: type[Model], chosen: Q) -> Any:
    """The first of the chosen interfaces whose primary address is not on it, if any."""
    own = {f"{PRIMARY}__{OWNER_OF[model]}": F("pk")}
    rows = model._default_manager.filter(chosen, **{f"{PRIMARY}__isnull": False})
    kept = model._default_manager.filter(**own).values("pk")
    return rows.exclude(pk__in=kept).select_related(PRIMARY).order_by("pk").first()

"""Primary addresses: each of its family, and on an interface of what it is primary of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from django.db.models import F, Model, Q
from django.utils.translation import gettext as _

from dcim.record.equipment.devices import Device, Interface
from dcim.record.networks.ipam import IPAddress
from dcim.record.networks.machine_parts import VMInterface
from dcim.record.networks.virtualization import VirtualMachine
from dcim.vocabulary.errors import InvalidInput

FAMILY_OF: Final = {"primary_ip4": 4, "primary_ip6": 6}
# The way from an address to the one that it may be primary of.
HOLDER_OF: Final[dict[type[Model], str]] = {
    Device: "interface__device",
    VirtualMachine: "vm_interface__virtual_machine",
}


def check_primaries_of(holders: Sequence[Device | VirtualMachine]) -> None:
    """Refuse primary addresses of the wrong family, or that `holders` do not have themselves.

    Raises: InvalidInput, naming the field.
    """
    stated = {getattr(one, f"{name}_id") for one in holders for name in FAMILY_OF} - {None}
    if not stated:
        return
    keys = [one.pk for one in holders]
    _lock(stated)
    for name in FAMILY_OF:
        _check(type(holders[0]), name, Q(pk__in=keys), field=name)


def keep_primary_addresses(addresses: Sequence[IPAddress]) -> None:
    """Refuse to move or rewrite `addresses` away from what they are the primary ones of.

    Raises: InvalidInput, naming the holder.
    """
    for model in HOLDER_OF:
        for name in FAMILY_OF:
            _check(model, name, Q(**{f"{name}__in": addresses}), field="address")


def keep_primaries_on(interfaces: Sequence[VMInterface]) -> None:
    """Refuse to move `interfaces` away from what has its primary address on them.

    Raises: InvalidInput, naming the holder.
    """
    for name in FAMILY_OF:
        chosen = Q(**{f"{name}__vm_interface__in": interfaces})
        _check(VirtualMachine, name, chosen, field="virtual_machine")


def keep_primaries_of_chassis(devices: Sequence[Device]) -> None:
    """Refuse to let `devices` join or leave a chassis where a primary address rests on that.

    Raises: InvalidInput, naming the holder.
    """
    for name in FAMILY_OF:
        chosen = Q(pk__in=[one.pk for one in devices]) | Q(
            **{f"{name}__{HOLDER_OF[Device]}__in": devices}
        )
        _check(Device, name, chosen, field="virtual_chassis")


def _lock(addresses: Collection[int]) -> None:
    """Keep addresses and their interfaces where they are until the commit.

    Else one could be moved at the very moment that it is made a primary one.
    """
    if addresses:
        rows = IPAddress.objects.select_for_update(of=("self",), no_key=True)
        held = list(rows.filter(pk__in=addresses).order_by("pk"))
        for model in (Interface, VMInterface):
            ends = model._default_manager.select_for_update(of=("self",), no_key=True)
            list(ends.filter(ip_addresses__in=held).order_by("pk").values_list("pk"))


def _check(model: type[Model], name: str, chosen: Q, *, field: str) -> None:
    family = FAMILY_OF[name]
    own = Q(**{f"{name}__{HOLDER_OF[model]}": F("pk")})
    if model is Device:  # the members of a chassis are reached as one
        own |= Q(**{f"{name}__{HOLDER_OF[model]}__virtual_chassis": F("virtual_chassis")})
    kept = model._default_manager.filter(own, **{f"{name}__family": family}).values("pk")
    stated = model._default_manager.filter(chosen, **{f"{name}__isnull": False})
    wrong = stated.exclude(pk__in=kept).select_related(name).first()
    if wrong is not None:
        raise InvalidInput(
            _("%(address)s is not an IPv%(family)s address on an interface of %(holder)s.")
            % {"address": getattr(wrong, name), "family": family, "holder": wrong},
            field=field,
            hint=_("Choose a primary address among those of its own interfaces."),
        )

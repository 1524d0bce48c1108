"""What holds between networks: numbers within their group, each address once in its table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from dcim.record.ipam import SHARED_ROLES, VRF, IPAddress, Prefix
from dcim.record.vlans import VLAN, VLANGroup
from dcim.vocabulary.errors import InvalidInput

SHARED: Final = sorted(role.value for role in SHARED_ROLES)


def keep_numbers_of_vlans(vlans: Sequence[VLAN]) -> None:
    """Refuse VLANs whose group has given up their number meanwhile.

    Raises: InvalidInput.
    """
    keys = {one.group_id for one in vlans if one.group_id is not None}
    if keys:
        rows = VLANGroup.objects.select_for_update(of=("self",), no_key=True)
        groups = {one.pk: one for one in rows.filter(pk__in=keys).order_by("pk")}
        _check_numbers([(one, groups[one.group_id]) for one in vlans if one.group_id], "vid")


def keep_numbers_of_groups(groups: Sequence[VLANGroup]) -> None:
    """Refuse to take ranges from groups whose VLANs have numbers of them.

    Raises: InvalidInput.
    """
    by_key = {one.pk: one for one in groups}
    vlans = VLAN.objects.filter(group__in=by_key)
    _check_numbers([(one, by_key[one.group_id]) for one in vlans if one.group_id], "vid_ranges")


def _check_numbers(pairs: Sequence[tuple[VLAN, VLANGroup]], field: str) -> None:
    for vlan, group in pairs:
        if not group.holds(vlan.vid):
            raise InvalidInput(
                _("%(vlan)s has a number outside the ranges of %(group)s.")
                % {"vlan": vlan, "group": group},
                field=field,
                hint=_("Widen the ranges, or give the VLAN another number."),
            )


def claim_again(tables: Sequence[VRF]) -> None:
    """Let prefixes and addresses claim their place in `tables`, or give it up, as these say.

    Raises: InvalidInput, by the database, when a table that wants each once has one twice.
    """
    for table in tables:
        prefixes = Prefix.objects.filter(vrf=table)
        addresses = IPAddress.objects.filter(vrf=table)
        if not table.enforce_unique:
            prefixes.update(claim=None)
            addresses.update(claim=None)
            continue
        start = Value(f"{table.pk}:")
        prefixes.update(claim=Concat(start, F("prefix")))
        addresses.exclude(role__in=SHARED).update(claim=Concat(start, F("host_key")))

"""What holds between networks: numbers lie within the ranges of their group."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from dcim.record.networks.vlans import VLAN, VLANGroup
from dcim.vocabulary.errors import InvalidInput


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

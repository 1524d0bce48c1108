"""Virtual chassis: the master is one of the members."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from dcim.record.equipment.devices import Device, VirtualChassis
from dcim.vocabulary.errors import InvalidInput


def check_masters(chassis: Sequence[VirtualChassis]) -> None:
    """Refuse masters that are no members of their chassis, and keep members until the commit.

    Raises: InvalidInput, naming the field.
    """
    stated = {one.master_id for one in chassis if one.master_id is not None}
    if not stated:
        return
    rows = Device.objects.select_for_update(of=("self",), no_key=True)
    list(rows.filter(pk__in=stated).order_by("pk").values_list("pk"))
    wrong = _led_from_outside().filter(pk__in=[one.pk for one in chassis]).first()
    if wrong is not None:
        raise InvalidInput(
            _("%(device)s is no member of %(chassis)s.")
            % {"device": wrong.master, "chassis": wrong},
            field="master",
            hint=_("Give the device this chassis and a position in it first."),
        )


def keep_masters(devices: Sequence[Device]) -> None:
    """Refuse to take `devices` out of the chassis whose masters they are.

    Raises: InvalidInput, naming the chassis.
    """
    wrong = _led_from_outside().filter(master__in=devices).first()
    if wrong is not None:
        raise InvalidInput(
            _("%(device)s is the master of %(chassis)s.")
            % {"device": wrong.master, "chassis": wrong},
            field="virtual_chassis",
            hint=_("Give the chassis another master first, or none."),
        )


def _led_from_outside() -> QuerySet[VirtualChassis]:
    """Chassis whose masters are no members of them."""
    led = VirtualChassis.objects.filter(master__isnull=False).select_related("master")
    inside = VirtualChassis.objects.filter(pk=F("master__virtual_chassis")).values("pk")
    return led.exclude(pk__in=inside).order_by("pk")

"""Which device holds which rack units: kept beside each device, unique in the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dcim.record.devices import Device
from dcim.record.racks import RackUnit
from dcim.vocabulary.choices import DeviceFace
from dcim.vocabulary.errors import PositionTaken


def hold_rack_units(devices: Sequence[Device]) -> None:
    """Give `devices` the units they are mounted in, and free those they held before.

    Raises: PositionTaken, naming the devices that are in the way.
    """
    RackUnit.objects.filter(device__in=devices).delete()
    wanted = [unit for device in devices for unit in units_of(device)]
    try:
        with transaction.atomic():
            RackUnit.objects.bulk_create(wanted, batch_size=500)
    except IntegrityError as err:
        raise _position_taken(devices, wanted) from err


def units_of(device: Device) -> Iterator[RackUnit]:
    """The half units of each face that a mounted device takes; none for what is not mounted."""
    if device.rack_id is None or device.position is None:
        return
    first = int(device.position * 2)
    both = [face.value for face in DeviceFace]
    for face in both if device.device_type.is_full_depth else [device.face]:
        for half_unit in range(first, first + int(device.device_type.u_height * 2)):
            yield RackUnit(rack_id=device.rack_id, face=face, half_unit=half_unit, device=device)


def _position_taken(devices: Sequence[Device], wanted: Sequence[RackUnit]) -> PositionTaken:
    places = {(unit.rack_id, unit.face, unit.half_unit) for unit in wanted}
    held = RackUnit.objects.filter(rack__in={unit.rack_id for unit in wanted}).select_related(
        "device"
    )
    in_the_way = sorted(
        {str(unit.device) for unit in held if (unit.rack_id, unit.face, unit.half_unit) in places}
    )
    who = ", ".join(in_the_way) or _("another device of the same request")
    what = ", ".join(str(device) for device in devices[:3])
    return PositionTaken(
        _("%(what)s: the rack units are taken by %(who)s.") % {"what": what, "who": who},
        field="position",
        hint=_("Choose another position or face, or move what stands there."),
    )

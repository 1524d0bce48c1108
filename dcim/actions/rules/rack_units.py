"""Which device holds which rack units: kept beside each device, unique in the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from dcim.record.equipment.devices import Device
from dcim.record.places.hardware import DeviceType
from dcim.record.places.racks import Rack, RackUnit
from dcim.vocabulary.errors import DoesNotFit, PositionTaken


def hold_rack_units(devices: Sequence[Device]) -> None:
    """Give `devices` the units they are mounted in, and free those they held before.

    Raises:
        DoesNotFit: a device would stand outside its rack, or its rack elsewhere.
        PositionTaken: other devices are in the way; they are named.
    """
    keys = [device.pk for device in devices]
    if any(device.rack_id is not None for device in devices):
        _hold(Q(pk__in=keys))
    else:
        RackUnit.objects.filter(device__in=keys).delete()


def keep_devices_of_types(types: Sequence[DeviceType]) -> None:
    """Let every device of `types` take the units that its type's height and depth ask for now.

    Raises: as for `hold_rack_units`.
    """
    _hold(Q(device_type__in=types))


def keep_devices_in_racks(racks: Sequence[Rack]) -> None:
    """See that every device in `racks` still stands inside them, at their site.

    Raises: as for `hold_rack_units`.
    """
    _hold(Q(rack__in=racks))


def _hold(chosen: Q) -> None:
    devices = _mounted(chosen)
    for device in devices:
        _check_place(device)
    RackUnit.objects.filter(device__in=Device.objects.filter(chosen)).delete()
    wanted = [unit for device in devices for unit in units_of(device)]
    if not wanted:
        return
    try:
        with transaction.atomic():
            RackUnit.objects.bulk_create(wanted, batch_size=500)
    except IntegrityError as err:
        raise _position_taken(devices, wanted) from err


def _mounted(chosen: Q) -> list[Device]:
    """Devices in racks, read after every write of their types and racks has ended."""
    devices = Device.objects.filter(chosen, rack__isnull=False)
    for model, name in ((DeviceType, "device_type"), (Rack, "rack")):
        keys = devices.order_by().values_list(name, flat=True).distinct()
        rows = model._default_manager.select_for_update(of=("self",), no_key=True)
        list(rows.filter(pk__in=list(keys)).order_by("pk").values_list("pk"))
    return list(devices.select_related("device_type", "rack"))


def _check_place(device: Device) -> None:
    try:
        device.check_place()
    except ValidationError as err:
        raise DoesNotFit(
            f"{device}: {err.messages[0]}",
            hint=_("Move the device first, or choose another place for it."),
        ) from err


def units_of(device: Device) -> Iterator[RackUnit]:
    """A row for each half unit of each face that the device takes."""
    if device.rack_id is None:
        return
    for face in device.faces:
        for half_unit in device.half_units:
            yield RackUnit(
                rack_id=device.rack_id, face=face.value, half_unit=half_unit, device=device
            )


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

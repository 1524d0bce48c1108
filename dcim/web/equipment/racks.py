"""The page of a rack: front and rear elevation, drawn unit by unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from dcim.planning.capacity.elevation import Frame, largest_run
from dcim.record.equipment.devices import Device
from dcim.record.places.racks import Rack
from dcim.record.places.reservations import RackReservation
from dcim.vocabulary.choices import DeviceFace
from dcim.vocabulary.things import ThingKind
from dcim.web.frame.access import may
from dcim.web.objects.details import DetailPage
from dcim.web.values import formats
from dcim.web.values.addresses import page_of
from dcim.web.values.things import name_of_row

UNIT_PX: Final = 20
NUMBERS_PX: Final = 30
WIDTH_PX: Final = 250
STRIP_PX: Final = 4
TEXT_PX: Final = 14  # from a box's upper edge to the baseline of its name
LONGEST_NAME: Final = 28
UNRESERVED: Final[Mapping[int, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Unit:
    """A rack unit in the drawing: number, place, where a device is put into it, what it is for."""

    number: int
    y: int
    is_free: bool
    add_url: str
    reservation: str


@dataclass(frozen=True, slots=True)
class Box:
    """A device in the drawing, in pixels from the drawing's upper edge."""

    name: str
    title: str
    url: str
    y: int
    height: int
    color: str
    tone: str
    is_back: bool

    @property
    def text_y(self) -> int:
        """The baseline of the name."""
        return self.y + min(TEXT_PX, self.height - 3)


@dataclass(frozen=True, slots=True)
class Elevation:
    """One face of a rack as it is drawn."""

    face: str
    label: str
    description: str
    height: int
    units: list[Unit]
    boxes: list[Box]
    free_units: int
    largest_free: int
    numbers_px: int = NUMBERS_PX
    width_px: int = WIDTH_PX
    strip_px: int = STRIP_PX
    unit_px: int = UNIT_PX


class RackPage(DetailPage):
    """A rack with what stands in it."""

    template_name = "equipment/rack.html"
    told_elsewhere = frozenset({Device})

    def more(self, obj: Rack) -> dict[str, Any]:
        """Both faces, and what is in the rack without a position."""
        standing = self.seen(Device.objects.filter(rack=obj))
        devices = list(standing.select_related("device_type", "role").order_by("name"))
        mounted = [one for one in devices if one.position is not None]
        may_add = may(self.user, "add", Device)
        reservations = self.seen(RackReservation.objects.filter(rack=obj))
        reserved = {unit: one.description for one in reservations for unit in one.units}
        return {
            "elevations": [
                elevation(obj, mounted, face, reserved=reserved, may_add=may_add)
                for face in DeviceFace
            ],
            "unmounted": [one for one in devices if one.position is None],
            "impact_query": urlencode({"failed": name_of_row(ThingKind.RACK, obj.pk)}),
        }


def elevation(
    rack: Rack,
    mounted: Sequence[Device],
    face: DeviceFace,
    *,
    reserved: Mapping[int, str] = UNRESERVED,
    may_add: bool = False,
) -> Elevation:
    """The drawing of one face; a device of full depth is seen from both.

    Args:
        rack: The rack.
        mounted: Devices with a position in it.
        face: The side that is drawn.
        reserved: What a unit is reserved for, by its number.
        may_add: Whether free units lead to the form of a new device.
    """
    seen = [one for one in mounted if face in one.faces]
    taken = {half_unit // 2 for device in seen for half_unit in device.half_units}
    free = [number for number in rack.unit_numbers if number not in taken]
    units = [
        Unit(
            number=number,
            y=top_of(rack, range(2 * number, 2 * number + 2)),
            is_free=number not in taken,
            add_url=_add_url(rack, number, face) if may_add and number not in taken else "",
            reservation=reserved.get(number, ""),
        )
        for number in rack.unit_numbers
    ]
    label = _(face.label)
    return Elevation(
        face=face.value,
        label=label,
        description=_("%(face)s of rack %(rack)s: %(devices)s devices, %(free)s of %(all)s U free.")
        % {
            "face": label,
            "rack": rack.name,
            "devices": len(seen),
            "free": len(free),
            "all": rack.u_height,
        },
        height=rack.u_height * UNIT_PX,
        units=units,
        boxes=[_box(rack, device, face) for device in seen],
        free_units=len(free),
        largest_free=largest_run(free),
    )


def frame_of(rack: Rack) -> Frame:
    """The rack's units."""
    return Frame(rack.starting_unit, rack.u_height, rack.desc_units)


def top_of(rack: Rack, half_units: range) -> int:
    """Pixels from the drawing's upper edge to the upper edge of what takes `half_units`."""
    return int(frame_of(rack).above(half_units.start, len(half_units)) * UNIT_PX)


def _box(rack: Rack, device: Device, face: DeviceFace) -> Box:
    height, position = device.device_type.u_height, Decimal(device.half_units.start) / 2
    name = str(device.name or device.device_type)
    return Box(
        name=name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…",
        title=_("%(name)s: %(role)s, %(type)s, U%(position)s, %(height)s U, %(status)s")
        % {
            "name": name,
            "role": device.role,
            "type": device.device_type,
            "position": formats.number(position),
            "height": formats.number(height),
            "status": formats.text_of(device, Device._meta.get_field("status")),
        },
        url=page_of(device),
        y=top_of(rack, device.half_units),
        height=int(height * UNIT_PX),
        color=device.role.color,
        tone=formats.TONES.get(device.status, "quiet"),
        is_back=device.face != face,
    )


def _add_url(rack: Rack, unit: int, face: DeviceFace) -> str:
    place: dict[str, str | int] = {
        "site_id": rack.site_id,
        "rack_id": rack.pk,
        "position": unit,
        "face": face.value,
    }
    if rack.location_id is not None:
        place["location_id"] = rack.location_id
    return f"{reverse('dcim.device_add')}?{urlencode(place)}"

"""The elevation of a rack: its units as JSON, page by page, or drawn as SVG."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.db.models import Model
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from api.fields.wire import brief_ref
from api.http.auth import signed_in
from api.http.paging import LimitOffset
from api.nouns.filtering import truth
from api.nouns.rack_drawing import Box, Sizes, drawn
from api.reading.briefs import Briefs, pair_of
from dcim.actions.rights import visible
from dcim.planning.capacity.elevation import Frame
from dcim.record.equipment.devices import Device
from dcim.record.people.account import User
from dcim.record.places.racks import Rack, RackUnit
from dcim.record.places.reservations import RackReservation
from dcim.vocabulary.choices import DeviceFace
from dcim.vocabulary.errors import UnknownThing

SVG: Final = "image/svg+xml"
LARGEST_SIZE: Final = 2000
FACE_PAIR: Final = pair_of({face.value: face.label for face in DeviceFace})
UNIT_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["id", "name", "face", "device", "occupied", "display", "reservation"],
    "properties": {
        "id": {"type": "number", "description": "The unit, in steps of 0.5."},
        "name": {"type": "string"},
        "face": {
            "type": "object",
            "properties": {"value": {"type": "string"}, "label": {"type": "string"}},
        },
        "device": brief_ref(Device, nullable=True),
        "occupied": {"type": "boolean"},
        "display": {"type": "string"},
        "reservation": {"type": "object", "additionalProperties": {}, "nullable": True},
    },
}
UNITS_SCHEMA: Final[dict[str, Any]] = {"type": "array", "items": UNIT_SCHEMA}
PARAMETERS: Final = [
    OpenApiParameter("face", enum=[face.value for face in DeviceFace], default="front"),
    OpenApiParameter("render", enum=["json", "svg"], default="json"),
    OpenApiParameter("q", str, description="Only units whose number holds this."),
    OpenApiParameter("exclude", int, many=True, description="Devices to leave out."),
    OpenApiParameter(
        "expand_devices",
        bool,
        default=True,
        description="A device in each unit it takes, or in the lowest only.",
    ),
    OpenApiParameter("unit_width", int, description="Pixels, of the drawing."),
    OpenApiParameter("unit_height", int, description="Pixels, of the drawing."),
    OpenApiParameter("legend_width", int, description="Pixels, of the drawing."),
    OpenApiParameter("limit", int, description=LimitOffset.limit_query_description),
    OpenApiParameter("offset", int, description=LimitOffset.offset_query_description),
]


@dataclass(frozen=True, slots=True)
class Elevation:
    """One face of a rack: what is held in each half unit and reserved in each unit.

    Attributes:
        held: Half units in ascending order, by the key of the device that takes them.
        devices: The devices that the caller may see, by key.
        reservations: Those that the caller may see, by unit.
    """

    rack: Rack
    face: DeviceFace
    held: Mapping[int, list[int]]
    devices: Mapping[int, Device]
    reservations: Mapping[int, RackReservation]


class RackElevation(APIView):
    """The units of one face of a rack, topmost first, and the devices in them."""

    permission_model: ClassVar[type[Model]] = Rack

    @extend_schema(
        parameters=PARAMETERS,
        responses={
            (200, "application/json"): LimitOffset().get_paginated_response_schema(UNITS_SCHEMA),
            (200, SVG): str,
        },
    )
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """One page of half units, or the drawing of all."""
        user = signed_in(request)
        rack = visible(Rack.objects.filter(pk=pk), user).first()
        if rack is None:
            raise UnknownThing(
                f"There is no rack with the id {pk}.", hint="Look it up in the list."
            )
        shown = elevation_of(rack, _face_of(request), _excluded(request), user)
        expands, asked_sizes = truth(request, "expand_devices", "true"), sizes(request)
        if _one_of(request, "render", ("json", "svg")) == "svg":
            boxes = boxes_of(shown, request)
            drawing = drawn(_frame(rack), boxes, shown.reservations, asked_sizes)
            return HttpResponse(drawing, content_type=SVG)
        pages = LimitOffset()
        units = list(units_of(shown, Briefs(request), request, expands=expands))
        return pages.get_paginated_response(pages.paginate_queryset(units, request))


def elevation_of(rack: Rack, face: DeviceFace, excluded: set[int], user: User) -> Elevation:
    """One face of a rack, with three queries whatever stands in it."""
    held: defaultdict[int, list[int]] = defaultdict(list)
    units = RackUnit.objects.filter(rack=rack, face=face).order_by("half_unit")
    for half_unit, key in units.values_list("half_unit", "device_id"):
        if key not in excluded:
            held[key].append(half_unit)
    devices = Device.objects.select_related("device_type", "role")
    mine = visible(RackReservation.objects.filter(rack=rack).select_related("user"), user)
    reserved = {unit: one for one in mine for unit in one.units}
    return Elevation(rack, face, held, visible(devices, user).in_bulk(held), reserved)


def units_of(
    shown: Elevation, briefs: Briefs, request: Request, *, expands: bool
) -> Iterator[dict[str, Any]]:
    """The half units of a face from the top down, with what stands in them.

    A device stands in each unit it takes if it `expands`, else in the lowest only.
    """
    wanted = request.query_params.get("q", "").strip()
    holder = {half_unit: key for key, halves in shown.held.items() for half_unit in halves}
    lowest = {halves[0] for halves in shown.held.values()}
    rack = shown.rack
    for half_unit in rack.half_units if rack.desc_units else reversed(rack.half_units):
        name = f"U{half_unit / 2:g}"
        if wanted not in name or (half_unit in holder and not expands and half_unit not in lowest):
            continue
        device = shown.devices.get(holder.get(half_unit, 0))
        reservation = shown.reservations.get(half_unit // 2)
        yield {
            "id": half_unit / 2,
            "name": name,
            "face": FACE_PAIR(shown.face.value),
            "device": briefs.of(device) if device is not None else None,
            "occupied": half_unit in holder,
            "display": name,
            "reservation": briefs.of(reservation) if reservation is not None else None,
        }


def boxes_of(shown: Elevation, request: Request) -> Iterator[Box]:
    """The devices of a face as they are drawn; of those that may not be seen, the place alone."""
    briefs = Briefs(request)
    for key, halves in shown.held.items():
        device = shown.devices.get(key)
        if device is None:
            yield Box(halves[0], len(halves))
        else:
            text = device.name or str(device.device_type)
            title = f"{text}: {device.role}, {device.device_type}"
            url = briefs.display_url(device)
            yield Box(halves[0], len(halves), text, title, url, device.role.color)


def sizes(request: Request) -> Sizes:
    """The sizes of the drawing that the caller asked for."""
    usual = Sizes()
    return Sizes(
        unit_width=_size(request, "unit_width", usual.unit_width),
        unit_height=_size(request, "unit_height", usual.unit_height),
        legend_width=_size(request, "legend_width", usual.legend_width),
    )


def _frame(rack: Rack) -> Frame:
    return Frame(rack.starting_unit, rack.u_height, rack.desc_units)


def _face_of(request: Request) -> DeviceFace:
    faces = {face.value: face for face in DeviceFace}
    return faces[_one_of(request, "face", list(faces))]


def _one_of(request: Request, name: str, known: list[str] | tuple[str, ...]) -> str:
    asked = request.query_params.get(name) or known[0]
    if asked not in known:
        raise ValidationError({name: [f"“{asked}” is not one of {', '.join(known)}."]})
    return asked


def _excluded(request: Request) -> set[int]:
    asked = request.query_params.getlist("exclude")
    return {_number("exclude", one, 1, 2**63 - 1) for one in asked if one}


def _size(request: Request, name: str, usual: int) -> int:
    asked = request.query_params.get(name)
    return _number(name, asked, 5, LARGEST_SIZE) if asked else usual


def _number(name: str, text: str, least: int, most: int) -> int:
    if not text.isdecimal() or len(text) > len(str(most)) or not least <= int(text) <= most:
        raise ValidationError({name: [f"Write a whole number from {least} to {most}."]})
    return int(text)

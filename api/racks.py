"""Racks: the units that NetBox's clients expect, and the elevation as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from django.db.models import Model
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.auth import signed_in
from api.briefs import Briefs, pair_of
from api.counts import NOTHING, never
from api.filters import RecordFilterSet
from api.lookups import OneToMany, Values, whole_number
from api.paging import LimitOffset
from api.records import RecordSerializer
from api.wire import brief_ref
from dcim.actions.rights import visible
from dcim.record.devices import Device
from dcim.record.racks import Rack, RackUnit
from dcim.vocabulary.choices import DeviceFace
from dcim.vocabulary.errors import UnknownThing

FACE_PAIR: Final = pair_of({face.value: face.label for face in DeviceFace})
UNIT_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["id", "name", "face", "device", "occupied", "display"],
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
    },
}

UNITS_SCHEMA: Final[dict[str, Any]] = {"type": "array", "items": UNIT_SCHEMA}


class RackSerializer(RecordSerializer):
    """A rack; types and groups of racks are not recorded."""

    group = never(None, NOTHING)
    rack_type = never(None, NOTHING)


class DeviceTypeSerializer(RecordSerializer):
    """A device type; pictures of it are not recorded."""

    front_image = never(None, NOTHING)
    rear_image = never(None, NOTHING)


class ReservationFilterSet(RecordFilterSet):
    """Reservations by the units that they hold."""

    unit = OneToMany("reserved_units__unit", Values(whole_number()))
    unit__n = OneToMany("reserved_units__unit", Values(whole_number()), exclude=True)


class RackElevation(APIView):
    """The units of one face of a rack, topmost first, and the devices in them."""

    permission_model: ClassVar[type[Model]] = Rack

    @extend_schema(
        parameters=[
            OpenApiParameter("face", enum=list(DeviceFace), default="front"),
            OpenApiParameter("limit", int, description=LimitOffset.limit_query_description),
            OpenApiParameter("offset", int, description=LimitOffset.offset_query_description),
        ],
        responses={200: LimitOffset().get_paginated_response_schema(UNITS_SCHEMA)},
    )
    def get(self, request: Request, pk: int) -> Response:
        """One page of half units."""
        rack = visible(Rack.objects.filter(pk=pk), signed_in(request)).first()
        if rack is None:
            raise UnknownThing(
                f"There is no rack with the id {pk}.", hint="Look it up in the list."
            )
        pages = LimitOffset()
        units = list(units_of(rack, _face_of(request), Briefs(request)))
        return pages.get_paginated_response(pages.paginate_queryset(units, request))


def _face_of(request: Request) -> DeviceFace:
    asked = request.query_params.get("face", DeviceFace.FRONT.value)
    for face in DeviceFace:
        if face.value == asked:
            return face
    raise ValidationError({"face": [f"“{asked}” is neither front nor rear."]})


def units_of(rack: Rack, face: DeviceFace, briefs: Briefs) -> Iterator[dict[str, Any]]:
    """The half units of a face from the top down, with what stands in them."""
    held = RackUnit.objects.filter(rack=rack, face=face).select_related("device")
    devices = {unit.half_unit: unit.device for unit in held}
    for half_unit in rack.half_units if rack.desc_units else reversed(rack.half_units):
        device = devices.get(half_unit)
        name = f"U{half_unit / 2:g}"
        yield {
            "id": half_unit / 2,
            "name": name,
            "face": FACE_PAIR(face.value),
            "device": briefs.of(device) if device is not None else None,
            "occupied": device is not None,
            "display": name,
        }

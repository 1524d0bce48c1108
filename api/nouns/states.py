"""An object as it was: `states/?object_type=dcim.device&object_id=5&at=2026-01-31T10:00:00Z`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Model
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.bodies import BIGGEST_ID
from api.http.auth import signed_in
from dcim.actions.log.states import public_state, seen_state_at
from dcim.record.log.changes import ObjectChange
from dcim.vocabulary.errors import InvalidInput

PARAMETERS = [
    OpenApiParameter("object_type", str, required=True, description="As in dcim.device."),
    OpenApiParameter("object_id", int, required=True),
    OpenApiParameter("at", datetime, description="A moment with its offset; now when left out."),
]


class StateShape(serializers.Serializer[Any]):
    """How OpenAPI describes an object as it was at a time."""

    object_type = serializers.CharField()
    object_id = serializers.IntegerField()
    at = serializers.DateTimeField()
    serial = serializers.IntegerField()
    state = serializers.DictField(
        allow_null=True, help_text="References by id; null where the object did not exist."
    )


class StatesView(APIView):
    """Objects as they were, deleted ones too, from the change log."""

    permission_model: ClassVar[type[Model]] = ObjectChange

    @extend_schema(
        operation_id="plugins_planner_states_retrieve",
        parameters=PARAMETERS,
        responses=StateShape,
    )
    def get(self, request: Request) -> Response:
        """One object at one time."""
        kind = request.query_params.get("object_type", "")
        pk, at = _id_in(request), _moment_in(request)
        found = seen_state_at(kind, pk, at, signed_in(request))
        state = None if found.state is None else public_state(kind, found.state)
        return Response(
            {
                "object_type": kind,
                "object_id": pk,
                "at": at.isoformat(),
                "serial": found.serial,
                "state": state,
            }
        )


def _id_in(request: Request) -> int:
    text = request.query_params.get("object_id", "")
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= BIGGEST_ID):
        raise InvalidInput(f"“{text[:40]}” is no id.", field="object_id", hint="Write a number.")
    return int(text)


def _moment_in(request: Request) -> datetime:
    """The parameter `at`.

    Notes: a plus that was not encoded arrives as a blank.
    """
    text = request.query_params.get("at", "")
    if not text:
        return timezone.now()
    try:
        moment = parse_datetime(text.strip().replace(" ", "+") if "T" in text else text)
    except ValueError:
        moment = None
    if moment is None or not moment.tzinfo:
        raise InvalidInput(
            f"“{text[:40]}” is no moment with its offset.",
            field="at",
            hint="Write it as in 2026-01-31T10:00:00Z.",
        )
    try:
        return moment.astimezone(timezone.get_default_timezone())
    except (OverflowError, ValueError) as err:
        raise InvalidInput(f"“{text[:40]}” is out of range.", field="at") from err

"""Grants whose end is near, `expiring-grants/`, and what could be given back, `idle-room/`."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Model
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.http.auth import signed_in
from api.http.paging import LimitOffset
from api.nouns.boards import PAGE_PARAMETERS
from api.nouns.impact import Names
from dcim.actions.grants.expiries import answer_of, expiring_grants
from dcim.actions.grants.idle_room import current_idle_room
from dcim.planning.grants.expiry import WARN_AT
from dcim.record.planner.allocations import Allocation
from dcim.vocabulary.asked import number_in
from dcim.vocabulary.choices_grants import GrantState, IdleReason
from dcim.vocabulary.choices_requests import RequestKind

MOST_DAYS = 3660


class ExpiringShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.actions.grants.expiries.ExpiringAnswer`."""

    grant = serializers.CharField()
    grant_id = serializers.IntegerField()
    provider = serializers.CharField()
    valid_until = serializers.DateField()
    state = serializers.ChoiceField(choices=[one.value for one in GrantState])
    days_left = serializers.IntegerField()
    warning = serializers.IntegerField(allow_null=True)
    machines = Names()
    apps_down = Names()
    apps_degraded = Names()
    requests = Names()


EXPIRING_SCHEMA: dict[int, Any] = {200: ExpiringShape(many=True)}


class ExpiringGrantsView(APIView):
    """Grants that end soon or are over and not returned, the first to end first."""

    permission_model: ClassVar[type[Model]] = Allocation
    pagination_class = LimitOffset

    @extend_schema(
        operation_id="plugins_planner_expiring_grants_list",
        parameters=[
            OpenApiParameter(
                "within_days",
                {"type": "integer", "minimum": 0, "maximum": MOST_DAYS, "default": max(WARN_AT)},
                description="Grants that end within so many days; what is over is always told.",
            ),
            *PAGE_PARAMETERS,
        ],
        responses=EXPIRING_SCHEMA,
    )
    def get(self, request: Request) -> Response:
        """One page of them, with what draws on each and who is hit."""
        asked = request.query_params.get("within_days", str(max(WARN_AT)))
        days = number_in(asked, "within_days", 0, MOST_DAYS)
        pages = LimitOffset()
        page = pages.paginate_queryset(
            expiring_grants(signed_in(request), within_days=days), request
        )
        return pages.get_paginated_response([answer_of(one) for one in page])


class IdleAmountsShape(serializers.Serializer[Any]):
    """An amount of each resource class."""

    vcpus = serializers.IntegerField()
    memory_mib = serializers.IntegerField()
    storage_gib = serializers.IntegerField()


class IdleMachineShape(serializers.Serializer[Any]):
    """A machine that serves nothing active; `goes` where it surely goes."""

    id = serializers.CharField(source="vm.id")
    name = serializers.CharField(source="vm.name")
    apps = serializers.ListField(child=serializers.CharField(), source="vm.apps")
    reason = serializers.ChoiceField(choices=[one.value for one in IdleReason])
    goes = serializers.BooleanField()
    amounts = IdleAmountsShape(source="vm.amounts")


class GiveBackShape(serializers.Serializer[Any]):
    """The request that would give it back: its kind, and the amounts to ask for instead."""

    kind = serializers.ChoiceField(
        choices=[RequestKind.CHANGE.value, RequestKind.TERMINATION.value]
    )
    remains = IdleAmountsShape()


class IdleRoomShape(serializers.Serializer[Any]):
    """A grant with what is idle on it; no proposal where nothing surely goes."""

    grant = serializers.CharField(source="grant.reference")
    provider = serializers.CharField(source="grant.provider")
    granted = IdleAmountsShape(source="grant.amounts")
    drawn = IdleAmountsShape()
    unused = IdleAmountsShape()
    goes = IdleAmountsShape()
    waits = IdleAmountsShape()
    machines = IdleMachineShape(many=True)
    proposal = GiveBackShape(allow_null=True)


IDLE_SCHEMA: dict[int, Any] = {200: IdleRoomShape(many=True)}


class IdleRoomView(APIView):
    """What is idle on each grant, and the request that would give it back."""

    permission_model: ClassVar[type[Model]] = Allocation
    whole = True
    pagination_class = LimitOffset

    @extend_schema(
        operation_id="plugins_planner_idle_room_list",
        parameters=PAGE_PARAMETERS,
        responses=IDLE_SCHEMA,
    )
    def get(self, request: Request) -> Response:
        """One page of grants of the record as it is now."""
        pages = LimitOffset()
        page = pages.paginate_queryset(list(current_idle_room().grants), request)
        return pages.get_paginated_response(IdleRoomShape(page, many=True).data)

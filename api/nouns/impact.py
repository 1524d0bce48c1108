"""What falls when things fail: `impact/?failed=rack:PDR-R01&failed=…`, `?kind=host&site=PDR`."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db.models import Model
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.http.auth import signed_in
from api.nouns.filtering import FILTER_PARAMETERS, filters_of, truth, whole_number
from api.nouns.restorable import RestorableShape
from dcim.actions.questions.failures import impact_seen
from dcim.actions.questions.room_left import room_left
from dcim.graph.answers.impact import MOST_ROWS, answer_of_impact
from dcim.graph.failures.failing import Failing, day
from dcim.graph.load.record import current_graph
from dcim.graph.selection import selection_of
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.errors import LumbungError
from dcim.vocabulary.things import Ref


class Names(serializers.ListField):
    """Nodes of the graph by their public names, KIND:NAME."""

    child = serializers.CharField()


class Counts(serializers.DictField):
    """How many things of each kind are hit."""

    child = serializers.IntegerField()


class HitAppShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.graph.answers.impact.HitApp`."""

    code = serializers.CharField()
    name = serializers.CharField()
    owner = serializers.CharField()
    chain = Names()


class CategoryShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.graph.answers.board.CategoryAnswer`."""

    apps_down = serializers.IntegerField()
    apps_degraded = serializers.IntegerField()
    users_per_month_down = serializers.IntegerField()
    users_per_month_degraded = serializers.IntegerField()


class OwnerShape(CategoryShape):
    """How OpenAPI describes `dcim.graph.answers.impact.OwnerAnswer`."""

    slug = serializers.CharField()
    name = serializers.CharField()


class ImpactShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.graph.answers.impact.ImpactAnswer`."""

    serial = serializers.IntegerField()
    limit = serializers.IntegerField()
    offset = serializers.IntegerField()
    failed_count = serializers.IntegerField()
    apps_down_count = serializers.IntegerField()
    apps_degraded_count = serializers.IntegerField()
    idle_apps_count = serializers.IntegerField()
    users_per_month_down = serializers.IntegerField()
    users_per_month_degraded = serializers.IntegerField()
    owners_hit = serializers.IntegerField()
    by_category = serializers.DictField(child=CategoryShape())
    owners = OwnerShape(many=True)
    failed = Names()
    apps_down = HitAppShape(many=True)
    apps_degraded = HitAppShape(many=True)
    idle_apps = serializers.ListField(child=serializers.CharField())
    things_down = Counts()
    things_degraded = Counts()
    copies_lost = serializers.IntegerField()
    restorable = RestorableShape()


class ImpactView(APIView):
    """What falls when one thing or several fail at once."""

    permission_model: ClassVar[type[Model]] = ServiceApp

    @extend_schema(
        parameters=[
            OpenApiParameter("failed", str, many=True, description="KIND:NAME; may be repeated."),
            *FILTER_PARAMETERS,
            OpenApiParameter(
                "lapse_on", date, description="Grants fail that end on this day or before."
            ),
            OpenApiParameter("pools", bool, description="Say what the other pools have free."),
            OpenApiParameter("limit", int, description="Rows of each list, at most 1000."),
            OpenApiParameter("offset", int, description="Rows of each list to leave out first."),
        ],
        responses=ImpactShape,
    )
    def get(self, request: Request) -> Response:
        """The impact on the record as it is now."""
        lapse_on = request.query_params.get("lapse_on")
        asked = Failing(
            tuple(ref_of(request, "failed", one) for one in request.query_params.getlist("failed")),
            selection_of(filters_of(request)),
            day(lapse_on) if lapse_on else None,
        )
        reader = signed_in(request)
        found = impact_seen(current_graph(), asked, reader)
        pools = room_left(found, reader) if truth(request, "pools") else None
        limit = min(whole_number(request, "limit", 0) or MOST_ROWS, MOST_ROWS)
        offset = whole_number(request, "offset", 0)
        return Response(answer_of_impact(found, timezone.now(), limit, offset, pools))


def ref_of(request: Request, parameter: str, text: str | None = None) -> Ref:
    """The thing that a parameter names; an error carries the parameter's name."""
    try:
        return Ref.parse(request.query_params.get(parameter, "") if text is None else text)
    except LumbungError as err:
        raise type(err)(err.reason, field=parameter, hint=err.hint) from err

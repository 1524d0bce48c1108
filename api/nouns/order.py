"""In which order things are started and stopped: `order/?thing=rack:PDR-R01&direction=stop`."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Model
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.http.auth import signed_in
from api.nouns.impact import Names, ref_of
from dcim.actions.questions.answers import order_seen
from dcim.graph.answers.order import answer_of_order
from dcim.graph.load.record import current_graph
from dcim.graph.needs.order import Direction, Scope
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.asked import chosen


class StepShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.graph.answers.order.StepAnswer`."""

    things = Names()
    together = serializers.BooleanField()
    stands = serializers.BooleanField()


class OrderShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.graph.answers.order.OrderAnswer`."""

    serial = serializers.IntegerField()
    things = Names()
    direction = serializers.ChoiceField(choices=[one.value for one in Direction])
    scope = serializers.ChoiceField(choices=[one.value for one in Scope])
    waves = serializers.ListField(child=StepShape(many=True))
    unordered = serializers.ListField(child=Names())
    idle = Names()


class OrderView(APIView):
    """The waves in which what hangs together with a thing or several is started or stopped."""

    permission_model: ClassVar[type[Model]] = ServiceApp

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "thing", str, many=True, required=True, description="KIND:NAME; may be repeated."
            ),
            OpenApiParameter(
                "direction", str, enum=[one.value for one in Direction], default=Direction.START
            ),
            OpenApiParameter(
                "scope",
                str,
                enum=[one.value for one in Scope],
                description="What rests on the things, or what they rest on; the latter for apps.",
            ),
        ],
        responses=OrderShape,
    )
    def get(self, request: Request) -> Response:
        """The order in the record as it is now."""
        asked = request.query_params
        named = [ref_of(request, "thing", text) for text in asked.getlist("thing")]
        direction = chosen(Direction, asked.get("direction", Direction.START), "direction")
        scope = chosen(Scope, asked["scope"], "scope") if "scope" in asked else None
        found = order_seen(current_graph(), named, direction, scope, signed_in(request))
        return Response(answer_of_order(found))

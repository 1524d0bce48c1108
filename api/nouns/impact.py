"""What falls when things fail: `impact/?failed=rack:PDR-R01&failed=…`."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Model
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.http.auth import signed_in
from api.nouns.restorable import RestorableShape
from dcim.actions.answers import impact_seen
from dcim.graph.answers import answer_of_impact
from dcim.graph.load.record import current_graph
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
    """How OpenAPI describes `dcim.graph.answers.HitApp`."""

    code = serializers.CharField()
    name = serializers.CharField()
    owner = serializers.CharField()
    chain = Names()


class ImpactShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.graph.answers.ImpactAnswer`."""

    serial = serializers.IntegerField()
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
            OpenApiParameter(
                "failed", str, many=True, required=True, description="KIND:NAME; may be repeated."
            )
        ],
        responses=ImpactShape,
    )
    def get(self, request: Request) -> Response:
        """The impact on the record as it is now."""
        failed = [
            ref_of(request, "failed", text) for text in request.query_params.getlist("failed")
        ]
        reader = signed_in(request)
        found = impact_seen(current_graph(), failed, reader)
        return Response(answer_of_impact(found, timezone.now()))


def ref_of(request: Request, parameter: str, text: str | None = None) -> Ref:
    """The thing that a parameter names; an error carries the parameter's name."""
    try:
        return Ref.parse(request.query_params.get(parameter, "") if text is None else text)
    except LumbungError as err:
        raise type(err)(err.reason, field=parameter, hint=err.hint) from err

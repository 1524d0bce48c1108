"""What falls when things fail: `impact/?failed=rack:PDR-R01&failed=…`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, ClassVar

from django.db.models import Model
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dcim.graph.impact import Hit, impact
from dcim.graph.load import current_graph
from dcim.record.service_apps import ServiceApp
from dcim.vocabulary.errors import LumbungError
from dcim.vocabulary.things import Ref, ThingKind


class Names(serializers.ListField):
    """Nodes of the graph by their public names, KIND:NAME."""

    child = serializers.CharField()

    def to_representation(self, data: Iterable[Any]) -> list[str]:
        return [str(node.id) for node in data]


class Counts(serializers.DictField):
    """How many things of each kind are hit."""

    child = serializers.IntegerField()

    def to_representation(self, value: Iterable[Hit]) -> dict[str, int]:
        count = Counter(hit.thing.kind for hit in value)
        return {kind.value: count[kind] for kind in ThingKind if kind is not ThingKind.GROUP}


class Codes(serializers.ListField):
    """Apps by their codes."""

    child = serializers.CharField()

    def to_representation(self, data: Iterable[Hit]) -> list[str]:
        return [hit.thing.name for hit in data]


class HitApp(serializers.Serializer[Hit]):
    """An app that is hit, and a shortest chain of causes from it to what failed."""

    code = serializers.CharField(source="thing.name")
    name = serializers.CharField(source="thing.label")
    owner = serializers.CharField(source="thing.owner")
    chain = Names()


class ImpactAnswer(serializers.Serializer[Any]):
    """Running apps that stop or lose redundancy, idle apps hit on paper, and counts of things."""

    serial = serializers.IntegerField()
    failed = Names()
    apps_down = HitApp(many=True)
    apps_degraded = HitApp(many=True)
    idle_apps = Codes()
    things_down = Counts(source="down")
    things_degraded = Counts(source="degraded")


class ImpactView(APIView):
    """What falls when one thing or several fail at once."""

    permission_model: ClassVar[type[Model]] = ServiceApp

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "failed", str, many=True, required=True, description="KIND:NAME; may be repeated."
            )
        ],
        responses=ImpactAnswer,
    )
    def get(self, request: Request) -> Response:
        """The impact on the record as it is now."""
        failed = [
            ref_of(request, "failed", text) for text in request.query_params.getlist("failed")
        ]
        return Response(ImpactAnswer(impact(current_graph(), failed)).data)


def ref_of(request: Request, parameter: str, text: str | None = None) -> Ref:
    """The thing that a parameter names; an error carries the parameter's name."""
    try:
        return Ref.parse(request.query_params.get(parameter, "") if text is None else text)
    except LumbungError as err:
        raise type(err)(err.reason, field=parameter, hint=err.hint) from err

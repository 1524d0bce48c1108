"""What an app rests on, and why it rests on a thing."""

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
from dcim.actions.questions.answers import app_seen
from dcim.actions.rights import visible
from dcim.graph.answers.impact import answer_of_explanation
from dcim.graph.answers.requirements import answer_of_requirements
from dcim.graph.load.record import current_graph
from dcim.graph.needs.requirements import explain, requirements, single_points_of_failure
from dcim.graph.propagation import State
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.errors import UnknownThing
from dcim.vocabulary.things import Ref, ThingKind


class NodeShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.graph.answers.requirements.NodeAnswer`."""

    id = serializers.CharField()
    kind = serializers.ChoiceField(choices=[kind.value for kind in ThingKind])
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF's base class has a label too
    status = serializers.CharField(required=False)
    owner = serializers.CharField(required=False)
    is_external = serializers.BooleanField(required=False)
    needed = serializers.IntegerField(required=False)
    size = serializers.IntegerField(required=False)


class NeedShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.graph.answers.requirements.NeedAnswer`."""

    source = serializers.CharField()  # type: ignore[assignment]  # as above
    target = serializers.CharField()
    hard = serializers.BooleanField()


class ShortfallShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.graph.answers.requirements.ShortfallAnswer`."""

    tier = serializers.CharField()
    needed = serializers.IntegerField()
    working = serializers.IntegerField()


class RequirementsShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.graph.answers.requirements.RequirementsAnswer`."""

    serial = serializers.IntegerField()
    app = serializers.CharField()
    layers = serializers.ListField(child=NodeShape(many=True))
    needs = NeedShape(many=True)
    single_points_of_failure = Names()
    cycles = serializers.ListField(child=Names())
    shortfalls = ShortfallShape(many=True)


class RequirementsView(APIView):
    """What an app rests on, directly or not, layer by layer."""

    permission_model: ClassVar[type[Model]] = ServiceApp

    @extend_schema(responses=RequirementsShape)
    def get(self, request: Request, pk: int) -> Response:
        """The requirements in the record as it is now."""
        app = visible(ServiceApp.objects.filter(pk=pk), signed_in(request)).first()
        if app is None:
            raise UnknownThing(f"There is no app with the id {pk}.", hint="Look it up in the list.")
        graph, ref = current_graph(), Ref(ThingKind.APP, app.code)
        found, single = requirements(graph, ref), single_points_of_failure(graph, ref)
        return Response(answer_of_requirements(found, single))


class ExplanationShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.graph.answers.impact.ExplanationAnswer`."""

    serial = serializers.IntegerField()
    app = serializers.CharField()
    thing = serializers.CharField()
    rests = serializers.BooleanField()
    is_hard = serializers.BooleanField()
    effect = serializers.ChoiceField(choices=[state.value for state in State])
    chains = serializers.ListField(child=Names())


class ExplainView(APIView):
    """Why an app rests on a thing: `explain/?app=SIMPEG&thing=rack:PDR-R01`."""

    permission_model: ClassVar[type[Model]] = ServiceApp

    @extend_schema(
        parameters=[
            OpenApiParameter("app", str, required=True, description="The app's code."),
            OpenApiParameter("thing", str, required=True, description="KIND:NAME."),
        ],
        responses=ExplanationShape,
    )
    def get(self, request: Request) -> Response:
        """The explanation in the record as it is now."""
        code = request.query_params.get("app", "").removeprefix(f"{ThingKind.APP}:")
        thing = ref_of(request, "thing")
        graph = current_graph()
        app = app_seen(graph, Ref(ThingKind.APP, code), signed_in(request))
        why = explain(graph, app, thing)
        return Response(answer_of_explanation(why))

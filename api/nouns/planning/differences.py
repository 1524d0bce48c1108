"""Two plans side by side: `plans/ID/difference/?with=ID`."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Model
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.http.auth import signed_in
from api.nouns.restorable import AmountsShape
from dcim.actions.plans.comparison import difference_of_plans, other_plan_seen, plan_seen
from dcim.planning.differences.answers import answer_of_difference
from dcim.planning.document import Change, Outcome
from dcim.record.planner.plans import Plan
from dcim.vocabulary.amounts import ResourceClass


class PlanSideShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.differences.answers.SideAnswer`."""

    plan = serializers.IntegerField(allow_null=True)
    base_serial = serializers.IntegerField()
    stance = serializers.CharField()
    revived_weight = serializers.IntegerField()
    revived = serializers.IntegerField()
    bound = serializers.IntegerField()
    gap = serializers.FloatField()
    proved = serializers.BooleanField()
    asked = AmountsShape()
    reclaimed = AmountsShape()


class DecidedShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.differences.answers.DecidedAnswer`."""

    outcome = serializers.ChoiceField(choices=[one.value for one in Outcome])
    pool = serializers.CharField(allow_blank=True)


class AppDifferenceShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.differences.answers.AppDifferenceAnswer`."""

    code = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    first = DecidedShape(allow_null=True)
    second = DecidedShape(allow_null=True)


class PlaceShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.differences.answers.PlaceAnswer`."""

    pool = serializers.CharField()
    host = serializers.CharField(allow_blank=True)
    change = serializers.ChoiceField(choices=[one.value for one in Change])
    running = serializers.BooleanField()
    vcpus = serializers.IntegerField()
    memory_mib = serializers.IntegerField()
    storage_gib = serializers.IntegerField()


class MachineDifferenceShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.differences.answers.MachineDifferenceAnswer`."""

    name = serializers.CharField()
    app = serializers.CharField(allow_blank=True)
    moved = serializers.BooleanField()
    first = PlaceShape(allow_null=True)
    second = PlaceShape(allow_null=True)


class PoolDifferenceShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.differences.answers.PoolDifferenceAnswer`."""

    pool = serializers.CharField()
    resource_class = serializers.ChoiceField(choices=[one.value for one in ResourceClass])
    first = serializers.IntegerField(allow_null=True)
    second = serializers.IntegerField(allow_null=True)


class PlanDifferenceShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.differences.answers.PlanDifferenceAnswer`."""

    first = PlanSideShape()
    second = PlanSideShape()
    same_record = serializers.BooleanField()
    same = serializers.BooleanField()
    apps = AppDifferenceShape(many=True)
    machines = MachineDifferenceShape(many=True)
    pools = PoolDifferenceShape(many=True)


class PlanDifferenceView(APIView):
    """What two stored plans decide otherwise."""

    permission_model: ClassVar[type[Model]] = Plan

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "with", int, required=True, description="Id of the plan that it is laid beside."
            )
        ],
        responses=PlanDifferenceShape,
    )
    def get(self, request: Request, pk: int) -> Response:
        """Apps, machines and pools that differ, and how good each plan is."""
        reader = signed_in(request)
        first = plan_seen(pk, reader)
        second = other_plan_seen(request.query_params.get("with", ""), reader)
        found = difference_of_plans(first, second)
        return Response(answer_of_difference(found, (first.pk, second.pk)))

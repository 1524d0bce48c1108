"""What a plan changes: `plans/ID/comparison/?failed=rack:PDR-R01`."""

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
from dcim.actions.plans.comparison import compare_plan, plan_seen
from dcim.graph.propagation import State
from dcim.planning.questions.comparison import Verdict
from dcim.planning.questions.comparison_answers import NOT_RUNNING, answer_of_comparison
from dcim.record.planner.plans import Plan

STATES = [*(one.value for one in State), NOT_RUNNING]
VERDICTS = [one.value for one in Verdict]


class AppChangeShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.questions.comparison_answers.AppChangeAnswer`."""

    code = serializers.CharField()
    name = serializers.CharField()
    before = serializers.ChoiceField(choices=STATES)
    after = serializers.ChoiceField(choices=STATES)
    verdict = serializers.ChoiceField(choices=VERDICTS)
    chain = Names()


class PointsChangeShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.questions.comparison_answers.PointsChangeAnswer`."""

    app = serializers.CharField()
    new = Names()
    gone = Names()


class LossShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.questions.comparison_answers.LossAnswer`."""

    apps_down = serializers.IntegerField()
    apps_degraded = serializers.IntegerField()


class LossChangeShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.questions.comparison_answers.LossChangeAnswer`."""

    thing = serializers.CharField()
    before = LossShape()
    after = LossShape()
    revived = LossShape()
    verdict = serializers.ChoiceField(choices=VERDICTS)


class ComparisonShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.questions.comparison_answers.ComparisonAnswer`."""

    serial = serializers.IntegerField()
    plan = serializers.IntegerField()
    failed = Names()
    running_before = serializers.IntegerField()
    running_after = serializers.IntegerField()
    apps = AppChangeShape(many=True)
    single_points = PointsChangeShape(many=True)
    n_minus_one = LossChangeShape(many=True)


class ComparisonView(APIView):
    """The graph's answers before and after a plan, where they differ."""

    permission_model: ClassVar[type[Model]] = Plan

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "failed", str, many=True, description="KIND:NAME; fails before and after."
            )
        ],
        responses=ComparisonShape,
    )
    def get(self, request: Request, pk: int) -> Response:
        """The plan laid over the record as it is now."""
        plan = plan_seen(pk, signed_in(request))
        texts = request.query_params.getlist("failed")
        failed = [ref_of(request, "failed", text) for text in texts]
        return Response(answer_of_comparison(compare_plan(plan, failed), plan.pk))

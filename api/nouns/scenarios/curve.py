"""What each part of a plan's ask brings back: `plans/ID/curve/?step=10`."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Model
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.http.auth import signed_in
from api.nouns.impact import Names
from api.reading.briefs import Briefs
from dcim.actions.accounts.callers import address_of
from dcim.actions.changes import Actor
from dcim.actions.jobs.questions import ask_curve, curve_told
from dcim.actions.plans.comparison import plan_seen
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.scenarios.curve_answers import answer_of_curve
from dcim.record.planner.plans import Plan
from dcim.vocabulary.amounts import ResourceClass
from dcim.vocabulary.errors import InvalidInput


class ByClassShape(serializers.Serializer[Any]):
    """Units of each resource class."""

    VCPU = serializers.IntegerField()
    MEMORY_MIB = serializers.IntegerField()
    STORAGE_GIB = serializers.IntegerField()


class ReachedShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.scenarios.curve_answers.ReachedAnswer`."""

    revived = Names()
    weight = serializers.IntegerField()
    users_per_month = serializers.IntegerField()
    bound = serializers.IntegerField()
    gap = serializers.FloatField()
    proved = serializers.BooleanField()
    gained = Names()
    lost = Names()


class CurvePointShape(ReachedShape):
    """How OpenAPI describes `dcim.planning.scenarios.curve_answers.PointAnswer`."""

    share_percent = serializers.FloatField()
    granted = ByClassShape()
    is_breakpoint = serializers.BooleanField()


class PurchaseShape(ReachedShape):
    """How OpenAPI describes `dcim.planning.scenarios.curve_answers.PurchaseAnswer`."""

    resource_class = serializers.ChoiceField(choices=[one.value for one in ResourceClass])
    unit = serializers.IntegerField()
    amount = serializers.IntegerField()


class CurveShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.scenarios.curve_answers.CurveAnswer`."""

    serial = serializers.IntegerField()
    stance = serializers.ChoiceField(choices=[one.value for one in Stance])
    provider = serializers.CharField()
    asked = ByClassShape()
    is_complete = serializers.BooleanField()
    points = CurvePointShape(many=True)
    purchases = PurchaseShape(many=True)


class CurveBody(serializers.Serializer[Any]):
    """How fine the curve is to be."""

    step = serializers.IntegerField(
        required=False,
        default=10,
        min_value=1,
        max_value=100,
        help_text="Per cent from point to point.",
    )


class CurveView(APIView):
    """The plan's ask, granted in part: what comes back, on the record as it is now."""

    permission_model: ClassVar[type[Model]] = Plan

    @extend_schema(
        parameters=[
            OpenApiParameter("step", int, description="Per cent from point to point, 1 to 100.")
        ],
        responses=CurveShape,
    )
    def get(self, request: Request, pk: int) -> Response:
        """The curve of one plan's ask, as a job has worked it out on the record as it is.

        Plans that decide on few apps are answered without one; others with 409 until it has ended.
        """
        plan = plan_seen(pk, signed_in(request))
        step = percent_of(request.query_params.get("step", "10"))
        return Response(answer_of_curve(curve_told(plan, step)))

    @extend_schema(
        request=CurveBody, responses={202: {"type": "object", "additionalProperties": {}}}
    )
    def post(self, request: Request, pk: int) -> Response:
        """A job that works it out: its `data` is what GET answers, in part where it was stopped."""
        reader = signed_in(request)
        plan = plan_seen(pk, reader)
        asked = CurveBody(data=request.data)
        asked.is_valid(raise_exception=True)
        by = Actor.of(reader, source_address=address_of(request.META))
        job = ask_curve(plan, by=by, step=asked.validated_data["step"] * 10)
        return Response(Briefs(request).of(job), status=status.HTTP_202_ACCEPTED)


def percent_of(text: str) -> int:
    """Per cent as thousandths.

    Raises: InvalidInput.
    """
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:4]) <= 100):
        raise InvalidInput(
            f"“{text}” is not a step.", field="step", hint="Write per cent from 1 to 100."
        )
    return int(text) * 10

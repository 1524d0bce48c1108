"""What work on things means: `maintenance/?thing=rack:PDR-R01&from=…&until=…`."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Model
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.http.auth import signed_in
from api.nouns.emergency_book import PersonShape
from api.nouns.impact import Names, ref_of
from api.nouns.order import StepShape
from dcim.actions.questions.maintenance import check_maintenance, window_of
from dcim.actions.questions.notices import answer_with_notices
from dcim.planning.questions.moves import Deed
from dcim.record.planner.service_apps import ServiceApp

MOMENT = "A moment such as 2026-12-01T20:00; the time of the data centre without an offset."


class HitShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.questions.maintenance_answers.HitAnswer`."""

    code = serializers.CharField()
    name = serializers.CharField()
    owner = serializers.CharField()
    category = serializers.CharField()
    users_per_month = serializers.IntegerField()
    after_moves = serializers.ChoiceField(choices=["down", "moved", "degraded"])
    chain = Names()


class MoveShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.questions.maintenance_answers.MoveAnswer`."""

    machine = serializers.CharField()
    apps = Names()
    deed = serializers.ChoiceField(choices=[one.value for one in Deed])
    pool = serializers.CharField()
    host = serializers.CharField()


class WeakenedShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.questions.maintenance_answers.WeakenedAnswer`."""

    thing = serializers.CharField()
    members = serializers.CharField()
    left = serializers.IntegerField()
    size = serializers.IntegerField()
    needed = serializers.IntegerField()


class NoticeShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.questions.maintenance_answers.NoticeAnswer`."""

    to = Names()
    subject = serializers.CharField()
    body = serializers.CharField()
    mailto = serializers.CharField()


class ToldShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.questions.maintenance_answers.ToldAnswer`."""

    owner = serializers.CharField()
    name = serializers.CharField()
    apps_down = Names()
    apps_moved = Names()
    apps_degraded = Names()
    people = PersonShape(many=True)
    notice = NoticeShape()


class SiteShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.questions.maintenance_answers.SiteAnswer`."""

    site = serializers.CharField()
    people = PersonShape(many=True)


class MaintenanceShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.questions.maintenance_answers.MaintenanceAnswer`."""

    serial = serializers.IntegerField()
    things = Names()
    start = serializers.DateTimeField()
    until = serializers.DateTimeField()
    apps_down = HitShape(many=True)
    apps_degraded = HitShape(many=True)
    moves = MoveShape(many=True)
    less_to_spare = WeakenedShape(many=True)
    tell = ToldShape(many=True)
    sites = SiteShape(many=True)
    apps_without_contact = Names()
    stop = serializers.ListField(child=StepShape(many=True))
    start_again = serializers.ListField(child=StepShape(many=True))


class MaintenanceView(APIView):
    """Who is hit, whom to tell, what to move first, and the order of stopping and starting."""

    permission_model: ClassVar[type[Model]] = ServiceApp
    whole = True

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "thing", str, many=True, required=True, description="KIND:NAME; may be repeated."
            ),
            OpenApiParameter("from", str, required=True, description=MOMENT),
            OpenApiParameter("until", str, required=True, description=MOMENT),
        ],
        responses=MaintenanceShape,
    )
    def get(self, request: Request) -> Response:
        """The check of the record as it is now."""
        asked = request.query_params
        named = [ref_of(request, "thing", text) for text in asked.getlist("thing")]
        window = window_of(asked.get("from", ""), asked.get("until", ""))
        return Response(answer_with_notices(check_maintenance(named, window, signed_in(request))))

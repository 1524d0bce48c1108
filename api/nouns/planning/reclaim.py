"""The reclaim of a plan: what goes in which order, who is hit; waivers, and what is given back."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Model
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.bodies import Id, WithMessage, read
from api.http.auth import signed_in
from api.nouns.impact import HitAppShape, Names
from api.nouns.requests.steps import tenant_of
from api.reading.briefs import Briefs
from dcim.actions.accounts.callers import address_of
from dcim.actions.changes import Actor
from dcim.actions.plans.comparison import plan_seen
from dcim.actions.reclaim.answers import answer_of_overview
from dcim.actions.reclaim.backups import waive_backup
from dcim.actions.reclaim.giving_back import draft_give_backs
from dcim.actions.reclaim.overview import overview
from dcim.record.planner.plans import Plan
from dcim.vocabulary.choices_reclaim import Cover

OBJECTS: Any = {"type": "array", "items": {"type": "object", "additionalProperties": {}}}


class KeptCopyShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.actions.reclaim.answers.CopyAnswer`."""

    tier = serializers.CharField()
    place = serializers.CharField()
    last_success = serializers.CharField()


class KeptWaiverShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.actions.reclaim.answers.WaiverAnswer`."""

    user = serializers.CharField()
    created = serializers.CharField()
    reason = serializers.CharField()


class GoingShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.actions.reclaim.answers.GoingAnswer`."""

    machine = serializers.CharField()
    id = serializers.IntegerField(allow_null=True)
    wave = serializers.IntegerField()
    apps = Names()
    reason = serializers.CharField()
    amounts = serializers.DictField(child=serializers.IntegerField())
    allocation = serializers.CharField()
    cover = serializers.ChoiceField(choices=[one.value for one in Cover])
    tiers = Names()
    copies = KeptCopyShape(many=True)
    waiver = KeptWaiverShape(allow_null=True)


class FreedPoolShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.actions.reclaim.answers.FreedAnswer`."""

    pool = serializers.CharField()
    amounts = serializers.DictField(child=serializers.IntegerField())


class ReclaimedShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.actions.reclaim.answers.ReclaimedAnswer`."""

    machine = serializers.CharField()
    amounts = serializers.DictField(child=serializers.IntegerField())
    copy = serializers.CharField()
    allocation = serializers.CharField()
    request = serializers.CharField()


class ReclaimShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.actions.reclaim.answers.ReclaimAnswer`."""

    serial = serializers.IntegerField()
    is_free_to_go = serializers.BooleanField()
    apps_down = HitAppShape(many=True)
    apps_degraded = HitAppShape(many=True)
    going = GoingShape(many=True)
    targets = Names()
    networks = serializers.DictField(child=Names())
    freed = FreedPoolShape(many=True)
    reclaimed = ReclaimedShape(many=True)


class WaiverBody(WithMessage):
    """Which machine may go without a copy, and why."""

    machine = serializers.CharField(max_length=250, help_text="TARGET/MACHINE, as the plan does.")
    reason = serializers.CharField(max_length=500)


class GiveBackBody(WithMessage):
    """Who applies; else who applied for the grant."""

    tenant = Id(required=False)


class ReclaimView(APIView):
    """What a plan takes away."""

    permission_model: ClassVar[type[Model]] = Plan

    @extend_schema(operation_id="plugins_planner_plans_reclaim", responses={200: ReclaimShape})
    def get(self, request: Request, pk: int) -> Response:
        """Order, who is hit, copies and waivers, what is freed; 409 where the record differs."""
        plan = plan_seen(pk, signed_in(request))
        return Response(answer_of_overview(overview(plan)))


class WaiveBackupView(APIView):
    """Let a machine of a plan go without a copy; never by the plan's author."""

    permission_model: ClassVar[type[Model]] = Plan
    permission_action = "approve"

    @extend_schema(
        operation_id="plugins_planner_plans_waive_backup",
        request=WaiverBody,
        responses={201: {"type": "object", "additionalProperties": {}}},
    )
    def post(self, request: Request, pk: int) -> Response:
        """The waiver; 403 for the author, 409 where none is needed."""
        plan = plan_seen(pk, signed_in(request))
        asked = read(WaiverBody, request.data)
        made = waive_backup(
            plan, asked["machine"], reason=asked["reason"], by=_actor(request, asked)
        )
        return Response(Briefs(request).of(made), status=status.HTTP_201_CREATED)


class GiveBackView(APIView):
    """Draft what a plan's reclaim freed on grants as requests that give it back."""

    permission_model: ClassVar[type[Model]] = Plan

    @extend_schema(
        operation_id="plugins_planner_plans_give_back",
        request=GiveBackBody,
        responses={200: OBJECTS},
    )
    def post(self, request: Request, pk: int) -> Response:
        """The drafts, one per grant; again they are the same."""
        plan = plan_seen(pk, signed_in(request))
        asked = read(GiveBackBody, request.data)
        tenant = tenant_of(asked["tenant"], request) if asked.get("tenant") else None
        made = draft_give_backs(plan, tenant=tenant, by=_actor(request, asked))
        briefs = Briefs(request)
        return Response([briefs.of(one.draft) for one in made if one.draft is not None])


def _actor(request: Request, asked: Any) -> Actor:
    message, where = asked.get("changelog_message") or "", address_of(request.META)
    return Actor.of(signed_in(request), message=message, source_address=where)

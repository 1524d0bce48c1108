"""Plans: made from the record as it is, kept frozen, and given out as documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from django.db.models import Model, QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.bodies import WithMessage
from api.fields.wire import Computed, WireField
from api.http.auth import signed_in
from api.http.etags import is_named, tags_named
from api.reading.briefs import Briefs
from api.records import RecordSerializer, RecordViewSet
from dcim.actions.accounts.callers import address_of
from dcim.actions.changes import Actor
from dcim.actions.jobs.queue import enqueue
from dcim.actions.plans.approvals import approve_plan
from dcim.actions.plans.making import document_of, make_plan, planning_serial
from dcim.actions.rights import visible
from dcim.planning.document import encode
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.solver import LIMIT, Effort
from dcim.record.planner.plans import Plan, PlanApproval
from dcim.vocabulary.errors import UnknownThing

OBJECTIVE: Final = {
    "type": "object",
    "nullable": True,
    "additionalProperties": {},
    "description": "What it reaches: revived_weight, bound, gap, proved, and the amounts.",
}


class NewPlan(WithMessage):
    """How the blockers are taken: as declared, or as if all that can be were cured."""

    stance = serializers.ChoiceField(
        choices=[one.value for one in Stance], default=Stance.AS_DECLARED.value
    )
    pools = serializers.ListField(
        child=serializers.CharField(max_length=200),
        required=False,
        default=list,
        help_text="Pools that new machines may go to, as cluster:NAME; empty: all.",
    )
    limit_s = serializers.FloatField(
        required=False, default=LIMIT, help_text="Deterministic seconds for each stage."
    )
    background = serializers.BooleanField(
        required=False, default=False, help_text="Answer with a job that makes it, 202."
    )


class PlanSerializer(RecordSerializer):
    """A plan without its document, which has an address of its own."""

    def derived_fields(self) -> dict[str, WireField]:
        fields = super().derived_fields()
        del fields["document"]
        return {**fields, "objective": Computed(_objectives, OBJECTIVE, missing=None)}


def _objectives(keys: Sequence[int], briefs: Briefs) -> dict[int, object]:
    """What each plan reaches, with its bound, its gap, and whether it is proved the best."""
    rows = Plan.objects.filter(pk__in=keys).values_list("pk", "document__objective")
    return dict(rows)


class PlanViewSet(RecordViewSet):
    """List, read and make plans."""

    answers_what_stands: ClassVar[bool] = True  # the stored plan while nothing has changed, 200
    answers_with_a_job: ClassVar[bool] = True  # in the background, 202

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().defer("document")

    @extend_schema(request=NewPlan)
    def create(self, request: Request, **kwargs: Any) -> Response:
        """The plan of the record as it is now; the stored one when nothing has changed since."""
        asked = NewPlan(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        effort = Effort(limit_s=given["limit_s"])
        if given["background"]:
            arguments = {name: given[name] for name in ("stance", "pools", "limit_s")}
            job = enqueue("planner.plan", arguments, by=self.actor)
            return Response(Briefs(request).of(job), status=status.HTTP_202_ACCEPTED)
        stance = Stance(given["stance"])
        plan, made = make_plan(stance, by=self.actor, only=given["pools"], effort=effort)
        body = self.get_serializer(self.get_queryset().get(pk=plan.pk)).data
        return Response(body, status=status.HTTP_201_CREATED if made else status.HTTP_200_OK)


class PlanApprovalSerializer(RecordSerializer):
    """An approval, and whether it still holds."""

    def derived_fields(self) -> dict[str, WireField]:
        lapsed = Computed(_lapsed, {"type": "boolean"}, missing=False)
        return {**super().derived_fields(), "has_lapsed": lapsed}


def _lapsed(keys: Sequence[int], briefs: Briefs) -> dict[int, bool]:
    """Whether the record has moved on since each approval."""
    serial = planning_serial()
    rows = PlanApproval.objects.filter(pk__in=keys).values_list("pk", "base_serial")
    return {pk: base != serial for pk, base in rows}


class NewApproval(WithMessage):
    """What was looked at, and what is said to it."""

    digest = serializers.CharField(max_length=80)
    comment = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")


class ApprovePlanView(APIView):
    """Approve a plan: its digest says what was looked at; never by its author."""

    permission_model: ClassVar[type[Model]] = Plan
    permission_action = "approve"

    @extend_schema(
        operation_id="plugins_planner_plans_approve",
        request=NewApproval,
        responses={201: {"type": "object", "additionalProperties": {}}},
    )
    def post(self, request: Request, pk: int) -> Response:
        """The approval; 409 once the record has changed, 403 for the author."""
        reader = signed_in(request)
        plan = visible(Plan.objects.filter(pk=pk), reader, "approve").first()
        if plan is None:
            raise UnknownThing(
                f"There is no plan with the id {pk}.", hint="Look it up in the list."
            )
        asked = NewApproval(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        message, where = given.get("changelog_message") or "", address_of(request.META)
        by = Actor.of(reader, message=message, source_address=where)
        made = approve_plan(plan, digest=given["digest"], comment=given["comment"], by=by)
        return Response(Briefs(request).of(made), status=status.HTTP_201_CREATED)


class PlanDocumentView(APIView):
    """A plan's document: the canonical bytes over which its digest was made.

    The digest is its entity tag, so who has the document already is answered with 304.
    """

    permission_model: ClassVar[type[Model]] = Plan

    @extend_schema(responses={200: {"type": "object", "additionalProperties": {}}})
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The document of one plan; 304 where `If-None-Match` names its digest."""
        plan = visible(Plan.objects.filter(pk=pk), signed_in(request)).first()
        if plan is None:
            raise UnknownThing(
                f"There is no plan with the id {pk}.", hint="Look it up in the list."
            )
        tag = {"ETag": f'"{plan.digest}"'}
        if is_named(plan.digest, tags_named(request, "If-None-Match") or frozenset()):
            return HttpResponse(status=status.HTTP_304_NOT_MODIFIED, headers=tag)
        body = encode(document_of(plan))
        return HttpResponse(body, content_type="application/json", headers=tag)

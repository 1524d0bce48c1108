"""What is done about drift on the wire: compare, accept into the record, repair, ignore by rule."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db.models import Model
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.http.auth import signed_in
from api.reading.briefs import Briefs
from dcim.actions.accounts.callers import address_of
from dcim.actions.changes import Actor
from dcim.actions.drift.deeds import accept, ask_scan, ignore
from dcim.actions.drift.repairing import ask_repair
from dcim.actions.rights import visible
from dcim.record.planner.drift import DriftFinding
from dcim.vocabulary.errors import UnknownThing

OBJECT: Final[dict[str, Any]] = {"type": "object", "additionalProperties": {}}


class Ignoring(serializers.Serializer[Any]):
    """Why a difference may stay, and its last day."""

    reason = serializers.CharField(min_length=3, max_length=200)
    valid_until = serializers.DateField(required=False, allow_null=True)


class FindingDeed(APIView):
    """Something that is done about one finding."""

    permission_model: ClassVar[type[Model]] = DriftFinding
    permission_action = "change"

    def finding(self, request: Request, pk: int) -> DriftFinding:
        """The finding that the caller sees."""
        found = visible(DriftFinding.objects.filter(pk=pk), signed_in(request)).first()
        if found is None:
            raise UnknownThing(
                f"There is no drift finding with the id {pk}.", hint="Look it up in the list."
            )
        return found


class ScanView(APIView):
    """Ask for a comparison of all targets."""

    permission_model: ClassVar[type[Model]] = DriftFinding
    permission_action = "change"

    @extend_schema(
        operation_id="plugins_planner_drift_findings_scan", request=None, responses={202: OBJECT}
    )
    def post(self, request: Request) -> Response:
        """202: the job that compares; it changes neither hypervisor nor state."""
        return Response(Briefs(request).of(ask_scan(by=actor(request))), status=202)


class AcceptView(FindingDeed):
    """Let the record take what the hypervisor has."""

    @extend_schema(
        operation_id="plugins_planner_drift_findings_accept",
        request=None,
        responses={200: {**OBJECT, "nullable": True}},
    )
    def post(self, request: Request, pk: int) -> Response:
        """The machine as recorded, null where it was removed; 409 when there is nothing to take."""
        machine = accept(self.finding(request, pk), by=actor(request))
        return Response(None if machine is None else Briefs(request).of(machine))


class RepairView(FindingDeed):
    """Ask for the preview that shows how the finding's target is brought back to the record."""

    @extend_schema(
        operation_id="plugins_planner_drift_findings_repair",
        request=None,
        responses={202: OBJECT},
    )
    def post(self, request: Request, pk: int) -> Response:
        """202: the preview, which a second person approves; 409 where no run can repair it."""
        run = ask_repair(self.finding(request, pk), by=actor(request))
        return Response(Briefs(request).of(run), status=202)


class IgnoreView(FindingDeed):
    """Let the difference be, by a rule; it takes the right to add rules too."""

    @extend_schema(
        operation_id="plugins_planner_drift_findings_ignore",
        request=Ignoring,
        responses={201: OBJECT},
    )
    def post(self, request: Request, pk: int) -> Response:
        """201: the rule."""
        finding = self.finding(request, pk)
        asked = Ignoring(data=request.data)
        asked.is_valid(raise_exception=True)
        rule = ignore(finding, **asked.validated_data, by=actor(request))
        return Response(Briefs(request).of(rule), status=201)


def actor(request: Request) -> Actor:
    """Who asks, from where."""
    return Actor.of(signed_in(request), source_address=address_of(request.META))

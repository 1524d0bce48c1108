"""Runs of the engine on the wire: asked for, watched, approved, applied and ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from django.db.models import Model, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.bodies import Id, WithMessage, read
from api.fields.wire import Computed
from api.http.auth import signed_in
from api.nouns.plans import NewApproval
from api.reading.briefs import Briefs
from api.records import RecordSerializer, RecordViewSet
from dcim.actions.accounts.callers import address_of
from dcim.actions.changes import Actor
from dcim.actions.drift.repairing import ask_as_is
from dcim.actions.provisioning.approvals import approve_preview
from dcim.actions.provisioning.asking import LOOKS, ask_apply, ask_run, stop_run
from dcim.actions.rights import visible
from dcim.catalog.roles import APPLY, APPROVE, CHANGE
from dcim.planning.load.members import member
from dcim.record.planner.jobs import Job
from dcim.record.planner.plans import Plan, ProvisioningRun
from dcim.vocabulary.choices import RunKind, RunStatus
from dcim.vocabulary.errors import UnknownThing

OBJECT: Final[Any] = {"type": "object", "additionalProperties": {}}
PROGRESS: Final = {
    "type": "object",
    "nullable": True,
    "description": "How far an open run is; null once it has ended.",
    "properties": {
        "done": {"type": "integer"},
        "total": {"type": "integer"},
        "text": {"type": "string"},
        "stop_requested": {"type": "boolean"},
        "log": {"type": "array", "items": OBJECT},
    },
}


class NewRun(WithMessage):
    """What the engine is asked: it looks only; what changes things is an approved preview."""

    plan = Id(required=False)
    as_is = serializers.BooleanField(
        default=False, help_text="Instead of a plan: preview the record as it stands."
    )
    kind = serializers.ChoiceField(
        choices=[one.value for one in LOOKS], default=RunKind.PREVIEW.value
    )
    targets = serializers.ListField(
        child=serializers.CharField(max_length=200),
        required=False,
        default=list,
        help_text="Names of the plan's targets; all when left out.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A plan, or the record as it stands.

        Raises: ValidationError.
        """
        if attrs["as_is"] == ("plan" in attrs):
            raise serializers.ValidationError({"plan": "Name a plan, or ask for as_is."})
        if attrs["as_is"] and attrs["kind"] != RunKind.PREVIEW:
            raise serializers.ValidationError({"kind": "How things stand is previewed."})
        return attrs


class ProvisioningRunSerializer(RecordSerializer):
    """A run, and how far it is while it is open."""

    progress = Computed(lambda keys, briefs: _progress(keys), PROGRESS)


def _progress(keys: Sequence[int]) -> Mapping[int, object]:
    runs = ProvisioningRun.objects.filter(pk__in=keys, job_id__isnull=False)
    open_runs = {
        one.job_id: one.pk
        for one in runs.exclude(status=RunStatus.ENDED.value).only("pk", "job_id")
        if one.job_id is not None
    }
    return {
        open_runs[job.job_id]: {
            "done": job.done,
            "total": job.total,
            "text": job.text,
            "stop_requested": job.stop_requested,
            "log": job.log_entries,
        }
        for job in Job.objects.filter(job_id__in=open_runs)
    }


class ProvisioningRunViewSet(RecordViewSet):
    """List and read runs, and ask for one."""

    answers_what_stands: ClassVar[bool] = True  # the same run while it is open, 200

    @extend_schema(request=NewRun)
    def create(self, request: Request, **kwargs: Any) -> Response:
        """The queued run; a worker does it, and `progress` says how far it is."""
        given = read(NewRun, request.data)
        newest = ProvisioningRun.objects.values_list("pk", flat=True).order_by("-pk").first() or 0
        by = self.actor.saying(given.get("changelog_message") or "")
        if given["as_is"]:
            run = ask_as_is(given["targets"], by=by)
        else:
            plan = _plan(request, given["plan"])
            run = ask_run(plan, member(RunKind, given["kind"]), given["targets"], by=by)
        body = self.get_serializer(self.get_queryset().get(pk=run.pk)).data
        is_new = run.pk > newest
        return Response(body, status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)


def _plan(request: Request, pk: int) -> Plan:
    rows: QuerySet[Plan] = Plan.objects.filter(pk=pk)
    plan = visible(rows, signed_in(request)).first()
    if plan is None:
        raise UnknownThing(
            f"There is no plan with the id {pk}.", field="plan", hint="Look it up in the list."
        )
    return plan


class RunDeed(APIView):
    """A deed with one run that the caller sees."""

    permission_model: ClassVar[type[Model]] = ProvisioningRun

    def asked_of(self, request: Request, pk: int) -> tuple[ProvisioningRun, Actor]:
        """The run of the address, and who does something with it.

        Raises: UnknownThing.
        """
        reader = signed_in(request)
        run = visible(ProvisioningRun.objects.filter(pk=pk), reader).first()
        if run is None:
            raise UnknownThing(f"There is no run with the id {pk}.", hint="Look it up in the list.")
        return run, Actor.of(reader, source_address=address_of(request.META))


class StopRunView(RunDeed):
    """Ask for the end of a run."""

    permission_action = CHANGE

    @extend_schema(
        operation_id="plugins_planner_provisioning_runs_stop", request=None, responses={202: OBJECT}
    )
    def post(self, request: Request, pk: int) -> Response:
        """202: it does not begin, or ends after the step that it is at; 409 once it has ended."""
        run, by = self.asked_of(request, pk)
        return Response(Briefs(request).of(stop_run(run, by=by)), status=202)


class ApproveRunView(RunDeed):
    """Approve a preview: its plan's digest says what was looked at; never by who asked for it."""

    permission_action = APPROVE

    @extend_schema(
        operation_id="plugins_planner_provisioning_runs_approve",
        request=NewApproval,
        responses={201: OBJECT},
    )
    def post(self, request: Request, pk: int) -> Response:
        """The approval; 409 when something has moved, 403 for the plan's author and the asker."""
        run, by = self.asked_of(request, pk)
        asked = NewApproval(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        by = by.saying(given.get("changelog_message") or "")
        made = approve_preview(run, digest=given["digest"], comment=given["comment"], by=by)
        return Response(Briefs(request).of(made), status=status.HTTP_201_CREATED)


class ApplyRunView(RunDeed):
    """Apply what an approved preview showed."""

    permission_action = APPLY

    @extend_schema(
        operation_id="plugins_planner_provisioning_runs_apply",
        request=None,
        responses={202: OBJECT},
    )
    def post(self, request: Request, pk: int) -> Response:
        """The queued run that applies it; 409 says what moved, or which guard forbids it."""
        run, by = self.asked_of(request, pk)
        return Response(Briefs(request).of(ask_apply(run, by=by)), status=202)

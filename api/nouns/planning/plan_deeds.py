"""What is done with a stored plan: its ask drafted, and what would let an app in."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Id, WithMessage, read
from api.http.auth import signed_in
from api.nouns.requests.steps import tenant_of
from api.reading.briefs import Briefs
from api.records import RecordViewSet
from dcim.actions.jobs.questions import ask_changes, changes_told
from dcim.actions.requests.plan_asks import draft_plan_ask

OBJECT: Any = {"type": "object", "additionalProperties": {}}
OBJECTS: Any = {"type": "array", "items": OBJECT}


class AskBody(WithMessage):
    """Who applies; else the asker's own office."""

    tenant = Id(required=False)


class ChangesBody(WithMessage):
    """The apps to look at."""

    app = serializers.ListField(
        child=serializers.CharField(max_length=50),
        required=False,
        default=list,
        help_text="Codes; all when left out.",
    )


class PlanAsks(RecordViewSet):
    """The ask of a plan as a draft request."""

    @extend_schema(request=AskBody, responses={200: OBJECT, 201: OBJECT})
    def draft(self, request: Request, **kwargs: Any) -> Response:
        """A draft with a line per machine asked for; 409 once the record has changed."""
        asked = read(AskBody, request.data)
        tenant = tenant_of(asked.get("tenant"), request)
        made, is_new = draft_plan_ask(self.get_object(), tenant=tenant, by=self.actor)
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(Briefs(request).of(made), status=code)


class PlanChanges(RecordViewSet):
    """What would let an app in that a plan leaves out, lets wait or has repaired first."""

    pagination_class = None
    filter_backends: Any = ()

    @extend_schema(
        parameters=[
            OpenApiParameter("app", str, many=True, description="Codes; all when left out.")
        ],
        responses={200: OBJECTS},
    )
    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """What binds each app, and the smallest changes that let it in, as a job has found them.

        Plans that decide on few apps are answered without one; others with 409 until it has ended.
        """
        signed_in(request)
        return Response(changes_told(self.get_object(), request.query_params.getlist("app")))

    @extend_schema(request=ChangesBody, responses={202: OBJECT})
    def ask(self, request: Request, **kwargs: Any) -> Response:
        """A job that looks for them: its `data` has `apps` as GET answers them, `is_complete`."""
        asked = read(ChangesBody, request.data)
        job = ask_changes(self.get_object(), asked["app"], by=self.actor)
        return Response(Briefs(request).of(job), status=status.HTTP_202_ACCEPTED)

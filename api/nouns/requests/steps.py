"""Steps of requests, and what becomes of grants: each calls one action, which says who may."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Model
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import read
from api.http.auth import signed_in
from api.nouns.requests.bodies import (
    BundleBody,
    Confirmed,
    RenewalBody,
    StepBody,
    given_in,
    loss_body,
    progress_body,
)
from api.reading.briefs import Briefs
from api.records import RecordViewSet
from dcim.actions.requests.deeds import DEEDS
from dcim.actions.requests.drafting import draft_bundle, draft_renewal
from dcim.actions.requests.giving_back import loss_of, return_allocation
from dcim.actions.requests.progress import progress_of
from dcim.actions.rights import visible
from dcim.catalog.roles import CHANGE, VIEW
from dcim.record.people.organisation import Tenant
from dcim.record.planner.allocations import Provider
from dcim.record.planner.requests import AllocationRequest
from dcim.vocabulary.choices_requests import RequestDeed
from dcim.vocabulary.errors import InvalidInput

OBJECT: Any = {"type": "object", "additionalProperties": {}}


class RequestSteps(RecordViewSet):
    """One step of a request. Who may take it follows from the step, so the action judges it."""

    deed: ClassVar[RequestDeed] = RequestDeed.SIGN
    permission_action: ClassVar[str] = VIEW

    @extend_schema(request=StepBody, responses={200: OBJECT})
    def take(self, request: Request, **kwargs: Any) -> Response:
        """The request after the step; 409 where it is not where the step begins."""
        stored = self.get_object()
        given = given_in(read(StepBody, request.data))
        DEEDS[self.deed](stored, given, by=self.actor)
        return Response(self._shown_as_json([self.get_object()])[0])


class RequestProgress(RecordViewSet):
    """Where a request stands."""

    pagination_class = None
    filter_backends: Any = ()

    @extend_schema(responses={200: OBJECT})
    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """Sums, what has moved since it was signed, the steps the asker may take, its bundle."""
        return Response(progress_body(progress_of(self.get_object(), signed_in(request))))


class RequestBundles(RecordViewSet):
    """Drafts that pass the requests of offices on."""

    @extend_schema(request=BundleBody, responses={201: OBJECT})
    def bundle(self, request: Request, **kwargs: Any) -> Response:
        """A draft with a line for each of theirs."""
        asked, reader = read(BundleBody, request.data), signed_in(request)
        chosen = visible(AllocationRequest.objects.filter(pk__in=asked["requests"]), reader)
        if chosen.count() != len(set(asked["requests"])):
            raise InvalidInput(
                "One of the requests is unknown.",
                field="requests",
                hint="Look them up in the list.",
            )
        values = {
            "tenant": tenant_of(asked.get("tenant"), request),
            "provider": _named(Provider, asked["provider"], "provider", request),
            "subject": asked["subject"],
        }
        made = draft_bundle(list(chosen.order_by("number")), values, by=self.actor)
        return Response(Briefs(request).of(made), status=status.HTTP_201_CREATED)


class GrantReturns(RecordViewSet):
    """Giving a grant back."""

    permission_action: ClassVar[str] = CHANGE

    @extend_schema(responses={200: OBJECT})
    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """Who is hit when it goes, and the word that confirms that this was seen."""
        return Response(loss_body(loss_of(self.get_object())))

    @extend_schema(request=Confirmed, responses={200: OBJECT})
    def give_back(self, request: Request, **kwargs: Any) -> Response:
        """The grant, returned; 409 while machines draw on it that were not confirmed."""
        given = given_in(read(Confirmed, request.data))
        return_allocation(self.get_object(), given, by=self.actor)
        return Response(self._shown_as_json([self.get_object()])[0])


class GrantRenewals(RecordViewSet):
    """Asking for a grant to go on."""

    permission_action: ClassVar[str] = VIEW

    @extend_schema(request=RenewalBody, responses={201: OBJECT})
    def renew(self, request: Request, **kwargs: Any) -> Response:
        """The draft of a request for its renewal."""
        asked = read(RenewalBody, request.data)
        made = draft_renewal(
            self.get_object(),
            tenant=tenant_of(asked.get("tenant"), request),
            valid_until=asked["valid_until"],
            by=self.actor,
        )
        return Response(Briefs(request).of(made), status=status.HTTP_201_CREATED)


def tenant_of(pk: int | None, request: Request) -> Tenant:
    """The tenant that is named; else the asker's own."""
    own = signed_in(request).tenant
    if pk is None and own is not None:
        return own
    if pk is None:
        raise InvalidInput(
            "Say who asks.", field="tenant", hint="Give the id of the office that applies."
        )
    tenant: Tenant = _named(Tenant, pk, "tenant", request)
    return tenant


def _named(model: type[Model], pk: int, field: str, request: Request) -> Any:
    found = visible(model._default_manager.filter(pk=pk), signed_in(request)).first()
    if found is None:
        raise InvalidInput(
            f"There is none with the id {pk}.", field=field, hint="Look it up in the list."
        )
    return found

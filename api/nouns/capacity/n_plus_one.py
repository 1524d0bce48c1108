"""Whether clusters survive the loss of the hosts that they are to survive: `n-plus-one/`."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Model
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.http.paging import LimitOffset
from api.nouns.boards import PAGE_PARAMETERS
from dcim.actions.capacity.n_plus_one import current_survivals, survival_of
from dcim.planning.capacity.n_plus_one import Verdict
from dcim.planning.capacity.n_plus_one_answers import answer_of_survival
from dcim.planning.capacity.pack import Fit
from dcim.record.networks.virtualization import Cluster
from dcim.vocabulary.amounts import ResourceClass

CLASSES = [one.value for one in ResourceClass]
FITS = [one.name.lower() for one in Fit]


class ShortageShape(serializers.Serializer[Any]):
    """How OpenAPI describes `n_plus_one_answers.ShortageAnswer`."""

    resource_class = serializers.ChoiceField(choices=CLASSES)
    asked = serializers.IntegerField()
    free = serializers.IntegerField()


class EvacuatedShape(serializers.Serializer[Any]):
    """How OpenAPI describes `n_plus_one_answers.MoveAnswer`."""

    machine = serializers.CharField()
    id = serializers.CharField()
    host = serializers.CharField()
    to = serializers.CharField()


class StuckShape(EvacuatedShape):
    """How OpenAPI describes `n_plus_one_answers.StuckAnswer`."""

    amounts = serializers.DictField(child=serializers.IntegerField())
    lacking = ShortageShape(many=True)


class RepackShape(serializers.Serializer[Any]):
    """How OpenAPI describes `n_plus_one_answers.RepackAnswer`."""

    fit = serializers.ChoiceField(choices=FITS)
    moves = EvacuatedShape(many=True)


class HostLossShape(serializers.Serializer[Any]):
    """How OpenAPI describes `n_plus_one_answers.LossAnswer`."""

    hosts = serializers.ListField(child=serializers.CharField())
    fit = serializers.ChoiceField(choices=FITS)
    moves = EvacuatedShape(many=True)
    stuck = StuckShape(many=True)
    short = ShortageShape(many=True)
    repack = RepackShape(allow_null=True)


class SurvivalShape(serializers.Serializer[Any]):
    """What a cluster survives; with all its losses where it was asked for by name."""

    serial = serializers.IntegerField()
    cluster = serializers.CharField()
    verdict = serializers.ChoiceField(choices=[one.value for one in Verdict])
    host_failures_to_survive = serializers.IntegerField()
    hosts = serializers.IntegerField()
    sets = serializers.IntegerField()
    examined = serializers.IntegerField()
    largest = serializers.IntegerField()
    losses = HostLossShape(many=True)
    refused = serializers.ListField(child=serializers.CharField())


SURVIVALS_SCHEMA: dict[int, Any] = {200: SurvivalShape(many=True)}


class NPlusOneView(APIView):
    """For each cluster with hosts whether its machines fit on what is left after a loss."""

    permission_model: ClassVar[type[Model]] = Cluster
    whole = True
    pagination_class = LimitOffset

    @extend_schema(
        operation_id="plugins_planner_n_plus_one_list",
        parameters=[
            OpenApiParameter(
                "cluster", str, description="A cluster's name; with the plan of every evacuation."
            ),
            *PAGE_PARAMETERS,
        ],
        responses=SURVIVALS_SCHEMA,
    )
    def get(self, request: Request) -> Response:
        """One page of clusters of the record as it is now; losses that are survived on request."""
        name = request.query_params.get("cluster", "")
        found = survival_of(name) if name else current_survivals()
        pages = LimitOffset()
        page = pages.paginate_queryset(list(found.clusters), request)
        answer = [answer_of_survival(one, found.serial) for one in page]
        return pages.get_paginated_response(answer)

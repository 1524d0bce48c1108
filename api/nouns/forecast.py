"""When each pool runs full, or that this can't be told yet."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db.models import Model
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.http.paging import LimitOffset
from dcim.actions.forecasts.current import current_forecasts
from dcim.planning.forecast.answers import answer_of
from dcim.planning.forecast.forecast import Verdict
from dcim.record.networks.virtualization import Cluster
from dcim.vocabulary.amounts import ResourceClass


class SpreadAnswer(serializers.Serializer[Any]):
    """Four of five futures lie between the outer two."""

    low = serializers.FloatField()
    likely = serializers.FloatField()
    high = serializers.FloatField()


class StepAnswer(serializers.Serializer[Any]):
    """A change on one day that is not read as growth."""

    day = serializers.DateField()
    amount = serializers.IntegerField()


class ForecastAnswer(serializers.Serializer[Any]):
    """One pool and resource class, in the units of the class."""

    pool = serializers.CharField()
    resource_class = serializers.ChoiceField(choices=[one.value for one in ResourceClass])
    verdict = serializers.ChoiceField(choices=[one.value for one in Verdict])
    as_of = serializers.DateField(allow_null=True)
    days = serializers.IntegerField()
    needed_days = serializers.IntegerField()
    changes = serializers.IntegerField()
    needed_changes = serializers.IntegerField()
    capacity = serializers.IntegerField()
    committed = serializers.IntegerField()
    per_month = SpreadAnswer(allow_null=True)
    full_earliest = serializers.DateField(allow_null=True)
    full_likely = serializers.DateField(allow_null=True)
    full_latest = serializers.DateField(allow_null=True)
    share_between = serializers.FloatField()
    steps = StepAnswer(many=True)


FORECASTS: Final[dict[int, Any]] = {200: ForecastAnswer(many=True)}


class ForecastView(APIView):
    """When each pool and resource class runs full, clusters first."""

    permission_model: ClassVar[type[Model]] = Cluster
    whole = True
    pagination_class = LimitOffset

    @extend_schema(
        operation_id="plugins_planner_forecast_list",
        parameters=[
            OpenApiParameter("limit", int, description=LimitOffset.limit_query_description),
            OpenApiParameter("offset", int, description=LimitOffset.offset_query_description),
        ],
        responses=FORECASTS,
    )
    def get(self, request: Request) -> Response:
        """One page of forecasts; `not_enough_history` where nothing can be told yet."""
        pages = LimitOffset()
        page = pages.paginate_queryset(list(current_forecasts()), request) or []
        return pages.get_paginated_response([answer_of(one) for one in page])

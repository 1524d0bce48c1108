"""Who holds what pools have, the days on which they change, and what still fits."""

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
from api.nouns.ledgers import LedgerAnswer
from dcim.actions.capacity.asked import by_of, size_of
from dcim.actions.capacity.pools import days_to_come, fitting_of, holdings_now
from dcim.actions.ledgers import current_books
from dcim.planning.capacity.dates import Event
from dcim.planning.capacity.fitting import Stop
from dcim.planning.capacity.holdings import By
from dcim.planning.capacity.ledger import Limit
from dcim.planning.capacity.ledger_answers import (
    answer_of_day,
    answer_of_fitting,
    answer_of_holding,
)
from dcim.record.networks.virtualization import Cluster
from dcim.vocabulary.amounts import ResourceClass


class HoldingShape(serializers.Serializer[Any]):
    """How OpenAPI describes `ledger_answers.HoldingAnswer`."""

    pool = serializers.CharField()
    holder = serializers.CharField()
    used = serializers.DictField(child=serializers.IntegerField())
    planned = serializers.DictField(child=serializers.IntegerField())
    reclaimable = serializers.DictField(child=serializers.IntegerField())


class PoolChangeShape(serializers.Serializer[Any]):
    """How OpenAPI describes `ledger_answers.ChangeAnswer`."""

    pool = serializers.CharField()
    event = serializers.ChoiceField(choices=[one.value for one in Event])
    name = serializers.CharField()


class LedgerDayShape(serializers.Serializer[Any]):
    """How OpenAPI describes `ledger_answers.DayAnswer`."""

    day = serializers.DateField()
    changes = PoolChangeShape(many=True)
    ledgers = LedgerAnswer(many=True)


class FittingShape(serializers.Serializer[Any]):
    """How OpenAPI describes `ledger_answers.FittingAnswer`."""

    pool = serializers.CharField()
    amounts = serializers.DictField(child=serializers.IntegerField())
    apart = serializers.BooleanField()
    count = serializers.IntegerField()
    at_most = serializers.IntegerField()
    without_reserve = serializers.IntegerField(allow_null=True)
    binding = serializers.ChoiceField(
        choices=[*(one.value for one in Limit), *(one.value for one in Stop)]
    )
    resource_class = serializers.ChoiceField(
        choices=[one.value for one in ResourceClass], allow_null=True
    )
    hosts = serializers.DictField(child=serializers.IntegerField())


HOLDINGS_SCHEMA: dict[int, Any] = {200: HoldingShape(many=True)}
DAYS_SCHEMA: dict[int, Any] = {200: LedgerDayShape(many=True)}
FITTINGS_SCHEMA: dict[int, Any] = {200: FittingShape(many=True)}
POOL = OpenApiParameter("pool", str, description="cluster:NAME or allocation:REFERENCE.")


class PoolView(APIView):
    """What is told of all pools at once, so to those who see all of them."""

    permission_model: ClassVar[type[Model]] = Cluster
    whole = True
    pagination_class = LimitOffset


class HoldingsView(PoolView):
    """Who holds what of each pool; the parts of a pool add up to its ledger."""

    @extend_schema(
        operation_id="plugins_planner_holdings_list",
        parameters=[
            OpenApiParameter("by", str, enum=[one.value for one in By]),
            POOL,
            *PAGE_PARAMETERS,
        ],
        responses=HOLDINGS_SCHEMA,
    )
    def get(self, request: Request) -> Response:
        """One page of holdings of the record as it is now, by owner unless said."""
        by = by_of(request.query_params.get("by", ""))
        rows = holdings_now(by).of(request.query_params.get("pool", ""))
        pages = LimitOffset()
        page = pages.paginate_queryset(list(rows), request)
        return pages.get_paginated_response([answer_of_holding(one) for one in page])


class LedgerDaysView(PoolView):
    """The days to come on which hosts come or go, or grants begin or end."""

    @extend_schema(
        operation_id="plugins_planner_ledger_days_list",
        parameters=[*PAGE_PARAMETERS],
        responses=DAYS_SCHEMA,
    )
    def get(self, request: Request) -> Response:
        """One page of days, each with the ledgers of the pools that change then."""
        found, pages = days_to_come(), LimitOffset()
        page = pages.paginate_queryset(list(found.days), request)
        answer = [answer_of_day(one, found.serial) for one in page]
        return pages.get_paginated_response(answer)


class FittingView(PoolView):
    """How many more machines of a size each pool takes, and what stops the next one."""

    @extend_schema(
        operation_id="plugins_planner_fitting_list",
        parameters=[
            OpenApiParameter("vcpus", int),
            OpenApiParameter("memory_mib", int),
            OpenApiParameter("storage_gib", int),
            OpenApiParameter("apart", bool, description="No two of them on one host."),
            POOL,
            *PAGE_PARAMETERS,
        ],
        responses=FITTINGS_SCHEMA,
    )
    def get(self, request: Request) -> Response:
        """One page of pools; only those of the page are packed."""
        size = size_of(request.query_params)
        pool = request.query_params.get("pool", "")
        named = [pool] if pool else [book.pool for book in current_books().ledgers]
        pages = LimitOffset()
        page = pages.paginate_queryset(named, request)
        answer = [answer_of_fitting(fitting_of(one, size), size) for one in page]
        return pages.get_paginated_response(answer)

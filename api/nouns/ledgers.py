"""What every pool has, uses, has promised and could get back."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db.models import Model
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.http.paging import LimitOffset
from dcim.actions.capacity.asked import day_of
from dcim.actions.capacity.pools import books_on
from dcim.planning.capacity.ledger import LedgerLine
from dcim.record.networks.virtualization import Cluster
from dcim.vocabulary.amounts import ResourceClass


class LineAnswer(serializers.Serializer[LedgerLine]):
    """One resource class of a pool, in Placement's words: capacity = (total - reserved) x ratio."""

    resource_class = serializers.ChoiceField(
        source="inventory.resource_class", choices=[one.value for one in ResourceClass]
    )
    total = serializers.IntegerField(source="inventory.total")
    reserved = serializers.IntegerField(source="inventory.reserved")
    allocation_ratio = serializers.FloatField(source="inventory.allocation_ratio")
    min_unit = serializers.IntegerField(source="inventory.min_unit")
    max_unit = serializers.IntegerField(source="inventory.max_unit")
    step_size = serializers.IntegerField(source="inventory.step_size")
    capacity = serializers.IntegerField(source="inventory.capacity")
    used = serializers.IntegerField()
    planned = serializers.IntegerField()
    reclaimable = serializers.IntegerField()
    free = serializers.IntegerField()


class LedgerAnswer(serializers.Serializer[Any]):
    """A cluster's or grant's ledger, in the state `serial` of the record."""

    serial = serializers.SerializerMethodField()
    pool = serializers.CharField()
    provider = serializers.CharField(allow_null=True)
    is_open = serializers.BooleanField()
    lines = LineAnswer(many=True)
    odd = serializers.ListField(child=serializers.CharField())

    def get_serial(self, ledger: object) -> int:
        serial: int = self.context["serial"]
        return serial


LEDGERS_SCHEMA: dict[int, Any] = {200: LedgerAnswer(many=True)}


class LedgersView(APIView):
    """The ledger of every pool, clusters first."""

    permission_model: ClassVar[type[Model]] = Cluster
    whole = True
    pagination_class = LimitOffset

    @extend_schema(
        operation_id="plugins_planner_ledgers_list",
        parameters=[
            OpenApiParameter("on", date, description="A day to come; today unless given."),
            OpenApiParameter("pool", str, description="cluster:NAME or allocation:REFERENCE."),
            OpenApiParameter("limit", int, description=LimitOffset.limit_query_description),
            OpenApiParameter("offset", int, description=LimitOffset.offset_query_description),
        ],
        responses=LEDGERS_SCHEMA,
    )
    def get(self, request: Request) -> Response:
        """One page of ledgers as the record tells them now, for today or a day to come."""
        given, pages = request.query_params, LimitOffset()
        books = books_on(day_of(given.get("on", "")), given.get("pool", ""))
        page = pages.paginate_queryset(list(books.ledgers), request)
        answer = LedgerAnswer(page, many=True, context={"serial": books.serial})
        return pages.get_paginated_response(answer.data)

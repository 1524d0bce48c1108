"""What falls with each thing alone: `n-minus-one/?kind=host&site=PDR`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django.db.models import Model
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.http.auth import signed_in
from api.http.paging import LimitOffset
from dcim.actions.failures import board_seen
from dcim.graph.board import ORDERINGS, WORST
from dcim.graph.board_answers import answer_of_board
from dcim.graph.load.record import current_graph
from dcim.graph.selection import FILTERS, selection_of
from dcim.record.planner.service_apps import ServiceApp

FILTER_PARAMETERS: Final = [
    OpenApiParameter("kind", str, many=True, description="A kind of thing; may be repeated."),
    OpenApiParameter(
        "within", str, many=True, description="KIND:NAME of a place that things stand in."
    ),
    *(
        OpenApiParameter(name, str, many=True, description=f"The same as within={name}:NAME.")
        for name in FILTERS[2:-1]
    ),
    OpenApiParameter("tenant", str, many=True, description="Slug of the owner of things."),
]
PAGE_PARAMETERS: Final = [
    OpenApiParameter("limit", int, description=LimitOffset.limit_query_description),
    OpenApiParameter("offset", int, description=LimitOffset.offset_query_description),
]
ORDERING: Final = OpenApiParameter(
    "ordering", str, description=f"One of {', '.join(ORDERINGS)}; a hyphen turns it round."
)


class CategoryShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.graph.board_answers.CategoryAnswer`."""

    apps_down = serializers.IntegerField()
    apps_degraded = serializers.IntegerField()
    users_per_month_down = serializers.IntegerField()
    users_per_month_degraded = serializers.IntegerField()


class CostShape(CategoryShape):
    """How OpenAPI describes `dcim.graph.board_answers.CostAnswer`."""

    owners_hit = serializers.IntegerField()
    by_category = serializers.DictField(child=CategoryShape())


class BoardRowShape(CostShape):
    """How OpenAPI describes `dcim.graph.board_answers.BoardRowAnswer`."""

    thing = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF's base class has a label too


class BoardShape(serializers.Serializer[Any]):
    """A page of the board, in the state `serial` of the record."""

    serial = serializers.IntegerField()
    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = BoardRowShape(many=True)


class BoardView(APIView):
    """Every thing failed alone, one row each, the worst first."""

    permission_model: ClassVar[type[Model]] = ServiceApp
    pagination_class = LimitOffset

    @extend_schema(
        operation_id="plugins_planner_n_minus_one_list",
        parameters=[*FILTER_PARAMETERS, ORDERING, *PAGE_PARAMETERS],
        responses=BoardShape,
    )
    def get(self, request: Request) -> Response:
        """One page of the board of the record as it is now."""
        ordering = request.query_params.get("ordering") or WORST
        chosen = selection_of(filters_of(request))
        found = board_seen(current_graph(), chosen, ordering, signed_in(request))
        pages = LimitOffset()
        answer = answer_of_board(found, pages.paginate_queryset(found, request))
        return paged(pages, answer)


def filters_of(request: Request) -> Mapping[str, list[str]]:
    """The filters that a request names, with their values."""
    return {name: request.query_params.getlist(name) for name in FILTERS}


def paged(pages: LimitOffset, answer: Any) -> Response:
    """The answer with the links to the pages before and after it."""
    links = pages.get_paginated_response(answer["results"]).data
    return Response({**links, **answer})

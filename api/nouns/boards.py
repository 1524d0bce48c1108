"""What falls with each thing alone: `n-minus-one/`, and what stops apps alone, and its cure."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db.models import Model
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.http.auth import signed_in
from api.http.paging import LimitOffset
from api.nouns.filtering import FILTER_PARAMETERS, filters_of, whole_number
from api.nouns.impact import CategoryShape, ref_of
from dcim.actions.questions.failures import board_seen, pairs_seen, points_seen
from dcim.graph.answers.board import answer_of_board, answer_of_pairs, answer_of_points
from dcim.graph.failures.board import ORDERINGS, WORST
from dcim.graph.failures.pairs import PairsAsked
from dcim.graph.failures.remedies import Remedy
from dcim.graph.failures.single_points import PointsAsked
from dcim.graph.load.record import current_graph
from dcim.graph.selection import kinds_of, selection_of
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.things import Ref, ThingKind

PAGE_PARAMETERS: Final = [
    OpenApiParameter("limit", int, description=LimitOffset.limit_query_description),
    OpenApiParameter("offset", int, description=LimitOffset.offset_query_description),
]
APPS_SHOWN: Final = 10
ORDERING: Final = OpenApiParameter(
    "ordering", str, description=f"One of {', '.join(ORDERINGS)}; a hyphen turns it round."
)


class CostShape(CategoryShape):
    """How OpenAPI describes `dcim.graph.answers.board.CostAnswer`."""

    owners_hit = serializers.IntegerField()
    by_category = serializers.DictField(child=CategoryShape())


class BoardRowShape(CostShape):
    """How OpenAPI describes `dcim.graph.answers.board.BoardRowAnswer`."""

    thing = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF's base class has a label too


class BoardShape(serializers.Serializer[Any]):
    """A page of the board, in the state `serial` of the record."""

    serial = serializers.IntegerField()
    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = BoardRowShape(many=True)


class ChangeShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.graph.answers.board.ChangeAnswer`."""

    code = serializers.ChoiceField(choices=[one.value for one in Remedy])
    at = serializers.CharField()
    on = serializers.CharField()
    count = serializers.IntegerField()
    text = serializers.CharField()


class StoppedAppShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.graph.answers.board.StoppedAppAnswer`."""

    code = serializers.CharField()
    name = serializers.CharField()
    owner = serializers.CharField()
    category = serializers.CharField()
    users_per_month = serializers.IntegerField()
    changes = ChangeShape(many=True)


class CategoryStoppedShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.graph.answers.board.CategoryStoppedAnswer`."""

    apps_down = serializers.IntegerField()
    users_per_month_down = serializers.IntegerField()


class SinglePointShape(CategoryStoppedShape):
    """How OpenAPI describes `dcim.graph.answers.board.SinglePointAnswer`."""

    thing = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF's base class has a label too
    owners_hit = serializers.IntegerField()
    by_category = serializers.DictField(child=CategoryStoppedShape())
    apps_count = serializers.IntegerField()
    apps = StoppedAppShape(many=True)


class SinglePointsShape(serializers.Serializer[Any]):
    """A page of single points of failure, in the state `serial` of the record."""

    serial = serializers.IntegerField()
    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = SinglePointShape(many=True)


class PairShape(CategoryStoppedShape):
    """How OpenAPI describes `dcim.graph.answers.board.PairAnswer`."""

    first = serializers.CharField()
    second = serializers.CharField()
    owners_hit = serializers.IntegerField()
    by_category = serializers.DictField(child=CategoryStoppedShape())
    apps = serializers.ListField(child=serializers.CharField())


class PairsShape(serializers.Serializer[Any]):
    """A page of pairs of failures, in the state `serial` of the record."""

    serial = serializers.IntegerField()
    count = serializers.IntegerField()
    tried = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = PairShape(many=True)


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


class SinglePointsView(APIView):
    """What stops running apps alone, the worst first, and what would remove that."""

    permission_model: ClassVar[type[Model]] = ServiceApp
    pagination_class = LimitOffset

    @extend_schema(
        operation_id="plugins_planner_single_points_of_failure_list",
        parameters=[
            *FILTER_PARAMETERS,
            OpenApiParameter("thing", str, description="KIND:NAME; of this thing only."),
            OpenApiParameter("app", str, description="An app's code; of this app only."),
            OpenApiParameter("apps_limit", int, description="Apps per thing; 10 unless given."),
            OpenApiParameter("apps_offset", int, description="Apps to leave out before them."),
            *PAGE_PARAMETERS,
        ],
        responses=SinglePointsShape,
    )
    def get(self, request: Request) -> Response:
        """One page of the single points of failure of the record as it is now."""
        asked = PointsAsked(
            selection_of(filters_of(request)),
            ref_of(request, "thing") if request.query_params.get("thing") else None,
            app_of(request),
        )
        found = points_seen(current_graph(), asked, signed_in(request))
        apps = apps_shown(request, whole_number(request, "apps_offset", 0))
        pages = LimitOffset()
        points = found.points(_page(pages, len(found), request), apps)
        return paged(pages, answer_of_points(found, points))


class PairsView(APIView):
    """Pairs of failures that are worse than both alone, the worst first."""

    permission_model: ClassVar[type[Model]] = ServiceApp
    pagination_class = LimitOffset

    @extend_schema(
        operation_id="plugins_planner_failure_pairs_list",
        parameters=[
            *FILTER_PARAMETERS,
            OpenApiParameter(
                "with_kind",
                str,
                many=True,
                description="Kind of the second; as the first's if not given.",
            ),
            OpenApiParameter("apps_limit", int, description="Apps per pair; 10 unless given."),
            *PAGE_PARAMETERS,
        ],
        responses=PairsShape,
    )
    def get(self, request: Request) -> Response:
        """One page of pairs of the record as it is now."""
        kinds = kinds_of(request.query_params.getlist("with_kind"), "with_kind")
        asked = PairsAsked(selection_of(filters_of(request)), kinds)
        found = pairs_seen(current_graph(), asked, signed_in(request))
        pages = LimitOffset()
        rows = found.rows(_page(pages, len(found), request), apps_shown(request, 0))
        return paged(pages, answer_of_pairs(found, rows))


def _page(pages: LimitOffset, count: int, request: Request) -> slice:
    """Which of so many rows the page holds."""
    places = pages.paginate_queryset(range(count), request)
    return slice(places[0], places[-1] + 1) if places else slice(0)


def apps_shown(request: Request, start: int) -> slice:
    """Which of the apps of each row are told.

    Raises: InvalidInput.
    """
    limit = min(whole_number(request, "apps_limit", APPS_SHOWN), LimitOffset.max_limit)
    return slice(start, start + limit)


def app_of(request: Request) -> Ref | None:
    """The app that a request names, by its code or as `app:CODE`."""
    code = request.query_params.get("app", "").removeprefix(f"{ThingKind.APP}:")
    return Ref(ThingKind.APP, code) if code else None


def paged(pages: LimitOffset, answer: Any) -> Response:
    """The answer with the links to the pages before and after it."""
    links = pages.get_paginated_response(answer["results"]).data
    return Response({**links, **answer})

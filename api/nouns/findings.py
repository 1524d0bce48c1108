"""What can't be right in the graph: `findings/?kind=circle`."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Model
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.http.auth import signed_in
from api.http.paging import LimitOffset
from api.nouns.boards import PAGE_PARAMETERS, paged
from api.nouns.impact import Names
from dcim.actions.questions.failures import findings_seen
from dcim.graph.answers.findings import answer_of_findings
from dcim.graph.load.record import current_graph
from dcim.graph.needs.findings import FindingKind
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.asked import chosen

KINDS = [one.value for one in FindingKind]


class FindingShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.graph.answers.findings.FindingAnswer`."""

    kind = serializers.ChoiceField(choices=KINDS)
    thing = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF's base class has a label too
    owner = serializers.CharField()
    chain = Names()
    status = serializers.CharField()
    meaning = serializers.CharField()
    way_out = serializers.CharField()


class FindingsShape(serializers.Serializer[Any]):
    """A page of findings, in the state `serial` of the record."""

    serial = serializers.IntegerField()
    count = serializers.IntegerField()
    counts = serializers.DictField(child=serializers.IntegerField())
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = FindingShape(many=True)


class FindingsView(APIView):
    """Circles, orphans, and running apps on what does not run, the gravest first."""

    permission_model: ClassVar[type[Model]] = ServiceApp
    pagination_class = LimitOffset

    @extend_schema(
        operation_id="plugins_planner_findings_list",
        parameters=[OpenApiParameter("kind", str, enum=KINDS), *PAGE_PARAMETERS],
        responses=FindingsShape,
    )
    def get(self, request: Request) -> Response:
        """One page of what is found in the record as it is now."""
        asked = request.query_params.get("kind")
        kind = chosen(FindingKind, asked, "kind") if asked else None
        found = findings_seen(current_graph(), signed_in(request))
        pages = LimitOffset()
        rows = pages.paginate_queryset(found.of_kind(kind), request)
        return paged(pages, answer_of_findings(found, kind, rows))

"""A part of the dependency graph as a file or a drawing: `graph/?scope=app:SIMPEG&as=graphml`."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db.models import Model
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from api.http.auth import signed_in
from dcim.actions.questions.answers import part_seen
from dcim.actions.questions.drawings import MOST_HOPS, Asked, drawing_seen, svg_alone
from dcim.graph.drawing.exports import Format, file_name, refuse_more_than, written
from dcim.graph.load.record import current_graph
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.things import ThingKind

# The networkx graph of so many nodes takes some 100 MB and two seconds.
MOST_NODES: Final = 50_000
DRAWING: Final = "svg"
SVG: Final = "image/svg+xml"
FORMS: Final = [*(form.value for form in Format), DRAWING]
WAY_OUT: Final = "“./manage.py graph” writes a file of any size."


class NodeLinkShape(serializers.Serializer[Any]):
    """How OpenAPI describes networkx's node-link form, which `node_link_graph` reads."""

    directed = serializers.BooleanField()
    multigraph = serializers.BooleanField()
    graph = serializers.DictField()
    nodes = serializers.ListField(child=serializers.DictField())
    edges = serializers.ListField(child=serializers.DictField())


class GraphView(APIView):
    """A part of the graph, or all of it, for networkx and for programs that draw."""

    permission_model: ClassVar[type[Model]] = ServiceApp

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "scope",
                str,
                description="`all`, `tenant:SLUG`, `region:SLUG` or KIND:NAME. A drawing with "
                "`focus` or `failed` does without.",
            ),
            OpenApiParameter("as", enum=FORMS, default=FORMS[0]),
            OpenApiParameter("focus", str, description="KIND:NAME in the middle of a drawing."),
            OpenApiParameter(
                "hops",
                int,
                description=f"Steps around it, up to {MOST_HOPS}; usually 2.",
            ),
            OpenApiParameter(
                "failed", str, many=True, description="KIND:NAME; its effect is drawn."
            ),
            OpenApiParameter(
                "open", str, many=True, description="Folded boxes to draw in more detail."
            ),
        ],
        responses={
            (200, Format.NODE_LINK.media_type): NodeLinkShape,
            (200, Format.GRAPHML.media_type): str,
            (200, Format.DOT.media_type): str,
            (200, SVG): str,
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        """The file, piece by piece, of at most 50,000 nodes; or the drawing, of 20,000."""
        form, scope = _form(request), request.query_params.get("scope", "")
        graph, reader = current_graph(), signed_in(request)
        if form == DRAWING:
            shown = drawing_seen(graph, Asked.of(request.query_params), reader)
            kinds = {kind: kind.value for kind in ThingKind}
            return HttpResponse(svg_alone(shown, kinds, reverse("graph")), content_type=SVG)
        numbers = part_seen(graph, scope, reader)
        refuse_more_than(MOST_NODES, len(numbers), scope, WAY_OUT)
        return StreamingHttpResponse(
            written(graph.to_networkx(numbers), Format(form)),
            content_type=f"{Format(form).media_type}; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{file_name(scope, Format(form))}"'
            },
        )


def _form(request: Request) -> str:
    asked = request.query_params.get("as") or FORMS[0]
    if asked not in FORMS:
        raise ValidationError({"as": [f"“{asked}” is not one of {', '.join(FORMS)}."]})
    return asked

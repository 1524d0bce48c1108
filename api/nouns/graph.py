"""A part of the dependency graph as a file: `graph/?scope=app:SIMPEG&as=graphml`."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db.models import Model
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from api.http.auth import signed_in
from dcim.actions.answers import part_seen
from dcim.graph.exports import Format, file_name, refuse_more_than, written
from dcim.graph.load.record import current_graph
from dcim.record.planner.service_apps import ServiceApp

# The networkx graph of so many nodes takes some 100 MB and two seconds.
MOST_NODES: Final = 50_000
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
                required=True,
                description="`all`, `tenant:SLUG`, `region:SLUG` or KIND:NAME.",
            ),
            OpenApiParameter("as", enum=[form.value for form in Format], default="node-link"),
        ],
        responses={
            (200, Format.NODE_LINK.media_type): NodeLinkShape,
            (200, Format.GRAPHML.media_type): str,
            (200, Format.DOT.media_type): str,
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        """The file, piece by piece; of at most 50,000 nodes."""
        form, scope = _format(request), request.query_params.get("scope", "")
        graph = current_graph()
        numbers = part_seen(graph, scope, signed_in(request))
        refuse_more_than(MOST_NODES, len(numbers), scope, WAY_OUT)
        return StreamingHttpResponse(
            written(graph.to_networkx(numbers), form),
            content_type=f"{form.media_type}; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{file_name(scope, form)}"'},
        )


def _format(request: Request) -> Format:
    asked = request.query_params.get("as") or Format.NODE_LINK
    if asked not in set(Format):
        raise ValidationError({"as": [f"“{asked}” is not one of {', '.join(Format)}."]})
    return Format(asked)

"""The kinds of objects, which generic clients read to find lists they have never heard of."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any, Final

from django.utils import translation
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.http.middleware import API_ROOT
from api.http.paging import LimitOffset
from api.roots import api_address
from dcim.catalog import RESOURCES
from dcim.catalog.resource import Resource

PATH: Final = "core/object-types"
PLUGIN: Final = "planner"
TEXT: Final = {"type": "string"}
SHAPE: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "url": {"type": "string", "format": "uri"},
        "display": TEXT,
        "app_label": TEXT,
        "app_name": TEXT,
        "model": TEXT,
        "model_name": TEXT,
        "model_name_plural": TEXT,
        "public": {"type": "boolean"},
        "features": {"type": "array", "items": TEXT},
        "is_plugin_model": {"type": "boolean"},
        "rest_api_endpoint": {"type": "string", "description": "The path of the list."},
        "description": TEXT,
    },
}
SHAPE["required"] = list(SHAPE["properties"])
PAGE: Final = LimitOffset().get_paginated_response_schema({"type": "array", "items": SHAPE})
EXACT: Final = ("id", "app_label", "model")
PARAMETERS: Final = [
    OpenApiParameter("id", int, many=True),
    OpenApiParameter("app_label", str, many=True),
    OpenApiParameter("model", str, many=True),
    OpenApiParameter("q", str, description="Part of a name."),
    OpenApiParameter("limit", int, description=LimitOffset.limit_query_description),
    OpenApiParameter("offset", int, description=LimitOffset.offset_query_description),
]
ObjectType = dict[str, Any]


def id_of(kind: str) -> int:
    """A number that stands for a kind: the same on every server and in every release."""
    return zlib.crc32(kind.encode()) & 0x7FFF_FFFF


def object_types(request: Request) -> Iterator[ObjectType]:
    """Every kind of object that has a list, in the order of their names."""
    with translation.override("en"):
        for resource in sorted(RESOURCES, key=lambda one: one.kind):
            yield _described(resource, request)


def _described(resource: Resource, request: Request) -> ObjectType:
    app, _, model = resource.kind.partition(".")
    names = resource.model._meta
    number = id_of(resource.kind)
    return {
        "id": number,
        "url": api_address(request, f"{PATH}/{number}/"),
        "display": f"{app} | {names.verbose_name}",
        "app_label": app,
        "app_name": app,
        "model": model,
        "model_name": str(names.verbose_name),
        "model_name_plural": str(names.verbose_name_plural),
        "public": True,
        "features": [],
        "is_plugin_model": app == PLUGIN,
        "rest_api_endpoint": f"{API_ROOT}{resource.path}/",
        "description": "",
    }


def is_asked_for(one: ObjectType, request: Request) -> bool:
    """Whether the parameters of a list let the kind through; one repeated means "any of"."""
    asked = request.query_params
    exact = all(str(one[name]) in asked.getlist(name) for name in EXACT if any(asked.getlist(name)))
    words = f"{one['app_label']}.{one['model']} {one['model_name']}".lower()
    return exact and asked.get("q", "").strip().lower() in words


class ObjectTypes(APIView):
    """All kinds of objects."""

    @extend_schema(
        operation_id="core_object_types_list", parameters=PARAMETERS, responses={200: PAGE}
    )
    def get(self, request: Request) -> Response:
        """One page of them."""
        pages = LimitOffset()
        found = [one for one in object_types(request) if is_asked_for(one, request)]
        return pages.get_paginated_response(pages.paginate_queryset(found, request))


class OneObjectType(APIView):
    """A kind of objects."""

    @extend_schema(operation_id="core_object_types_retrieve", responses={200: SHAPE})
    def get(self, request: Request, pk: int) -> Response:
        """The kind that the number stands for.

        Raises: NotFound.
        """
        for one in object_types(request):
            if one["id"] == pk:
                return Response(one)
        raise NotFound(f"No kind of object has the id {pk}.")

"""Lists come in pages: `count`, `next`, `previous`, `results`.

A page is asked for by `limit` and `offset`, or by `start`, the least id of its rows: that way no
page costs more than the first, however far down it lies.
"""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Model, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

# From here on, rows before the page are passed over by their ids, without their other columns.
DEEP: Final = 500
LARGEST_ID: Final = 2**63 - 1


class LimitOffset(LimitOffsetPagination):
    """Pages by `limit` and `offset`; `limit=0` asks for as many rows as one page can hold."""

    default_limit = 50
    max_limit = 1000
    limit_query_description = "Rows per page, at most 1000; 0 for that many."
    offset_query_description = "Rows to leave out before the page."
    start_query_description = "The least id of the page, in place of an offset; nothing is counted."

    start: int | None = None
    following: int | None = None

    def get_limit(self, request: Request) -> int:
        if request.query_params.get("limit") == "0":
            return self.max_limit
        return super().get_limit(request) or self.default_limit

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The rows of the page: objects, or tuples that begin with the id."""
        self.request, self.limit = request, limit = request, self.get_limit(request)
        self.start = _start_of(request) if isinstance(queryset, QuerySet) else None
        if self.start is not None:
            return self._from_start(queryset, self.start, limit)
        self.offset = offset = min(self.get_offset(request), LARGEST_ID - limit)
        found = _at_offset(queryset, offset, limit)
        # Only a full page, or one past the end, leaves open how many rows there are.
        is_last = len(found) < limit and (found or not offset)
        self.count = offset + len(found) if is_last else self.get_count(queryset)
        return found

    def _from_start(self, rows: QuerySet[Any], start: int, limit: int) -> list[Any]:
        found = list(rows.filter(pk__gte=start).order_by("pk")[: limit + 1])
        if len(found) > limit:
            last = found.pop()
            self.following = last.pk if isinstance(last, Model) else last[0]
        return found

    def get_paginated_response(self, data: Any) -> Response:
        if self.start is None:
            return super().get_paginated_response(data)
        following = None
        if self.following is not None and self.request is not None:
            here = replace_query_param(self.request.build_absolute_uri(), "limit", self.limit)
            following = replace_query_param(here, "start", self.following)
        return Response({"count": None, "next": following, "previous": None, "results": data})

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        start = {"type": "integer", "minimum": 0}
        parameters = super().get_schema_operation_parameters(view)
        return [
            *parameters,
            {
                "name": "start",
                "required": False,
                "in": "query",
                "description": self.start_query_description,
                "schema": start,
            },
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "properties": {
                "count": {"type": "integer", "nullable": True},
                "next": link,
                "previous": link,
                "results": schema,
            },
        }


def _start_of(request: Request) -> int | None:
    """The id that the page starts from, if it is asked for that way.

    Raises: ValidationError.
    """
    text = request.query_params.get("start")
    if text is None:
        return None
    for other in ("offset", "ordering"):
        if other in request.query_params:
            raise ValidationError({"start": [f"Rows come by id: leave out start or {other}."]})
    if not text.isdecimal() or int(text) > LARGEST_ID:
        raise ValidationError({"start": [f"“{text}” is not an id."]})
    return int(text)


def _at_offset(rows: Any, offset: int, limit: int) -> list[Any]:
    if not isinstance(rows, QuerySet) or offset < DEEP:
        return list(rows[offset : offset + limit])
    keys = rows.values("pk")[offset : offset + limit]
    return list(rows.filter(pk__in=keys))

"""Lists come in pages: `count`, `next`, `previous`, `results`."""

from __future__ import annotations

from typing import Any

from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request


class LimitOffset(LimitOffsetPagination):
    """Pages by `limit` and `offset`; `limit=0` asks for as many rows as one page can hold."""

    default_limit = 50
    max_limit = 1000
    limit_query_description = "Rows per page, at most 1000; 0 for that many."
    offset_query_description = "Rows to leave out before the page."

    def get_limit(self, request: Request) -> int:
        if request.query_params.get("limit") == "0":
            return self.max_limit
        return super().get_limit(request) or self.default_limit

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "properties": {
                "count": {"type": "integer"},
                "next": link,
                "previous": link,
                "results": schema,
            },
        }

"""The OpenAPI of this API as it is given out: made beforehand, and sent again only when it is new.

Making it takes seconds, and nothing in it changes while the server runs. So what is given out is
`docs/openapi.json`, which a test holds equal to what the code says; where that file is not, as in
an installed package, the document is made at the first request.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from drf_spectacular.generators import SchemaGenerator
from rest_framework.request import Request
from rest_framework.views import APIView

COMMITTED: Final = Path(settings.BASE_DIR) / "docs" / "openapi.json"


class SchemaView(APIView):
    """The OpenAPI of this API, as JSON."""

    schema = None

    def get(self, request: Request) -> HttpResponseBase:
        body, tag = document()
        answer = HttpResponse(body, content_type="application/json", headers={"ETag": tag})
        return get_conditional_response(_plain(request), etag=tag, response=answer) or answer


@cache
def document() -> tuple[bytes, str]:
    """The document and its entity tag."""
    said: Any = (
        orjson.loads(COMMITTED.read_bytes())
        if COMMITTED.exists() and not settings.DEBUG
        else SchemaGenerator().get_schema(request=None, public=True)
    )
    body = orjson.dumps(said, default=str, option=orjson.OPT_NON_STR_KEYS)
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def _plain(request: Request) -> HttpRequest:
    plain: HttpRequest = request._request
    return plain

"""The OpenAPI of this API as it is given out: made beforehand, and sent again only when it is new.

Making it takes seconds, and little in it changes while the server runs. So what is given out is
`docs/openapi.json`, which a test holds equal to what the code says; where that file is not, as in
an installed package, the document is made at the first request. The filters of custom fields are
added to it, anew when a custom field has changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import orjson
from django.conf import settings
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from drf_spectacular.generators import SchemaGenerator
from rest_framework.request import Request
from rest_framework.views import APIView

from api.http.middleware import API_ROOT
from api.queries.custom_filters import custom_filters
from api.queries.lookups import parameter_schema
from dcim.catalog import BY_KIND
from dcim.record.extras.custom_fields import CustomField

COMMITTED: Final = Path(settings.BASE_DIR) / "docs" / "openapi.json"


class SchemaView(APIView):
    """The OpenAPI of this API, as JSON.

    Strangers may read it too, since pynetbox asks for it without its token; what is told to them
    says nothing of this record.
    """

    schema = None
    permission_classes = ()

    def get(self, request: Request) -> HttpResponseBase:
        body, tag = document() if request.user.is_authenticated else _document(None)
        headers = {"ETag": tag, "Vary": "Authorization, Cookie"}
        answer = HttpResponse(body, content_type="application/json", headers=headers)
        return get_conditional_response(_plain(request), etag=tag, response=answer) or answer


def document() -> tuple[bytes, str]:
    """The document as those who are signed in read it, and its entity tag."""
    state = CustomField.objects.aggregate(Count("pk"), Max("pk"), Max("last_updated"))
    return _document(tuple(state.values()))


@lru_cache(maxsize=3)
def _document(custom_fields: Hashable | None) -> tuple[bytes, str]:
    """The document with the filters of custom fields, or with none, and its entity tag."""
    said = orjson.loads(_plain_document())
    if custom_fields is not None:
        _add_filters(said["paths"])
    body = orjson.dumps(said)
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'


@cache
def _plain_document() -> bytes:
    """The document as it is without custom fields."""
    if COMMITTED.exists() and not settings.DEBUG:
        return COMMITTED.read_bytes()
    said: Any = SchemaGenerator().get_schema(request=None, public=True)
    return orjson.dumps(said, default=str, option=orjson.OPT_NON_STR_KEYS)


def _add_filters(paths: dict[str, Any]) -> None:
    """Add the parameters `cf_NAME` to the lists whose objects have custom fields."""
    kinds = {kind for kinds in CustomField.objects.values_list("object_types") for kind in kinds[0]}
    for kind in sorted(kinds & set(BY_KIND)):
        resource = BY_KIND[kind]
        listing = paths[f"{API_ROOT}{resource.path}/"]["get"]
        listing.setdefault("parameters", []).extend(
            {"in": "query", "name": name, "schema": parameter_schema(one)}
            for name, one in custom_filters(resource).items()
        )


def _plain(request: Request) -> HttpRequest:
    plain: HttpRequest = request._request
    return plain

"""What holds for every answer under /api/: English, and the version of NetBox's API it speaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import translation

API_VERSION: Final = "4.6"
API_ROOT: Final = "/api/"


class ApiMiddleware:
    """Programs are answered in English whatever language the pages speak.

    Outermost, so that redirects carry the version too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(API_ROOT):
            return self.get_response(request)
        with translation.override("en"):
            response = self.get_response(request)
        response.headers["API-Version"] = API_VERSION
        return response

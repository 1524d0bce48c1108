"""What there is: names and addresses of apps and of their lists, as NetBox's clients read them."""

from __future__ import annotations

from typing import ClassVar, Final

from django.conf import settings
from django.urls import get_script_prefix
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.http.middleware import API_ROOT
from api.unrecorded import UNRECORDED
from dcim.catalog import RESOURCES

Addresses = dict[str, str]
PLUGINS: Final = "plugins"
# Answers that no list of records holds.
COMPUTED: Final = {
    "core": ("core/object-types",),
    PLUGINS: ("plugins/installed-plugins",),
    "plugins/prometheus-sd": tuple(
        f"plugins/prometheus-sd/{name}"
        for name in ("devices", "ip-addresses", "services", "virtual-machines")
    ),
    "plugins/planner": tuple(
        f"plugins/planner/{name}"
        for name in (
            "emergency-book",
            "explain",
            "findings",
            "impact",
            "ledgers",
            "maintenance",
            "order",
        )
    ),
}
ADDRESSES: Final = {200: {"type": "object", "additionalProperties": {"type": "string"}}}


def apps() -> tuple[str, ...]:
    """The folders of the API that hold lists: "dcim", "plugins", "plugins/planner" …"""
    lists = (*(resource.path for resource in RESOURCES), *UNRECORDED)
    folders = {path.rpartition("/")[0] for path in lists}
    return tuple(sorted(folders | {PLUGINS} | COMPUTED.keys()))


def api_address(request: Request, path: str) -> str:
    """The absolute address of `path` below the API's root."""
    return request.build_absolute_uri(f"{get_script_prefix()}{API_ROOT.removeprefix('/')}{path}")


class Root(APIView):
    """The apps of the API and their addresses."""

    @extend_schema(operation_id="root", responses=ADDRESSES)
    def get(self, request: Request) -> Response:
        names = sorted({app.partition("/")[0] for app in apps()} | {"status"})
        return Response({name: api_address(request, f"{name}/") for name in names})


class AppRoot(APIView):
    """The lists of an app and their addresses."""

    app: ClassVar[str] = ""

    @extend_schema(responses=ADDRESSES)
    def get(self, request: Request) -> Response:
        paths = (*(one.path for one in RESOURCES), *UNRECORDED)
        lists = [path for path in paths if path.rpartition("/")[0] == self.app]
        below = [app for app in apps() if app.rpartition("/")[0] == self.app]
        below += COMPUTED.get(self.app, ())
        return Response(
            {path.rpartition("/")[2]: api_address(request, f"{path}/") for path in lists + below}
        )


class InstalledPlugins(APIView):
    """Our own objects, presented as NetBox presents a plugin."""

    @extend_schema(responses={200: {"type": "array", "items": {"type": "object"}}})
    def get(self, request: Request) -> Response:
        return Response(
            [
                {
                    "name": "Lumbung planner",
                    "package": "planner",
                    "author": "Lumbung",
                    "author_email": None,
                    "description": "Service apps, dependencies, grants and plans.",
                    "version": settings.SPECTACULAR_SETTINGS["VERSION"],
                }
            ]
        )


class NotThere(APIView):
    """Answers every address that nothing else answers."""

    schema = None

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound(f"There is nothing at {request.path}. Start from {API_ROOT}.")

"""What runs here, in the form that NetBox's clients read before anything else."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import Any, Final

import django
from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

# The newest NetBox whose clients all know how to talk to us.
NETBOX_VERSION: Final = "4.6.5"
STATUS_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["netbox-version", "netbox-full-version", "django-version", "python-version"],
    "properties": {
        "django-version": {"type": "string"},
        "installed_apps": {"type": "object", "additionalProperties": {"type": "string"}},
        "netbox-version": {"type": "string"},
        "netbox-full-version": {"type": "string"},
        "plugins": {"type": "object", "additionalProperties": {"type": "string"}},
        "python-version": {"type": "string"},
        "rq-workers-running": {"type": "integer"},
    },
}


class Status(APIView):
    """Versions of the server and of what it is made of."""

    @extend_schema(operation_id="status", responses={200: STATUS_SCHEMA})
    def get(self, request: Request) -> Response:
        own = settings.SPECTACULAR_SETTINGS["VERSION"]
        return Response(
            {
                "django-version": django.get_version(),
                "installed_apps": {
                    "django_filters": version("django-filter"),
                    "rest_framework": version("djangorestframework"),
                },
                "netbox-version": NETBOX_VERSION,
                "netbox-full-version": f"{NETBOX_VERSION}-lumbung{own}",
                "plugins": {"planner": own},
                "python-version": platform.python_version(),
                "rq-workers-running": 0,
            }
        )

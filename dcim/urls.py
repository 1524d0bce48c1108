"""The two doors: programs at /api/ and, for Prometheus, /metrics/; people everywhere else."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("api/", include("api.urls")),
    path("metrics/", include("api.metrics")),
    path("", include("dcim.web.urls")),
]

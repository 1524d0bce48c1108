"""The two doors: programs at /api/, people everywhere else."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("api/", include("api.urls")),
    path("", include("dcim.web.urls")),
]

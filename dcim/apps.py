"""The one Django app of the record."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DcimConfig(AppConfig):
    """The record and all that is built on it."""

    name = "dcim"
    verbose_name = _("Data centre")
    default_auto_field = "django.db.models.BigAutoField"

"""The Django side of provisioning: an app without models."""

from __future__ import annotations

from django.apps import AppConfig


class RunsConfig(AppConfig):
    """Commands that run the engine on stored plans."""

    name = "provisioning.runs"
    label = "runs"

"""Preview a plan with the real engine, and keep the report."""

from __future__ import annotations

from dcim.vocabulary.choices import RunKind
from provisioning.runs.management.running import LookCommand


class Command(LookCommand):
    """`preview [--plan NAME|FILE] [--stance NAME] [--target NAME] [--json] [--markdown FILE]`."""

    help = "Preview a plan with the Pulumi engine and keep the report."
    kind = RunKind.PREVIEW

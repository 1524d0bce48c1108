"""Look with the real engine at what differs between state and hypervisor, and keep the report."""

from __future__ import annotations

from dcim.vocabulary.choices import RunKind
from provisioning.runs.management.running import LookCommand


class Command(LookCommand):
    """`refresh [--plan NAME|FILE] [--stance NAME] [--target NAME] [--user NAME] [--json]
    [--markdown FILE]`.
    """

    help = "Show what differs between Pulumi's state and the hypervisors, and keep the report."
    kind = RunKind.REFRESH

"""Drift: what was found to differ, how targets were compared, and what may differ."""

from __future__ import annotations

from typing import Final

from dcim.catalog.resource import Resource
from dcim.record.planner.drift import DriftFinding, DriftRule, DriftScan

DRIFT_FINDING = Resource(
    model=DriftFinding,
    kind="planner.driftfinding",
    path="plugins/planner/drift-findings",
    columns=("target", "name", "field", "kind", "odd", "status", "opened_at", "last_seen"),
    brief=("target", "name", "field", "status"),
    search=("target", "name"),
    writable=False,
)
DRIFT_RULE = Resource(
    model=DriftRule,
    kind="planner.driftrule",
    path="plugins/planner/drift-rules",
    columns=("target", "machine", "field", "reason", "valid_until", "created_by"),
    brief=("target", "machine", "field", "description"),
    search=("target", "machine", "reason", "description"),
)
DRIFT_SCAN = Resource(
    model=DriftScan,
    kind="planner.driftscan",
    path="plugins/planner/drift-scans",
    columns=("target", "outcome", "found", "ignored", "message", "started"),
    brief=("target", "outcome", "started"),
    search=("target", "message"),
    hidden=frozenset({"said"}),
    writable=False,
)
RESOURCES: Final = (DRIFT_FINDING, DRIFT_RULE, DRIFT_SCAN)

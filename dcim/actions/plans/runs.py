"""Keep what the provisioning engine said of a plan."""

from __future__ import annotations

from collections.abc import Mapping

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.record.planner.plans import Plan, ProvisioningRun
from dcim.vocabulary.choices import RunKind, RunOutcome


def store_run(
    plan: Plan,
    kind: RunKind,
    report: Mapping[str, object],
    outcome: RunOutcome,
    *,
    by: Actor,
) -> ProvisioningRun:
    """A run of the engine on `plan`, with the report that it gave (JSON) and how it ended."""
    values = {
        "plan": plan,
        "kind": kind.value,
        "outcome": outcome.value,
        "report": dict(report),
    }
    return record.create(ProvisioningRun, values, by=by)

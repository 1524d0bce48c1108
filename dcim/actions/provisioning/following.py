"""What the record learns from an apply: machines that stand, and machines that are gone.

Only what the engine confirmed is written: every step that the approved preview showed for a machine
was done. A rehearsal teaches nothing, since nothing was made.
"""

from __future__ import annotations

from collections.abc import Iterable

from dcim.actions.changes import Actor
from dcim.planning.document import PlanDocument
from dcim.record.planner.plans import ProvisioningRun


def follow_machines(
    document: PlanDocument, run: ProvisioningRun, by: Actor
) -> Iterable[dict[str, str]]:
    """Lines of what was written for the machines of `run`, or why it could not be."""
    return ()

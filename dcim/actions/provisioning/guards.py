"""What must hold before anything is applied: one tuple of functions, each called three times.

A guard takes the plan document and the run (the preview that is to be applied when somebody asks
for it, the apply itself when a worker begins it and again once it holds its targets, which it may
have waited for) and raises `Refused`, with names and a way out, where it must not go on. It reads
the record and writes nothing; nothing has been changed yet.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from dcim.actions.provisioning.losses import check_losses
from dcim.actions.provisioning.reclaimed import check_reclaim
from dcim.planning.document import PlanDocument
from dcim.record.planner.plans import ProvisioningRun

Guard = Callable[[PlanDocument, ProvisioningRun], None]
GUARDS: Final[tuple[Guard, ...]] = (check_losses, check_reclaim)


def check_guards(document: PlanDocument, run: ProvisioningRun) -> None:
    """Let pass what no guard forbids.

    Raises: Refused, of the first that does.
    """
    for guard in GUARDS:
        guard(document, run)

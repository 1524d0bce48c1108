"""Making a plan in the background: watched, stoppable, stored as the job's last deed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dcim.actions.changes import Actor
from dcim.actions.plans.making import current_snapshot, store_plan
from dcim.planning.reactivation.plan import plan_reactivation
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.solver import LIMIT, Effort
from dcim.planning.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.db.models import Model


def plan_of(
    arguments: Mapping[str, object], watch: Watch
) -> Callable[[Actor], tuple[Mapping[str, object], Model | None]]:
    """How the plan is stored that `arguments` (stance, limit_s, pools) ask for.

    Notes: stopped, it is the best so far: right, unproved, with its gap.
    """
    pools = arguments.get("pools") or ()
    document = plan_reactivation(
        current_snapshot(),
        Stance(str(arguments["stance"])),
        only=tuple(map(str, pools)) if isinstance(pools, (list, tuple)) else (),
        effort=Effort(limit_s=float(str(arguments.get("limit_s") or LIMIT)), watch=watch),
    )

    def write(by: Actor) -> tuple[Mapping[str, object], Model | None]:
        plan = store_plan(document, by=by)
        found = document.objective
        told = {"plan": plan.pk, "digest": plan.digest, "gap": found.gap, "proved": found.proved}
        return told, plan

    return write

"""Plans in the background: made, and asked what takes many solves; watched and stoppable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dcim.actions.changes import Actor
from dcim.actions.plans.changes import changes_of_plan
from dcim.actions.plans.comparison import plan_called
from dcim.actions.plans.making import current_snapshot, store_plan
from dcim.actions.scenarios.curves import curve_of_plan
from dcim.planning.reactivation.lifting.answers import answer_of_change
from dcim.planning.reactivation.plan import plan_reactivation
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.scenarios.curve_answers import answer_of_curve
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
        effort=Effort(limit_s=float(str(arguments.get("limit_s", LIMIT))), watch=watch),
    )

    def write(by: Actor) -> tuple[Mapping[str, object], Model | None]:
        plan = store_plan(document, by=by)
        found = document.objective
        told = {"plan": plan.pk, "digest": plan.digest, "gap": found.gap, "proved": found.proved}
        return told, plan

    return write


def curve_in_background(arguments: Mapping[str, object], watch: Watch) -> Mapping[str, object]:
    """The curve of a plan's ask, as the API answers it; `arguments` are `plan` and `step`.

    Raises: UnknownThing: the plan is gone.

    Notes: stopped, it has the points so far, and `is_complete` is false.
    """
    plan, step = plan_called(str(arguments["plan"])), int(str(arguments["step"]))
    return dict(answer_of_curve(curve_of_plan(plan, step, watch)))


def changes_in_background(arguments: Mapping[str, object], watch: Watch) -> Mapping[str, object]:
    """What would let the plan's `apps` in (all where none is named), app by app.

    Raises: UnknownThing: the plan is gone; Refused: the record has moved on.

    Notes: stopped, it has the apps so far, and `is_complete` is false.
    """
    plan, apps = plan_called(str(arguments["plan"])), arguments.get("apps")
    codes = tuple(map(str, apps)) if isinstance(apps, (list, tuple)) else ()
    found = changes_of_plan(plan, codes, watch)
    return {
        "serial": plan.base_serial,
        "is_complete": not watch.is_stopped(),
        "apps": [answer_of_change(one) for one in found],
    }

"""Questions about a stored plan that take many solves: asked in the background, answered by a job.

What a job has found stands in its row, with the serial of the record that it was found on. Whoever
may see the plan may see it: it says nothing that the plan's readers could not work out themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Final, cast

from django.utils.translation import gettext as _

from dcim.actions.changes import Actor
from dcim.actions.jobs.kinds import CHANGES, CURVE
from dcim.actions.jobs.queue import enqueue
from dcim.actions.plans.changes import changes_of_plan, require_fresh
from dcim.actions.plans.making import document_of, planning_serial
from dcim.actions.scenarios.curves import curve_of_plan
from dcim.planning.estate import NOTHING
from dcim.planning.reactivation.lifting.answers import answer_of_change
from dcim.planning.scenarios.curve import USUAL_STEP, Curve
from dcim.planning.scenarios.curve_answers import curve_of_answer
from dcim.record.planner.jobs import OPEN, Job
from dcim.record.planner.plans import Plan
from dcim.vocabulary.choices import AppStatus
from dcim.vocabulary.errors import Refused

if TYPE_CHECKING:
    from dcim.planning.reactivation.lifting.answers import AppChangeAnswer
    from dcim.planning.scenarios.curve_answers import CurveAnswer

# With so few apps that are down a page answers at once: a curve takes under a second then.
FEW_APPS: Final = 6
Arguments = Mapping[str, object]


def of_curve(plan: Plan, step: int = USUAL_STEP) -> Arguments:
    """What a job is asked for the plan's curve."""
    return {"plan": plan.pk, "step": step}


def of_changes(plan: Plan, codes: Collection[str] = ()) -> Arguments:
    """What a job is asked for what lets the plan's apps in; no codes: all."""
    return {"plan": plan.pk, "apps": sorted(set(codes))}


def ask_curve(plan: Plan, *, by: Actor, step: int = USUAL_STEP) -> Job:
    """The job that works out what each share of the plan's ask brings back.

    Raises: BadDocument when the plan is damaged.
    """
    document_of(plan)
    name = _("Negotiation curve of %(plan)s") % {"plan": plan}
    return enqueue(CURVE, of_curve(plan, step), by=by, name=name)


def ask_changes(plan: Plan, codes: Collection[str] = (), *, by: Actor) -> Job:
    """The job that looks for what would let the plan's apps in.

    Raises: Refused: the record has changed since the plan was made.
    """
    require_fresh(plan)
    name = _("What would let apps into %(plan)s") % {"plan": plan}
    return enqueue(CHANGES, of_changes(plan, codes), by=by, name=name)


def newest_answer(kind: str, arguments: Arguments) -> Mapping[str, object] | None:
    """What the newest job of the kind has found for these arguments, whole or in part."""
    ended = Job.objects.filter(kind=kind, arguments=dict(arguments), data__isnull=False)
    found = ended.exclude(status__in=OPEN).order_by("-pk").values_list("data", flat=True).first()
    return cast("Mapping[str, object] | None", found)


def curve_found(plan: Plan, step: int = USUAL_STEP) -> Curve | None:
    """The curve that a job has found for the plan's ask, perhaps in part or of an older day."""
    found = newest_answer(CURVE, of_curve(plan, step))
    return None if found is None else curve_of_answer(cast("CurveAnswer", found))


def whole_curve(plan: Plan, step: int = USUAL_STEP) -> Curve:
    """The curve on the record as it is: a job's where it is whole and still holds, else solved now.

    Raises: as `curve_of_plan`.
    """
    found = curve_found(plan, step)
    if found is not None and found.is_complete and found.serial == planning_serial():
        return found
    return curve_of_plan(plan, step)


def curve_told(plan: Plan, step: int = USUAL_STEP) -> Curve:
    """As `whole_curve`, for whoever does not wait: many solves are left to a job.

    Raises: Refused: no job has worked it out on the record as it is; else as `curve_of_plan`.
    """
    if is_curve_quick(plan):
        return whole_curve(plan, step)
    found = curve_found(plan, step)
    if found is None or not found.is_complete or found.serial != planning_serial():
        raise _not_worked_out()
    return found


def changes_told(plan: Plan, codes: Collection[str] = ()) -> list[AppChangeAnswer]:
    """What would let the plan's apps in, for whoever does not wait: many solves are left to a job.

    Raises: Refused: no job has worked it out, or the record has changed since the plan was made.
    """
    require_fresh(plan)
    found = newest_answer(CHANGES, of_changes(plan, codes))
    if found is not None and found["is_complete"]:
        return cast("list[AppChangeAnswer]", found["apps"])
    if not is_quick(plan):
        raise _not_worked_out()
    return [answer_of_change(one) for one in changes_of_plan(plan, codes)]


def _not_worked_out() -> Refused:
    return Refused(
        _("This takes many solves, and has not been worked out on the record as it is."),
        field="plan",
        hint=_("POST to the same address starts the job that does; ask again once it has ended."),
    )


def is_quick(plan: Plan) -> bool:
    """Whether questions about the plan are answered while one waits: it decides on few apps."""
    down = [one for one in document_of(plan).apps if one.status != AppStatus.ACTIVE]
    return len(down) <= FEW_APPS


def is_curve_quick(plan: Plan) -> bool:
    """Whether the plan's curve is: where nothing is asked it is one point."""
    return document_of(plan).ask.amounts == NOTHING or is_quick(plan)

"""What would let the apps in that a stored plan leaves out, found on the record as it is."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from dcim.actions.plans.approvals import has_lapsed
from dcim.actions.plans.making import current_snapshot, document_of
from dcim.planning.reactivation.lifting.changes import AppChange, changes
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.watch import UNWATCHED, Watch
from dcim.record.planner.plans import Plan
from dcim.vocabulary.errors import Refused


def changes_of_plan(
    plan: Plan, codes: Collection[str] = (), watch: Watch = UNWATCHED
) -> tuple[AppChange, ...]:
    """The smallest change for each app that does not come back at hand; see `changes`.

    Args:
        plan: A stored plan.
        codes: The apps to look at; empty: all.
        watch: Told of each app.

    Raises: Refused: the record has changed since the plan was made; else as `changes`.
    """
    require_fresh(plan)
    stance = Stance(document_of(plan).stance)
    return changes(current_snapshot(), stance, codes=codes, watch=watch)


def require_fresh(plan: Plan) -> None:
    """Refuse a plan that the record has moved on from.

    Raises: Refused.
    """
    if has_lapsed(plan.base_serial):
        raise Refused(
            _("The record has changed since this plan was made."),
            field="plan",
            hint=_("Make a new plan, and ask of that."),
        )

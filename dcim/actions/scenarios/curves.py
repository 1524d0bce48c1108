"""The negotiation curve of a stored plan's ask, solved on the record as it is now."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from django.utils.translation import gettext as _

from dcim.actions.plans.making import current_snapshot, document_of
from dcim.planning.estate import Snapshot
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.scenarios.curve import USUAL_STEP, Curve, negotiation_curve
from dcim.planning.scenarios.plot import PlotWords
from dcim.planning.watch import UNWATCHED, Watch
from dcim.record.planner.plans import Plan
from dcim.vocabulary.amounts import Amounts

KEPT: Final = 8


def curve_of_plan(plan: Plan, step: int = USUAL_STEP, watch: Watch = UNWATCHED) -> Curve:
    """What each share of the plan's ask brings back, blockers taken as in the plan.

    Args:
        plan: whose ask is the whole.
        step: thousandths of it from point to point.
        watch: told of every solve.

    Raises: BadDocument when the plan is damaged; InvalidInput as `negotiation_curve`.

    Notes: a solve takes 10 to 30 ms for a regency, a curve 50 to 150 of them. Unwatched, the last
    few are kept in this process.
    """
    document = document_of(plan)
    snapshot, stance = current_snapshot(), Stance(document.stance)
    if watch is UNWATCHED:
        return _kept(snapshot, stance, document.ask.amounts, step)
    return negotiation_curve(snapshot, stance, asked=document.ask.amounts, step=step, watch=watch)


@lru_cache(maxsize=KEPT)
def _kept(snapshot: Snapshot, stance: Stance, asked: Amounts, step: int) -> Curve:
    return negotiation_curve(snapshot, stance, asked=asked, step=step)


def plot_words(curve: Curve) -> PlotWords:
    """The words on the plot, in the language in force."""
    last = curve.points[-1]
    return PlotWords(
        title=_("Negotiation curve"),
        description=_(
            "%(apps)s apps come back with %(share)s %% of the ask, %(none)s without a grant."
        )
        % {
            "apps": len(last.reached.revived),
            "share": f"{last.share / 10:g}",
            "none": len(curve.points[0].reached.revived),
        },
        share=_("share of the ask that is granted"),
        weight=_("weight that comes back"),
    )

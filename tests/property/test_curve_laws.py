"""Laws of the negotiation curve."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given

from dcim.planning.document import AT_HAND, Outcome
from dcim.planning.estate import Snapshot
from dcim.planning.reactivation.plan import plan_reactivation
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.scenarios.curve import negotiation_curve
from tests.random_snapshots import snapshots


@given(snapshots())
def test_more_never_revives_less_and_the_ends_are_the_plan_s(snapshot: Snapshot) -> None:
    plan = plan_reactivation(snapshot, Stance.BLOCKERS_CURED)
    found = negotiation_curve(snapshot, Stance.BLOCKERS_CURED, step=500)
    assert found.asked == plan.ask.amounts
    for before, after in pairwise(found.points):
        assert before.share < after.share
        assert before.reached.weight <= after.reached.weight <= after.reached.bound
        assert after.granted.fits_in(found.asked)
    first, last = found.points[0].reached, found.points[-1].reached
    assert first.weight == plan.objective.revived_weight
    back = {one.code for one in plan.apps if one.outcome in {*AT_HAND, Outcome.REVIVE_ON_GRANT}}
    if last.proved and plan.objective.proved:
        assert set(last.revived) == back

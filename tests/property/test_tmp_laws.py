"""What is said to let an app in does, and a unit less of it does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from dcim.planning.document import AT_HAND, Outcome
from dcim.planning.estate import Snapshot
from dcim.planning.reactivation.lifting.changes import AppChange, changes
from dcim.planning.reactivation.lifting.lifts import Lifted
from dcim.planning.reactivation.plan import plan_reactivation
from dcim.planning.reactivation.verdicts import Stance
from dcim.vocabulary.amounts import Amounts, ResourceClass
from tests.random_snapshots import bare_snapshots


@given(bare_snapshots(), st.sampled_from(Stance))
@settings(max_examples=120)
def test_what_is_lifted_lets_the_app_in_and_a_unit_less_does_not(
    snapshot: Snapshot, stance: Stance
) -> None:
    for change in changes(snapshot, stance):
        assert change.bindings
        for lifted in change.changes:
            assert comes(snapshot, stance, change, lifted)
            for less in unit_less(lifted):
                assert not comes(snapshot, stance, change, less), less


def comes(snapshot: Snapshot, stance: Stance, change: AppChange, lifted: Lifted) -> bool:
    """Whether the app comes back at hand, or at all where something is cured or taken away."""
    by_cure = bool(lifted.cures or lifted.dropped) and lifted.amounts == Amounts()
    wanted = AT_HAND | ({Outcome.REVIVE_ON_GRANT} if by_cure and not lifted.hosts else set())
    plan = plan_reactivation(lifted.applied(snapshot), stance)
    return next(line.outcome in wanted for line in plan.apps if line.code == change.code)


def unit_less(lifted: Lifted) -> Iterator[Lifted]:
    """Every way to do a little less."""
    for one in ResourceClass:
        if lifted.amounts[one]:
            less = {**lifted.amounts.as_mapping(), one: lifted.amounts[one] - 1}
            yield replace(lifted, amounts=Amounts.from_mapping(less))
    if lifted.hosts:
        yield replace(lifted, hosts=lifted.hosts - 1)
    if not lifted.pool:
        yield from (replace(lifted, cures=lifted.cures - {one}) for one in lifted.cures)
        yield from (replace(lifted, dropped=lifted.dropped - {one}) for one in lifted.dropped)

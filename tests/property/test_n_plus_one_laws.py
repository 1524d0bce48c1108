"""N+1 by packing: plans pass a judge, refusals equal exhaustive search."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given

from dcim.planning.capacity.floor import Floor
from dcim.planning.capacity.n_plus_one import Verdict, survival, survives
from dcim.planning.capacity.pack import Fit
from tests.evacuations import evacuation_complaints, fits_at_all, random_floors


@given(random_floors())
def test_each_loss_is_judged_as_trying_all_ways_does(floor: Floor) -> None:
    found = survival(floor)
    for loss in found.losses:
        assert loss.fit is (Fit.FITS if fits_at_all(floor, loss.hosts) else Fit.NEVER)
        if loss.fit is Fit.FITS:
            assert evacuation_complaints(floor, loss) == []
        else:
            assert loss.stuck or loss.short


@given(random_floors())
def test_the_verdict_is_that_of_all_sets(floor: Floor) -> None:
    found = survival(floor, with_repack=False)
    hosts = [host.name for host in floor.cluster.active_hosts]
    failures = floor.cluster.host_failures_to_survive
    sets = list(combinations(hosts, min(failures, len(hosts))))
    holds = all(fits_at_all(floor, lost) for lost in sets)
    if failures:
        assert found.verdict is (Verdict.SURVIVES if holds else Verdict.FAILS)
        assert (found.examined, found.sets) == (len(sets), len(sets))
    assert survives(floor) is (holds or not failures)

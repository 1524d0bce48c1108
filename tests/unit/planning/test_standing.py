"""How things stand in the record is what plans of the same record start from."""

from __future__ import annotations

import pytest

from dcim.planning.document import as_is, encode, parse
from dcim.planning.drift.sides import recorded
from dcim.planning.drift.standing import standing
from dcim.planning.estate import Snapshot
from dcim.planning.reactivation.plan import plan_reactivation
from dcim.planning.rules import violations
from tests.snapshots import active, cluster, paser, snapshot, vm


@pytest.mark.parametrize(
    "record",
    [paser(), snapshot(cluster(), active("A"), vm("Server A (lama)", "A/web"), vm("dua"))],
    ids=["paser", "odd names"],
)
def test_it_is_what_a_plan_says_of_how_things_stand(record: Snapshot) -> None:
    stands, planned = standing(record), as_is(plan_reactivation(record))
    assert stands.targets == planned.targets
    assert violations(stands) == []
    assert encode(parse(encode(stands))) == encode(stands)
    assert [recorded(one) for one in stands.targets] == [recorded(one) for one in planned.targets]

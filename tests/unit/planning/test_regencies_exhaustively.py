"""Small nations, planned under a ceiling and by trying everything; the judge shares no code."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import product

import pytest

from dcim.planning.estate import Snapshot
from dcim.planning.regencies.nation import plan_regencies
from dcim.planning.regencies.regency import Regency
from dcim.planning.regencies.workers import Alone
from dcim.planning.snapshot import encode
from dcim.vocabulary.amounts import Amounts
from tests.nations import regency
from tests.plan_brute_force import regency_choices

Way = tuple[int, tuple[int, ...]]  # weight once granted, and what is asked of each class


def ways(snapshot: Snapshot) -> list[Way]:
    """Every way to plan a regency that has most at hand, but those that another outdoes."""
    choices = [*regency_choices(json.loads(encode(snapshot)))]
    most = max(at_hand for at_hand, _, _ in choices)
    able = {(weight, asked) for at_hand, weight, asked in choices if at_hand == most}
    return [one for one in able if not any(outdoes(other, one) for other in able)]


def outdoes(one: Way, other: Way) -> bool:
    is_less = all(a <= b for a, b in zip(one[1], other[1], strict=True))
    return one != other and one[0] >= other[0] and is_less


def best(nation: Sequence[Snapshot], ceiling: tuple[int, ...]) -> int:
    """The most weight that comes back under the ceiling, by trying all ways together."""

    def joined(so_far: list[Way], more: list[Way]) -> list[Way]:
        return [*_joined(so_far, more, ceiling)]

    start: list[Way] = [(0, (0, 0, 0))]
    return max(weight for weight, _ in reduce(joined, map(ways, nation), start))


def _joined(one: list[Way], other: list[Way], ceiling: tuple[int, ...]) -> Iterator[Way]:
    for (weight, asked), (more, added) in product(one, other):
        sums = tuple(a + b for a, b in zip(asked, added, strict=True))
        if all(a <= b for a, b in zip(sums, ceiling, strict=True)):
            yield weight + more, sums


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("ceiling", [(3, 8_192, 200), (6, 12_288, 400)])
def test_no_other_plans_bring_back_more(seed: int, ceiling: tuple[int, int, int]) -> None:
    nation = [regency(10 * seed + n, apps=5, idle=4, hosts=2) for n in range(3)]
    named = [Regency.of(f"r{n}", encode(one)) for n, one in enumerate(nation)]
    plan = plan_regencies(named, Amounts(*ceiling), Alone())
    assert plan.weight == best(nation, ceiling) <= plan.bound

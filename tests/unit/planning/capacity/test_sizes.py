"""Sizes that a pool gives out: the smallest, the largest, the step, and what is left."""

from __future__ import annotations

import pytest

from dcim.planning.capacity.ledger import Limit, ledgers
from dcim.vocabulary.amounts import Amounts, ResourceClass
from tests.snapshots import cluster, grant, snapshot, vm

HOST = Amounts(16, 32768, 1000)
STEPPED = cluster(
    HOST, HOST, min_unit=Amounts(2, 2048, 10), step_size=Amounts(2, 1024, 5), name="KVM"
)


@pytest.mark.parametrize(
    ("asked", "limit", "bound", "would_fit"),
    [
        (Amounts(1, 2048, 10), Limit.MIN_UNIT, 2, 2),
        (Amounts(3, 2048, 10), Limit.STEP_SIZE, 2, 4),
        (Amounts(18, 2048, 10), Limit.MAX_UNIT, 16, 16),
    ],
)
def test_a_refusal_names_the_limit_and_the_size_that_would_fit(
    asked: Amounts, limit: Limit, bound: int, would_fit: int
) -> None:
    (book,) = ledgers(snapshot(STEPPED))
    (refusal,) = book.refusals(asked)
    assert (refusal.pool, refusal.resource_class) == ("cluster:KVM", ResourceClass.VCPU)
    assert (refusal.limit, refusal.bound, refusal.would_fit) == (limit, bound, would_fit)


def test_what_is_short_is_told_with_what_is_free() -> None:
    whole = snapshot(grant(Amounts(8, 4096, 100)), vm("a", cluster=None, allocation="G1"))
    (book,) = ledgers(whole)
    (refusal,) = book.refusals(Amounts(7, 0, 50))
    assert (refusal.limit, refusal.asked, refusal.free, refusal.would_fit) == (
        Limit.CAPACITY, 7, 6, 6,
    )  # fmt: skip
    assert book.refusals(Amounts(6, 0, 50)) == ()


def test_recorded_machines_of_such_sizes_are_named_not_refused() -> None:
    (book,) = ledgers(snapshot(STEPPED, vm("even"), vm("odd", amounts=Amounts(3, 4096, 50))))
    assert (book.odd, book.used) == (("odd",), Amounts(5, 8192, 100))

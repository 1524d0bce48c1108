"""Our ledger accepts and refuses what OpenStack Placement itself does."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcim.planning.capacity.ledger import Inventory, LedgerLine, PoolLedger
from dcim.vocabulary.amounts import Amounts, ResourceClass
from tests.placement_service import PlacementService

RATIOS = [0.5, 0.7, 1.0, 1.15, 1.5, 2.0, 4.0]


@pytest.fixture(scope="module")
def placement(tmp_path_factory: pytest.TempPathFactory) -> PlacementService:
    return PlacementService(tmp_path_factory.mktemp("placement"))


@st.composite
def inventories(draw: st.DrawFn, kind: ResourceClass) -> Inventory:
    """Small numbers, so that each limit binds; nothing at all now and then."""
    total = draw(st.integers(0, 40))
    return Inventory(
        resource_class=kind,
        total=total,
        reserved=draw(st.integers(0, total)),
        allocation_ratio=draw(st.sampled_from(RATIOS)),
        min_unit=draw(st.integers(1, 4)),
        max_unit=draw(st.integers(1, 24)),
        step_size=draw(st.integers(1, 4)),
    )


pools = st.tuples(*(inventories(kind) for kind in ResourceClass))
wishes = st.lists(
    st.builds(Amounts, st.integers(0, 12), st.integers(0, 12), st.integers(0, 12)).filter(
        lambda asked: asked != Amounts()
    ),
    min_size=1,
    max_size=5,
)


def as_stated(one: Inventory) -> dict[str, float]:
    fields = ("total", "reserved", "allocation_ratio", "min_unit", "max_unit", "step_size")
    return {name: getattr(one, name) for name in fields}


def rounds_like_decimals(one: Inventory) -> bool:
    """Whether binary fractions leave the capacity what it is in decimals: see the test below."""
    exact = (one.total - one.reserved) * Decimal(str(one.allocation_ratio))
    return int((one.total - one.reserved) * one.allocation_ratio) == int(exact)


@given(pools, wishes)
def test_it_accepts_and_refuses_what_our_ledger_does(
    placement: PlacementService, stock: tuple[Inventory, ...], asked: list[Amounts]
) -> None:
    stock = tuple(
        one if rounds_like_decimals(one) else replace(one, allocation_ratio=1.0) for one in stock
    )
    lines = tuple(LedgerLine(inventory=one) for one in stock)
    book = PoolLedger(pool="cluster:K", provider=None, is_open=True, lines=lines)
    provider = placement.provider({str(one.resource_class): as_stated(one) for one in stock})
    for wish in asked:
        named = {str(kind): amount for kind, amount in wish.as_mapping().items()}
        is_taken = not book.refusals(wish)
        assert placement.takes(provider, named) is is_taken, (wish, book)
        if is_taken:
            book = replace(
                book,
                lines=tuple(
                    replace(line, used=line.used + wish[line.inventory.resource_class])
                    for line in book.lines
                ),
            )


def test_binary_fractions_cost_placement_the_last_unit(placement: PlacementService) -> None:
    """100 x 1.15 is 115; in binary 114.99…, so Placement gives 114. Ours counts in decimals."""
    stock = Inventory(
        resource_class=ResourceClass.VCPU, total=100, allocation_ratio=1.15, max_unit=115
    )
    provider = placement.provider({"VCPU": as_stated(stock)})
    assert not placement.takes(provider, {"VCPU": 115})
    assert LedgerLine(inventory=stock).refused_by(115) is None


@given(inventories(ResourceClass.VCPU), st.integers(1, 30))
def test_the_size_that_would_fit_is_the_nearest(stock: Inventory, asked: int) -> None:
    allowed = [size for size in range(1, 50) if stock.broken_by(size) is None]
    above = [size for size in allowed if size >= asked]
    assert stock.nearest(asked) == (above[0] if above else max(allowed, default=0))

"""Racks: contiguous units by face, the pair of feeds, weight, and where a device fits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dcim.planning.racks.ledger import (
    Feed,
    Inlet,
    Lack,
    Missing,
    RackFacts,
    Wish,
    place_for,
    power_limit,
    rack_ledger,
)

PAIR = (Feed(1, "R01", 230, 16), Feed(2, "R01", 230, 16))
# Ten units from 1; U3 and U4 taken in front, U6 at the rear, half of U9 in front, U10 reserved.
FACTS = RackFacts(
    id=1,
    name="R1",
    half_units=range(2, 22),
    taken={"front": frozenset({6, 7, 8, 9, 18}), "rear": frozenset({12, 13})},
    reserved=frozenset({20, 21}),
    weight_g=80_000,
    max_weight_g=100_000,
    feeds=PAIR,
    inlets=(Inlet("s1", 700, 1), Inlet("s1", 700, 2), Inlet("s2", 900, 1)),
    outlets={"iec-60320-c13": 2},
    ports={},
)


def test_units_are_counted_by_face_and_for_both() -> None:
    book = rack_ledger(FACTS)
    assert book.free_units == {"front": 6, "rear": 8, "both": 5}
    assert book.largest_gap == {"front": 4, "rear": 5, "both": 2}


@pytest.mark.parametrize(
    ("feeds", "limit"),
    [
        ((), None),
        (PAIR[:1], 2944),
        (PAIR, 2944),
        ((PAIR[0], Feed(2, "R01", 230, 32)), 2944),
        ((*PAIR, Feed(3, "C", 230, 16)), 5888),
        ((PAIR[0], replace(PAIR[1], is_on=False)), 2944),
        ((Feed(1, "A", 400, 16, is_three_phase=True),), 8868),
    ],
)
def test_any_one_feed_may_fail(feeds: tuple[Feed, ...], limit: int | None) -> None:
    assert power_limit(feeds) == limit


def test_what_is_drawn_is_told_by_feed_and_who_hangs_on_one() -> None:
    book = rack_ledger(replace(FACTS, inlets=(*FACTS.inlets, Inlet("s3", None, None))))
    assert [(one.drawn_w, one.supplies) for one in book.loads] == [(1600, 2), (700, 1)]
    assert (book.drawn_w, book.power_free_w, book.unstated) == (2300, 644, 1)
    assert (book.single_fed, book.unfed) == (("s2",), ("s3",))


@pytest.mark.parametrize(
    ("wish", "unit", "face"),
    [
        (Wish(u_height=2), 1, "both"),
        (Wish(u_height=4, is_full_depth=False), 5, "front"),
        (Wish(u_height=5, is_full_depth=False), 1, "rear"),
        (Wish(u_height=0.5), 1, "both"),
    ],
)
def test_the_lowest_place_is_found(wish: Wish, unit: float, face: str) -> None:
    place = place_for(rack_ledger(FACTS), wish)
    assert (place.unit, place.face) == (unit, face)


def test_what_has_no_height_has_a_place_in_a_full_rack() -> None:
    full = rack_ledger(replace(FACTS, reserved=frozenset(FACTS.half_units)))
    assert place_for(full, Wish(u_height=0)).fits
    assert place_for(full, Wish(u_height=0, supplies=3)).missing == (Missing(Lack.OUTLETS, 3, 2),)


def test_of_a_gap_that_begins_on_a_half_unit_only_whole_units_count() -> None:
    reserved = frozenset(FACTS.half_units) - frozenset({13, 14, 15, 16})
    book = rack_ledger(replace(FACTS, taken={}, reserved=reserved))
    assert place_for(book, Wish(u_height=2)).missing == (Missing(Lack.UNITS, 2, 1.5),)
    assert place_for(book, Wish(u_height=1.5)).unit == 6.5


def test_supplies_elsewhere_count_on_their_feed_alone() -> None:
    book = rack_ledger(replace(FACTS, elsewhere=(Inlet("far", 500, 2), Inlet("far", 500, None))))
    assert [(one.drawn_w, one.supplies) for one in book.loads] == [(1600, 2), (1200, 2)]
    assert (book.drawn_w, book.unfed) == (2300, ())


def test_what_is_missing_is_told_with_asked_and_free() -> None:
    wish = Wish(u_height=3, weight_g=30_000, draw_w=1_000, supplies=4)
    assert place_for(rack_ledger(FACTS), wish).missing == (
        Missing(Lack.UNITS, 3, 2),
        Missing(Lack.WEIGHT, 30_000, 20_000),
        Missing(Lack.POWER, 1_000, 644),
        Missing(Lack.OUTLETS, 4, 2),
    )

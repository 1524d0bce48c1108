"""Laws of drift: every combination on three sides has one finding and one verdict."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcim.planning.drift.comparison import compare, odd_one, pair_moved, unpaired
from dcim.planning.drift.sides import MACHINE_FIELDS, NAME, Drift, Seen, Sides
from dcim.vocabulary.drift import DriftKind, DriftSide, DriftSubject

ABSENT = None
SIDES = ("record", "hypervisor", "state")
VALUES = (ABSENT, 1, 2, 3)


def machine(name: str, memory_mib: int) -> Seen:
    return Seen(DriftSubject.MACHINE, name, {"vcpus": 2, "memory_mib": memory_mib})


def sides(*values: int | None, name: str = "vm") -> Sides:
    seen = [() if value is None else (machine(name, value),) for value in values]
    return Sides("kvm", *seen)


@pytest.mark.parametrize("values", list(itertools.product(VALUES, repeat=3)))
def test_each_combination_has_its_one_finding_and_verdict(values: tuple[int | None, ...]) -> None:
    found = compare(sides(*values))
    here = [value is not ABSENT for value in values]
    if len(set(values)) == 1:
        assert found == ()
        return
    (one,) = found
    whole = not all(here)
    assert (one.field == "", one.kind is DriftKind.CHANGED) == (whole, not whole)
    # The odd one out is the side that, once it is as another, leaves no difference.
    cured = []
    for side, other in itertools.permutations(range(3), 2):
        repaired = list(values)
        repaired[side] = values[other]
        if not compare(sides(*repaired)):
            cured.append(SIDES[side])
    if whole:
        only = [SIDES[n] for n in range(3) if here[n] is (sum(here) == 1)]
        assert [one.odd.value] == only
    else:
        assert one.odd.value == (cured[0] if cured else "all")


def test_each_presence_has_a_name_of_its_own_but_for_who_misses_it() -> None:
    kinds = {
        here: compare(sides(*(1 if one else None for one in here)))[0].kind
        for here in itertools.product((True, False), repeat=3)
        if len(set(here)) > 1
    }
    assert len(kinds) == 6
    assert kinds[True, False, True] is kinds[True, False, False] is DriftKind.MISSING
    assert len(set(kinds.values())) == 5


seen = st.lists(
    st.builds(
        Seen,
        st.sampled_from(DriftSubject),
        st.sampled_from("abAB"),  # libvirt tells a from A
        st.dictionaries(st.sampled_from(MACHINE_FIELDS[:3]), st.integers(1, 3)),
    ),
    max_size=4,
    unique_by=lambda one: (one.subject, one.name),
).map(tuple)
whole_sides = st.builds(Sides, st.just("kvm"), seen, seen, st.none() | seen)


@given(whole_sides)
def test_a_thing_has_one_finding_or_one_per_field(of: Sides) -> None:
    found = compare(of)
    keys = [one.key for one in found]
    assert len(keys) == len(set(keys))
    whole = {(one.subject, one.name) for one in found if not one.field}
    assert not any((one.subject, one.name) in whole for one in found if one.field)
    for side in (of.record, of.hypervisor):  # alike, nothing differs
        assert compare(Sides("kvm", side, side, side)) == compare(Sides("kvm", side, side, None))
        assert compare(Sides("kvm", side, side, side)) == ()


@given(whole_sides)
def test_a_side_that_says_nothing_of_a_field_is_not_heard_on_it(of: Sides) -> None:
    mute = tuple(replace(one, fields={}) for one in of.hypervisor)
    found = compare(replace(of, hypervisor=mute))
    changed = [one for one in found if one.field not in ("", NAME)]  # a name is always said
    assert all(one.odd is DriftSide.RECORD for one in changed)
    assert all(one.record != one.state for one in changed)


@given(st.lists(whole_sides, min_size=1, max_size=3))
def test_moved_machines_are_told_once_and_can_be_taken_apart(targets: list[Sides]) -> None:
    found = tuple(
        one for n, side in enumerate(targets) for one in compare(replace(side, target=f"t{n}"))
    )
    paired = pair_moved(found)
    moved = [one for one in paired if one.kind is DriftKind.MOVED]
    assert len(paired) == len(found) - len(moved)
    assert all(one.target != one.found_on for one in moved)
    assert unpaired(paired) == found
    assert pair_moved(unpaired(paired)) == paired


def test_a_machine_missing_here_and_unknown_there_has_moved() -> None:
    here, there = sides(1, None, 1), replace(sides(None, 1, None), target="other")
    (one,) = pair_moved((*compare(here), *compare(there)))
    assert (one.kind, one.target, one.found_on) == (DriftKind.MOVED, "kvm", "other")
    twice: tuple[Drift, ...] = tuple(
        one
        for name in ("other", "third")
        for one in compare(replace(sides(None, 1, None), target=name))
    )
    assert all(one.kind is not DriftKind.MOVED for one in pair_moved((*compare(here), *twice)))


def test_of_three_values_the_odd_one_is_named() -> None:
    assert odd_one(1, 1, 2) is DriftSide.STATE
    assert odd_one(2, 1, 1) is DriftSide.RECORD

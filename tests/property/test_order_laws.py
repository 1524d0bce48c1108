"""Laws of the order of starting and stopping, on small random graphs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dcim.graph.facts import Facts
from dcim.graph.graph import DependencyGraph
from dcim.graph.needs.order import Direction, Order, Scope, order
from dcim.vocabulary.things import Ref
from tests.random_graphs import questions

SCOPES = st.sampled_from(Scope)


def asked(known: Facts, named: list[Ref], scope: Scope, direction: Direction) -> Order:
    return order(DependencyGraph.of(known), named, direction, scope)


def waves_of(found: Order) -> dict[Ref, tuple[int, int]]:
    """The wave and the step of each thing."""
    return {
        thing.id: (number, place)
        for number, wave in enumerate(found.waves)
        for place, step in enumerate(wave)
        for thing in step.things
    }


@given(questions(), SCOPES)
def test_everything_starts_after_what_it_needs_or_together_with_it(
    question: tuple[Facts, list[Ref]], scope: Scope
) -> None:
    known, named = question
    found = asked(known, named, scope, Direction.START)
    place = waves_of(found)
    loose = {(one.id, other.id) for one, other in found.unordered}
    for need in known.needs:
        ends = need.source, need.target
        if ends not in loose and set(ends) <= set(place):
            after, before = (place[end] for end in ends)
            assert after == before or after[0] > before[0]


@given(questions(), SCOPES)
def test_stopping_is_starting_backwards(question: tuple[Facts, list[Ref]], scope: Scope) -> None:
    start, stop = (asked(*question, scope, one) for one in Direction)
    assert stop.waves == start.waves[::-1]


@given(questions())
def test_all_that_rests_on_the_things_has_one_place(question: tuple[Facts, list[Ref]]) -> None:
    known, named = question
    found = asked(known, named, Scope.ABOVE, Direction.STOP)
    reached = set(named)
    while more := {one.source for one in known.needs if one.target in reached} - reached:
        reached |= more
    told = [thing.id for wave in found.waves for step in wave for thing in step.things]
    assert sorted(told) == sorted(ref for ref in reached if ref.kind != "group")


@given(questions())
def test_a_step_of_several_things_is_a_circle_of_hard_needs(
    question: tuple[Facts, list[Ref]],
) -> None:
    known, named = question
    found = asked(known, named, Scope.ABOVE, Direction.START)
    hard = {(need.source, need.target) for need in known.needs if need.hard}
    for step in (step for wave in found.waves for step in wave if step.is_knot):
        one, *others = (thing.id for thing in step.things)
        for other in others:
            assert reaches(hard, one, other)
            assert reaches(hard, other, one)


def reaches(needs: set[tuple[Ref, Ref]], source: Ref, target: Ref) -> bool:
    seen = {source}
    while more := {end for start, end in needs if start in seen} - seen:
        seen |= more
    return target in seen

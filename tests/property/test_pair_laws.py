"""Laws of pairs of failures, on small random graphs."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given

from dcim.graph.facts import Facts
from dcim.graph.failures.impact import impact
from dcim.graph.failures.pairs import failure_pairs
from dcim.graph.graph import DependencyGraph
from dcim.graph.selection import Selection, selected
from dcim.vocabulary.things import Ref, ThingKind
from tests.random_graphs import facts


@given(facts())
def test_pairs_are_those_that_failing_each_two_finds(known: Facts) -> None:
    graph = DependencyGraph.of(known)
    things = selected(graph, Selection(), (ThingKind.APP,))
    rows = failure_pairs(graph, things, things).rows(slice(None), slice(None))
    got = {frozenset((row.first.id, row.second.id)): {a.id for a in row.apps} for row in rows}
    assert got == _by_force(graph, [graph.roster.thing(n).id for n in things.tolist()])


def _by_force(graph: DependencyGraph, things: list[Ref]) -> dict[frozenset[Ref], set[Ref]]:
    worse = {}
    for one, other in combinations(things, 2):
        both, first, second = (_down(graph, *refs) for refs in ((one, other), (one,), (other,)))
        if more := both - first - second:
            worse[frozenset((one, other))] = more
    return worse


def _down(graph: DependencyGraph, *refs: Ref) -> set[Ref]:
    return {hit.thing.id for hit in impact(graph, refs).apps_down}

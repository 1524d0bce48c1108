"""Laws of the dependency graph, on small random graphs with groups, soft needs and cycles."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dcim.graph.drawing.folding import Wishes, picture_of
from dcim.graph.drawing.layout import Texts, drawing_of
from dcim.graph.facts import Facts, Need, Thing
from dcim.graph.failures.alone import outcomes
from dcim.graph.failures.impact import Hit, Impact, impact
from dcim.graph.graph import DependencyGraph
from dcim.graph.needs.requirements import (
    cycles,
    explain,
    requirements,
    single_points_of_failure,
)
from dcim.graph.propagation import Spread, State, spread
from dcim.graph.waves import wave_down, wave_of_weakness
from dcim.vocabulary.things import Ref, ThingKind
from tests.random_graphs import (
    WORST_FIRST,
    ask,
    brute_force,
    facts,
    hard_needs,
    questions,
    spare_of,
    states,
)


def spread_in_waves(graph: DependencyGraph, failed: list[Ref]) -> Spread:
    """What falls, found over arrays however small the answer."""
    down = wave_down(graph.wiring, [graph.find(ref) for ref in failed])
    above = ({other for other, _ in graph.above(number)} for number in down)
    shaken = dict.fromkeys(set().union(*above) - set(down))
    return Spread(down, wave_of_weakness(graph.wiring, down, shaken), shaken)


@given(questions())
def test_waves_find_what_following_each_node_finds(question: tuple[Facts, list[Ref]]) -> None:
    known, failed = question
    graph = DependencyGraph.of(known)
    found = spread_in_waves(graph, failed)
    assert {ref: found.state_of(graph.find(ref)) for ref in spare_of(known)} == {
        ref: impact(graph, failed).state_of(ref) for ref in spare_of(known)
    }


@given(facts())
def test_a_graph_gives_its_facts_back(known: Facts) -> None:
    graph = DependencyGraph.of(known)
    again = DependencyGraph.of(graph.to_facts())
    assert again.to_facts() == graph.to_facts()
    assert nx.utils.graphs_equal(again.to_networkx(), graph.to_networkx())


@given(questions())
def test_the_answer_equals_the_rules_read_aloud(question: tuple[Facts, list[Ref]]) -> None:
    known, failed = question
    expected = brute_force(known, failed)
    found = {r: s for r, s in states(known, ask(known, failed)).items() if s is not State.UP}
    assert found == expected


@given(questions(), st.data())
def test_more_failures_never_make_anything_better(
    question: tuple[Facts, list[Ref]], data: st.DataObject
) -> None:
    known, failed = question
    fewer = data.draw(st.lists(st.sampled_from(failed), min_size=1, unique=True))
    before, after = states(known, ask(known, fewer)), states(known, ask(known, failed))
    assert all(WORST_FIRST.index(after[r]) <= WORST_FIRST.index(before[r]) for r in before)


@given(questions(), st.data())
def test_a_further_member_of_a_group_never_stops_anything(
    question: tuple[Facts, list[Ref]], data: st.DataObject
) -> None:
    known, failed = question
    more = with_member(known, data)
    before, after = ask(known, failed), ask(more, failed)
    assert {hit.thing.id for hit in after.down} <= {hit.thing.id for hit in before.down}


@given(questions(), st.data())
def test_a_further_member_that_is_not_hit_worsens_nothing(
    question: tuple[Facts, list[Ref]], data: st.DataObject
) -> None:
    known, failed = question
    fresh = Thing(Ref(ThingKind.VM, "fresh"))
    more = with_member(replace(known, things=(*known.things, fresh)), data, fresh.id)
    before, after = states(known, ask(known, failed)), states(known, ask(more, failed))
    assert all(WORST_FIRST.index(after[r]) >= WORST_FIRST.index(before[r]) for r in before)


def with_member(known: Facts, data: st.DataObject, member: Ref | None = None) -> Facts:
    """The facts with one more member in a group, where there is one."""
    if not known.groups:
        return known
    group = data.draw(st.sampled_from(known.groups)).id
    member = member or data.draw(st.sampled_from(known.things)).id
    return replace(known, needs=(*known.needs, Need(group, member)))


@given(questions())
def test_a_chain_of_causes_is_a_real_and_shortest_path(question: tuple[Facts, list[Ref]]) -> None:
    known, failed = question
    answer = ask(known, failed)
    reasons = nx.DiGraph(links(known, answer))
    reasons.add_nodes_from(failed)
    for hit in answer.down + answer.degraded:
        path = [node.id for node in hit.chain]
        assert path[0] == hit.thing.id
        assert path[-1] in failed
        assert nx.is_path(reasons, path)
        assert len(path) - 1 == shortest(reasons, hit, failed)


def links(known: Facts, answer: Impact) -> list[tuple[Ref, Ref]]:
    """Needs whose target is a reason for the state of their source."""
    return [(need.source, need.target) for need in known.needs if is_reason(known, answer, need)]


def is_reason(known: Facts, answer: Impact, need: Need) -> bool:
    state, below = answer.state_of(need.source), answer.state_of(need.target)
    if state is State.DOWN:
        return need.hard and below is State.DOWN
    if state is State.UP or below is State.UP:
        return False
    lost = {r for r in hard_needs(known, need.source) if answer.state_of(r) is State.DOWN}
    return below is State.DOWN or (need.hard and not lost)


def shortest(reasons: nx.DiGraph[Ref], hit: Hit, failed: list[Ref]) -> int:
    lengths = nx.single_source_shortest_path_length(reasons, hit.thing.id)
    return min(lengths[ref] for ref in failed if ref in lengths)


@given(facts(), st.data())
def test_single_points_of_failure_are_those_that_stop_the_app_alone(
    known: Facts, data: st.DataObject
) -> None:
    app = data.draw(st.sampled_from(known.things))
    others = [thing for thing in known.things if thing != app]
    alone = {thing.id for thing in others if app in down_things(known, thing)}
    found = single_points_of_failure(DependencyGraph.of(known), app.id)
    assert {thing.id for thing in found} == alone


def down_things(known: Facts, thing: Thing) -> list[Thing]:
    return [hit.thing for hit in ask(known, [thing.id]).down]


@given(facts())
def test_failures_side_by_side_hit_what_each_hits_by_itself(known: Facts) -> None:
    graph = DependencyGraph.of(known)
    found = outcomes(
        graph.wiring, np.arange(len(graph))[:, np.newaxis], among=range(len(graph)), degraded=True
    )
    for number in range(len(graph)):
        alone = spread(graph.wiring, [number])
        down, degraded = (
            set(pairs.nodes[pairs.failures == number].tolist())
            for pairs in (found.down, found.degraded)
        )
        assert (down, degraded) == (set(alone.down), set(alone.degraded))


@given(questions())
def test_failing_a_thing_equals_taking_away_what_stands_on_it(
    question: tuple[Facts, list[Ref]],
) -> None:
    known, failed = question
    without = replace(known, needs=tuple(n for n in known.needs if n.source not in failed))
    counts = tuple(group for group in known.groups if group.id not in failed)
    mock = tuple(Thing(group.id) for group in known.groups if group.id in failed)
    pruned = replace(without, groups=counts, things=(*known.things, *mock))
    assert states(known, ask(pruned, failed)) == states(known, ask(known, failed))


@given(facts(), st.data())
def test_requirements_are_what_networkx_can_reach(known: Facts, data: st.DataObject) -> None:
    app = data.draw(st.sampled_from(known.things)).id
    graph = DependencyGraph.of(known)
    below = requirements(graph, app)
    reached = nx.descendants(graph.to_networkx(), str(app)) | {str(app)}
    assert {str(node.id) for node in below.nodes} == reached
    assert {str(row.node.id) for row in below.rows} == reached


@given(facts(), st.data())
def test_an_explanation_is_given_exactly_when_the_app_rests_on_the_thing(
    known: Facts, data: st.DataObject
) -> None:
    app, thing = (data.draw(st.sampled_from(known.things)).id for _ in range(2))
    graph = DependencyGraph.of(known)
    why = explain(graph, app, thing)
    whole = graph.to_networkx()
    assert why.rests == nx.has_path(whole, str(app), str(thing))
    assert all(nx.is_path(whole, [str(node.id) for node in chain]) for chain in why.chains)


@given(questions(), st.integers(0, 8), st.data())
def test_a_drawing_shows_every_node_once_every_need_and_one_state_per_box(
    question: tuple[Facts, list[Ref]], most: int, data: st.DataObject
) -> None:
    known, failed = question
    graph = DependencyGraph.of(known)
    hit = impact(graph, failed).hit
    wishes = Wishes(most, state_of=hit.state_of)
    folded = [
        part.key
        for part in picture_of(graph, range(len(graph)), wishes).parts.values()
        if part.is_folded
    ]
    opened = frozenset(data.draw(st.lists(st.sampled_from(folded)))) if folded else frozenset()
    picture = picture_of(graph, range(len(graph)), replace(wishes, opened=opened))
    home = {one: part.key for part in picture.parts.values() for one in part.members}
    assert picture.size == len(home) == len(graph)
    assert not opened & picture.parts.keys()
    assert {(line.source, line.target) for line in picture.lines} == {
        (home[one], home[other])
        for one in range(len(graph))
        for other, _ in graph.below(one)
        if home[one] != home[other]
    }
    for part in picture.parts.values():
        kinds = [one for one in part.members if graph.roster.kind(one) is part.kind]
        assert {hit.state_of(one) for one in kinds} == {part.state}
    boxes = drawing_of(picture, lambda part: Texts(part.home, part.key)).boxes
    for one, other in combinations(boxes, 2):
        assert one.y != other.y or one.x + one.width <= other.x or other.x + other.width <= one.x


@given(facts())
def test_there_is_a_cycle_exactly_when_networkx_finds_one(known: Facts) -> None:
    graph = DependencyGraph.of(known)
    whole = graph.to_networkx()
    found = cycles(graph)
    assert bool(found) != nx.is_directed_acyclic_graph(whole)
    for cycle in found:
        assert nx.is_path(whole, [str(node.id) for node in (*cycle, cycle[0])])

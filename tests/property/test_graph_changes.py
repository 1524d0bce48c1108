"""Laws of the dependency graph when the question or the estate changes: what may follow."""

from __future__ import annotations

import random
from dataclasses import replace

import networkx as nx
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dcim.graph.facts import Facts, Group, Need, Thing
from dcim.graph.failures.impact import Impact
from dcim.graph.failures.single_points import POINT_KINDS, single_points
from dcim.graph.graph import DependencyGraph
from dcim.graph.needs.requirements import single_points_of_failure
from dcim.graph.propagation import WIDE, State
from dcim.graph.selection import Selection, selected
from dcim.vocabulary.things import Ref, ThingKind
from tests.random_graphs import ask, facts, questions, states

EXTRA = Ref(ThingKind.VM, "extra")


def down(known: Facts, failed: list[Ref]) -> set[Ref]:
    return in_state(known, ask(known, failed), State.DOWN)


def hit(known: Facts, failed: list[Ref]) -> set[Ref]:
    return in_state(known, ask(known, failed), State.DOWN, State.DEGRADED)


def in_state(known: Facts, answer: Impact, *wanted: State) -> set[Ref]:
    return {ref for ref, state in states(known, answer).items() if state in wanted}


@given(questions(), st.data())
def test_failures_together_fell_at_least_what_each_fells_alone(
    question: tuple[Facts, list[Ref]], data: st.DataObject
) -> None:
    known, one = question
    other = data.draw(st.lists(st.sampled_from(refs_of(known)), min_size=1, max_size=3))
    assert down(known, one) | down(known, other) <= down(known, one + other)
    assert hit(known, one) | hit(known, other) <= hit(known, one + other)


@given(questions())
def test_what_is_down_may_be_named_too_without_changing_anything(
    question: tuple[Facts, list[Ref]],
) -> None:
    known, failed = question
    assert states(known, ask(known, failed)) == states(
        known, ask(known, failed + sorted(down(known, failed)))
    )


@given(questions(), st.data())
def test_what_is_down_may_be_deleted_and_the_next_failure_fells_the_same(
    question: tuple[Facts, list[Ref]], data: st.DataObject
) -> None:
    known, failed = question
    gone = down(known, failed)
    left = without(known, gone)
    assume(refs_of(left))
    later = data.draw(st.lists(st.sampled_from(refs_of(left)), min_size=1, max_size=3))
    assert down(known, failed + later) == gone | down(left, later)
    assert hit(left, later) <= hit(known, failed + later)


@given(questions(), st.data())
def test_deleting_a_spare_member_equals_failing_it(
    question: tuple[Facts, list[Ref]], data: st.DataObject
) -> None:
    known, failed = question
    more = with_spare_member(known, data)
    assert down(more, [*failed, EXTRA]) - {EXTRA} == down(known, failed)
    assert hit(known, failed) <= hit(more, [*failed, EXTRA])


@given(facts(), st.data())
def test_a_spare_member_adds_no_single_point_of_failure(known: Facts, data: st.DataObject) -> None:
    more = with_spare_member(known, data)
    app = data.draw(st.sampled_from(known.things)).id
    assert points_of(more, app) <= points_of(known, app)


@given(facts())
def test_the_points_that_stop_any_app_are_found_by_failing_each_alone(known: Facts) -> None:
    graph = DependencyGraph.of(known)
    found = single_points(graph, selected(graph, Selection(), POINT_KINDS))
    told = {
        (str(point.row.thing.id), str(removal.app.id))
        for point in found.points(slice(None), slice(None))
        for removal in point.removals
    }
    assert told == {
        (str(thing.id), str(app))
        for thing in known.things
        if thing.kind in POINT_KINDS
        for app in down(known, [thing.id]) - {thing.id}
        if app.kind is ThingKind.APP
    }


@given(questions(), st.data())
def test_a_need_that_turns_soft_fells_less(
    question: tuple[Facts, list[Ref]], data: st.DataObject
) -> None:
    known, failed = question
    of_things = [need for need in known.needs if need.source.kind is not ThingKind.GROUP]
    assume(of_things)
    chosen = data.draw(st.sampled_from(of_things))
    softer = replace(
        known,
        needs=tuple(replace(one, hard=False) if one == chosen else one for one in known.needs),
    )
    assert down(softer, failed) <= down(known, failed)
    assert hit(softer, failed) <= hit(known, failed)


@given(questions())
def test_names_and_their_order_mean_nothing(question: tuple[Facts, list[Ref]]) -> None:
    known, failed = question
    turned = Facts(known.serial, known.things[::-1], known.groups[::-1], known.needs[::-1])
    assert states(known, ask(turned, failed[::-1])) == states(known, ask(known, failed))


@given(questions())
def test_the_networkx_form_says_the_same_by_its_own_attributes(
    question: tuple[Facts, list[Ref]],
) -> None:
    known, failed = question
    graph = DependencyGraph.of(known)
    whole = graph.to_networkx()
    told = read_aloud(whole, {str(ref) for ref in failed})
    assert told == {str(ref): state for ref, state in states(known, ask(known, failed)).items()}


@pytest.mark.parametrize("seed", range(4))
def test_a_wide_failure_says_the_same_as_sets_do(seed: int) -> None:
    known, failed = wide(random.Random(seed))
    found = states(known, ask(known, failed))
    fallen = [ref for ref, state in found.items() if state is State.DOWN]
    assert WIDE < len(fallen) < len(found)
    whole = DependencyGraph.of(known).to_networkx()
    assert read_aloud(whole, set(map(str, failed))) == {
        str(ref): state for ref, state in found.items()
    }


def refs_of(known: Facts) -> list[Ref]:
    return [node.id for node in known.things + known.groups]


def without(known: Facts, gone: set[Ref]) -> Facts:
    """The facts as if `gone` had never been recorded; groups still need as many."""
    return Facts(
        known.serial,
        tuple(one for one in known.things if one.id not in gone),
        tuple(one for one in known.groups if one.id not in gone),
        tuple(one for one in known.needs if not {one.source, one.target} & gone),
    )


def with_spare_member(known: Facts, data: st.DataObject) -> Facts:
    """The facts with a further machine, which may rest on anything, in some of their groups."""
    joined = data.draw(st.sets(st.sampled_from(known.groups))) if known.groups else set()
    below = data.draw(st.sets(st.sampled_from(refs_of(known)), max_size=2))
    members = [Need(group.id, EXTRA) for group in sorted(joined, key=lambda one: one.id)]
    rests = [Need(EXTRA, ref) for ref in sorted(below)]
    return replace(
        known, things=(*known.things, Thing(EXTRA)), needs=(*known.needs, *members, *rests)
    )


def points_of(known: Facts, app: Ref) -> set[Ref]:
    return {thing.id for thing in single_points_of_failure(DependencyGraph.of(known), app)}


def read_aloud(whole: nx.DiGraph[str], failed: set[str]) -> dict[str, State]:
    """The rules of `propagation`, from the attributes that are handed out, round after round."""
    sizes, needed = (nx.get_node_attributes(whole, name) for name in ("size", "needed"))
    spare = {name: sizes.get(name, 0) - needed.get(name, 0) for name in whole}
    hard = {
        name: {below for below, need in whole.adj[name].items() if need["hard"]} for name in whole
    }
    fallen = grown(hard, spare, failed)
    beside = {above for name in fallen for above in whole.predecessors(name)}
    weak = grown(hard, spare, fallen | beside) - fallen
    return {
        name: State.DOWN if name in fallen else State.DEGRADED if name in weak else State.UP
        for name in whole
    }


def grown(hard: dict[str, set[str]], spare: dict[str, int], first: set[str]) -> set[str]:
    """`first` and all that can't stand without it."""
    found = set(first)
    while more := {name for name in hard if len(hard[name] & found) > spare[name]} - found:
        found |= more
    return found


def wide(dice: random.Random) -> tuple[Facts, list[Ref]]:
    """Some thousands of machines in racks, tiers that need some of them, apps; two racks fail."""
    racks = [Ref(ThingKind.RACK, str(n)) for n in range(4)]
    machines = [Ref(ThingKind.VM, str(n)) for n in range(2_000)]
    tiers = [Ref(ThingKind.GROUP, str(n)) for n in range(600)]
    apps = [Ref(ThingKind.APP, str(n)) for n in range(600)]
    needs = [Need(machine, dice.choice(racks)) for machine in machines]
    groups = []
    for tier, app in zip(tiers, apps, strict=True):
        members = dice.sample(machines, dice.randint(2, 5))
        groups.append(Group(tier, "instances", dice.randint(1, len(members) - 1)))
        needs += [Need(tier, member) for member in members]
        needs += [Need(app, tier), Need(app, dice.choice(apps), hard=dice.random() < 0.2)]
    things = tuple(Thing(ref, status="active") for ref in racks + machines + apps)
    return Facts(1, things, tuple(groups), tuple(needs)), dice.sample(racks, 2)

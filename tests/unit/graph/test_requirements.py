"""What an app rests on, and why."""

from __future__ import annotations

import pytest

from dcim.graph.needs.requirements import (
    Explanation,
    cycles,
    explain,
    requirements,
    single_points_of_failure,
)
from dcim.graph.propagation import State
from dcim.vocabulary.errors import UnknownThing
from dcim.vocabulary.things import Ref
from tests.drawn_graphs import drawn

SIMPEG = """
    app:SIMPEG -> app:DBC, workload:SIMPEG/web, ~app:SSO
    app:DBC -> vm:db
    app:SSO -> vm:sso
    workload:SIMPEG/web -> 1 of vm:1 vm:2
    vm:1 -> host:h1
    vm:2 -> host:h2
    vm:db -> host:h1
    vm:sso -> host:h3
    host:h1 -> rack:R1
    host:h2 -> rack:R1
    host:h3 -> rack:R2
    rack:R1 -> site:S
    rack:R2 -> site:S
"""
APP = Ref.parse("app:SIMPEG")


def why(thing: str) -> Explanation:
    return explain(drawn(SIMPEG), APP, Ref.parse(thing))


def test_layers_run_from_the_app_down_to_the_site() -> None:
    layers = [[str(node.id) for node in layer] for layer in requirements(drawn(SIMPEG), APP).layers]
    assert layers == [
        ["app:SIMPEG"],
        ["app:DBC", "app:SSO"],
        ["workload:SIMPEG/web"],
        ["group:SIMPEG/web#1"],
        ["vm:1", "vm:2", "vm:db", "vm:sso"],
        ["host:h1", "host:h2", "host:h3"],
        ["rack:R1", "rack:R2"],
        ["site:S"],
    ]


def test_only_what_is_below_is_required() -> None:
    below = requirements(drawn(SIMPEG), Ref.parse("vm:1"))
    assert [node.name for node in below.nodes] == ["1", "h1", "R1", "S"]
    assert len(below.needs) == 3


def test_the_tree_shows_each_node_in_full_once() -> None:
    rows = requirements(
        drawn("app:A -> vm:1, vm:2\n vm:1 -> host:h\n vm:2 -> host:h\n host:h -> rack:R"),
        Ref.parse("app:A"),
    ).rows
    assert [(row.depth, row.node.name, row.is_repeat) for row in rows] == [
        (0, "A", False),
        (1, "1", False),
        (2, "h", False),
        (3, "R", False),
        (1, "2", False),
        (2, "h", True),
    ]


def test_the_tree_marks_soft_needs() -> None:
    rows = requirements(drawn(SIMPEG), APP).rows
    assert {str(row.node.id) for row in rows if not row.hard} == {"app:SSO"}


def test_an_explanation_is_the_shortest_chain() -> None:
    (chain,) = why("host:h2").chains
    assert [node.name for node in chain] == ["SIMPEG", "SIMPEG/web", "SIMPEG/web#1", "2", "h2"]


def test_an_explanation_names_several_chains_of_one_length() -> None:
    both = explain(
        drawn("app:A -> vm:1, vm:2\n vm:1 -> host:h\n vm:2 -> host:h"),
        *map(Ref.parse, ("app:A", "host:h")),
    )
    assert [[node.name for node in chain] for chain in both.chains] == [
        ["A", "1", "h"],
        ["A", "2", "h"],
    ]


@pytest.mark.parametrize(
    ("thing", "effect", "is_hard"),
    [
        ("rack:R1", State.DOWN, True),
        ("host:h1", State.DOWN, True),
        ("host:h2", State.DEGRADED, True),
        ("host:h3", State.DEGRADED, False),
        ("app:SIMPEG", State.DOWN, True),
    ],
)
def test_an_explanation_says_what_the_loss_alone_does(
    thing: str, effect: State, is_hard: bool
) -> None:
    answer = why(thing)
    assert (answer.effect, answer.is_hard, answer.rests) == (effect, is_hard, True)


def test_a_hard_chain_is_preferred_to_a_shorter_soft_one() -> None:
    graph = drawn("app:A -> ~app:C, app:B\n app:B -> app:C")
    answer = explain(graph, *map(Ref.parse, ("app:A", "app:C")))
    assert [node.name for node in answer.chains[0]] == ["A", "B", "C"]
    assert answer.is_hard


def test_an_app_that_does_not_rest_on_a_thing_is_told_so() -> None:
    answer = explain(drawn(SIMPEG), Ref.parse("app:DBC"), Ref.parse("rack:R2"))
    assert (answer.rests, answer.chains, answer.effect) == (False, (), State.UP)


def test_a_thing_may_be_needed_and_yet_hurt_nobody() -> None:
    graph = drawn("app:A -> ~app:B\n app:B -> ~app:C")
    answer = explain(graph, *map(Ref.parse, ("app:A", "app:C")))
    assert (answer.rests, answer.effect) == (True, State.UP)


def test_questions_about_unknown_apps_are_refused() -> None:
    with pytest.raises(UnknownThing, match=r"Did you mean app:SIMPEG\?"):
        requirements(drawn(SIMPEG), Ref.parse("app:SIMPEGG"))


def test_single_points_of_failure_are_what_no_redundancy_covers() -> None:
    found = single_points_of_failure(drawn(SIMPEG), APP)
    assert [str(thing.id) for thing in found] == [
        "app:DBC",
        "workload:SIMPEG/web",
        "vm:db",
        "host:h1",
        "rack:R1",
        "site:S",
    ]


def test_cycles_are_found_and_told_in_order() -> None:
    graph = drawn("app:B -> app:C\n app:C -> app:A\n app:A -> app:B\n app:D -> app:E, app:D")
    assert [[node.name for node in cycle] for cycle in cycles(graph)] == [["A", "B", "C"], ["D"]]


def test_a_tree_has_no_cycles() -> None:
    assert cycles(drawn(SIMPEG)) == ()


def test_apps_in_a_cycle_share_a_layer() -> None:
    graph = drawn("app:A -> app:B\n app:B -> app:A, vm:1")
    layers = requirements(graph, Ref.parse("app:A")).layers
    assert [[node.name for node in layer] for layer in layers] == [["A", "B"], ["1"]]

"""Real processes die as the record's graph foretells: who answers 503, who is degraded."""

from __future__ import annotations

import os
import random
from collections.abc import Collection, Iterator
from itertools import combinations

import pytest

from dcim.graph.failures.impact import impact
from dcim.graph.graph import DependencyGraph
from dcim.graph.load.record import current_graph
from tests.live.estate import REFS, Estate, write_into_record

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PAIRS = random.Random(2026).sample(list(combinations(REFS, 2)), 12)
ALL_UP = dict.fromkeys(REFS, "up")


@pytest.fixture(scope="module")
def estate() -> Iterator[Estate]:
    """The running services."""
    running = Estate()
    yield running
    running.close()


@pytest.fixture
def graph() -> DependencyGraph:
    """The graph of the record that tells of the services."""
    write_into_record()
    return current_graph()


def foretold(graph: DependencyGraph, failed: Collection[str]) -> dict[str, str]:
    """The state of every service when `failed` fail, by the graph."""
    found = impact(graph, [REFS[name] for name in failed])
    return {name: found.state_of(ref).value for name, ref in REFS.items()}


def wrong_forecasts(
    estate: Estate, graph: DependencyGraph, killed: Collection[tuple[str, ...]]
) -> dict[tuple[str, ...], set[tuple[str, str, str]]]:
    """By what was killed: services, what was foretold of each, and what it answered."""
    wrong = {}
    for names in killed:
        with estate.without(*names):
            answered = estate.states()
        expected = foretold(graph, names)
        told = {(one, expected[one], answered[one]) for one in REFS}
        wrong[names] = {one for one in told if one[1] != one[2]}
    return {names: told for names, told in wrong.items() if told}


def test_twenty_processes_answer_and_nothing_is_foretold_of_a_whole_estate(
    estate: Estate, graph: DependencyGraph
) -> None:
    assert len(estate.pids()) == len(REFS) == 20
    assert {graph.node(graph.find(ref)).id for ref in REFS.values()} == set(REFS.values())
    assert estate.states() == ALL_UP


def test_killing_each_process_in_turn_fells_and_weakens_what_the_record_foretells(
    estate: Estate, graph: DependencyGraph
) -> None:
    assert wrong_forecasts(estate, graph, [(name,) for name in REFS]) == {}
    assert estate.states() == ALL_UP


def test_killing_two_at_once_fells_and_weakens_what_the_record_foretells(
    estate: Estate, graph: DependencyGraph
) -> None:
    assert wrong_forecasts(estate, graph, PAIRS) == {}
    assert estate.states() == ALL_UP


def test_of_two_instances_one_may_die_and_not_both(estate: Estate, graph: DependencyGraph) -> None:
    for names, state in ((("sso-1",), "degraded"), (("sso-1", "sso-2"), "down")):
        with estate.without(*names):
            assert estate.state_of("SSO") == foretold(graph, names)["SSO"] == state


def test_a_soft_need_that_dies_is_only_told(estate: Estate, graph: DependencyGraph) -> None:
    with estate.without("MAIL"):
        assert estate.state_of("PORTAL") == foretold(graph, ["MAIL"])["PORTAL"] == "degraded"


def test_two_that_need_each_other_fall_together_and_stand_up_again(
    estate: Estate, graph: DependencyGraph
) -> None:
    with estate.without("archive-1"):
        answered = estate.states()
        assert (answered["LETTER"], answered["ARCHIVE"]) == ("down", "down")
        assert answered == foretold(graph, ["archive-1"])
    assert estate.state_of("LETTER") == "up"


def test_the_forecast_changes_with_the_record(estate: Estate, graph: DependencyGraph) -> None:
    assert foretold(graph, ["h1"]) != foretold(graph, ["h2"])
    with estate.without("h1"):
        assert estate.states() != foretold(graph, ["h2"])


def test_nothing_is_left_running() -> None:
    running = Estate()
    pids = running.pids()
    running.close()
    assert not any(is_there(pid) for pid in pids)


def is_there(pid: int) -> bool:
    """Whether a process of ours, alive or not put away, has that number."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return False
    return True

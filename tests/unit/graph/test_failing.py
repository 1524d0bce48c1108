"""What is asked to fail: by name, by filter, by the day on which grants lapse."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dcim.graph.failures.failing import Failing, day, impact_of_failing
from dcim.graph.failures.losses import losses_of
from dcim.graph.graph import DependencyGraph
from dcim.graph.selection import selection_of
from dcim.vocabulary.errors import InvalidInput
from dcim.vocabulary.things import Ref
from tests.drawn_graphs import facts_of, refs

GRANTED = """
    app:A -> vm:1
    app:B -> vm:2
    app:C -> vm:3
    vm:1 -> allocation:G1
    vm:2 -> allocation:G2, host:h1
    vm:3 -> allocation:G3
    allocation:G1 -> provider:pdn
    allocation:G2 -> provider:pdn
    host:h1 -> rack:R1
"""
DAYS = {
    "G1": {"valid_from": date(2026, 1, 1), "valid_until": date(2026, 6, 30)},
    "G2": {"valid_from": date(2026, 3, 1), "valid_until": date(2026, 12, 31)},
}
OWNERS = {
    "A": {"owner": "bkd", "users_per_month": 5},
    "B": {"owner": "bkd", "users_per_month": 7, "category": "high"},
    "C": {"owner": "kominfo"},
}


@pytest.fixture
def graph() -> DependencyGraph:
    facts = facts_of(GRANTED)
    stated = DAYS | OWNERS
    things = tuple(
        replace(one, **stated.get(one.name, {}))  # type: ignore[arg-type]  # of many types
        for one in facts.things
    )
    return DependencyGraph.of(replace(facts, things=things))


def failed(graph: DependencyGraph, *named: str, on: str = "", **filters: str) -> list[str]:
    chosen = selection_of({name: [value] for name, value in filters.items()})
    asked = Failing(tuple(refs(*named)), chosen, day(on) if on else None)
    return [str(node.id) for node in impact_of_failing(graph, asked).failed]


def test_what_is_named_and_what_filters_mean_fail_together(graph: DependencyGraph) -> None:
    assert failed(graph, "vm:1", kind="host", rack="R1") == ["host:h1", "vm:1"]


def test_all_grants_that_have_ended_by_the_day_lapse(graph: DependencyGraph) -> None:
    assert failed(graph, on="2026-06-30") == ["allocation:G1"]
    assert failed(graph, on="2027-01-01") == ["allocation:G1", "allocation:G2"]


def test_filters_narrow_the_grants_that_lapse(graph: DependencyGraph) -> None:
    assert failed(graph, on="2027-01-01", within="provider:pdn") == [
        "allocation:G1",
        "allocation:G2",
    ]


def test_a_named_grant_lapses_alone(graph: DependencyGraph) -> None:
    assert failed(graph, "allocation:G2", on="2026-12-31") == ["allocation:G2"]


@pytest.mark.parametrize(
    ("name", "on", "reason"),
    [
        ("allocation:G3", "2026-12-31", "Until when allocation:G3 is valid is not recorded"),
        ("allocation:G2", "2026-02-28", "has not begun: it is valid from 2026-03-01"),
        ("allocation:G2", "2026-12-30", "still valid: until 2026-12-31"),
        ("rack:R1", "2026-06-29", "No grant lapses .*The first that lapses does so on 2026-06-30"),
        ("rack:R1", "soon", "“soon” is not a day"),
    ],
)
def test_a_grant_that_does_not_lapse_then_is_refused(
    graph: DependencyGraph, name: str, on: str, reason: str
) -> None:
    with pytest.raises(InvalidInput, match=reason) as refused:
        failed(graph, name, on=on)
    assert refused.value.field == "lapse_on"


def test_filters_that_mean_nothing_are_refused(graph: DependencyGraph) -> None:
    with pytest.raises(InvalidInput, match="Nothing stands in rack:R1, kind switch") as refused:
        failed(graph, kind="switch", rack="R1")
    assert refused.value.field == "within"
    with pytest.raises(InvalidInput, match="Nothing was named"):
        failed(graph)


def test_losses_are_told_by_owner(graph: DependencyGraph) -> None:
    found = impact_of_failing(graph, Failing((Ref.parse("provider:pdn"),)))
    losses = losses_of(found)
    (owner,) = losses.owners
    assert (owner.slug, owner.apps_down, owner.users_down) == ("bkd", 2, 12)
    assert losses.cost.apps_down == (0, 1, 0, 1)
    assert (losses.cost.users_down, losses.cost.owners) == ((0, 7, 0, 5), 1)


def test_the_days_of_grants_survive_facts(graph: DependencyGraph) -> None:
    assert DependencyGraph.of(graph.to_facts()).to_facts() == graph.to_facts()

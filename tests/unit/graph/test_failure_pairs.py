"""Pairs of failures that are worse than both alone."""

from __future__ import annotations

import pytest

from dcim.graph.failures import pairs
from dcim.graph.failures.pairs import PairsAsked, failure_pairs, pairs_asked
from dcim.graph.graph import DependencyGraph
from dcim.graph.selection import Selection, kinds_of, selected, selection_of
from dcim.vocabulary.errors import InvalidInput
from dcim.vocabulary.things import ThingKind
from tests.drawn_graphs import drawn

TWO_LEGS = """
    app:A -> 1 of vm:1 vm:2
    app:B -> vm:1
    app:C -> 1 of vm:3 vm:4
    vm:1 -> host:h1
    vm:2 -> host:h2
    vm:3 -> host:h1
    vm:4 -> allocation:G
    allocation:G -> provider:pdn
    host:h1 -> rack:R1
    host:h2 -> rack:R1
"""


def found(graph: DependencyGraph, *with_kinds: str, **filters: str) -> list[tuple[str, str, str]]:
    asked = PairsAsked(
        selection_of({name: text.split() for name, text in filters.items()}), kinds_of(with_kinds)
    )
    rows = pairs_asked(graph, asked).rows(slice(None), slice(None))
    return [
        (str(row.first.id), str(row.second.id), " ".join(app.name for app in row.apps))
        for row in rows
    ]


def test_only_what_both_stop_is_told() -> None:
    assert found(drawn(TWO_LEGS), kind="host") == [("host:h1", "host:h2", "A")]


def test_the_first_of_a_pair_is_of_the_first_kind() -> None:
    graph = drawn(TWO_LEGS)
    assert found(graph, "provider", kind="host") == [("host:h1", "provider:pdn", "C")]
    assert found(graph, "host", kind="provider") == [("provider:pdn", "host:h1", "C")]


def test_a_thing_and_what_falls_with_it_are_no_pair() -> None:
    assert found(drawn(TWO_LEGS), kind="host rack") == [("host:h1", "host:h2", "A")]


def test_apps_that_may_not_be_told_of_are_not_counted() -> None:
    graph = drawn(TWO_LEGS)
    hosts = selected(graph, Selection(frozenset({ThingKind.HOST})))
    assert len(failure_pairs(graph, hosts, hosts, apps={"B"})) == 0


def test_too_many_pairs_are_refused_with_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "MOST_PAIRS", 1)
    with pytest.raises(InvalidInput, match=r"2 pairs may be worse .* at most 1 .*Name kinds"):
        found(drawn(TWO_LEGS), kind="host provider")


def test_pairs_of_everything_are_not_guessed() -> None:
    with pytest.raises(InvalidInput) as refused:
        pairs_asked(drawn(TWO_LEGS), PairsAsked(Selection()))
    assert refused.value.field == "kind"

"""Every thing failed alone, and which things a filter means."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dcim.graph.answers.board import answer_of_board
from dcim.graph.facts import Facts
from dcim.graph.failures.board import board
from dcim.graph.graph import DependencyGraph
from dcim.graph.selection import Selection, selected, selection_of
from dcim.vocabulary.errors import InvalidInput, UnknownThing
from dcim.vocabulary.things import Ref, ThingKind
from tests.drawn_graphs import facts_of

ROOM = """
    app:GAJI -> vm:1
    app:WEB -> 1 of vm:1 vm:2
    app:OLD (retired) -> vm:2
    app:BLOG -> vm:2, vm:3
    vm:1 -> host:h1
    vm:2 -> host:h2
    vm:3 -> allocation:G
    allocation:G -> provider:pdn
    host:h1 -> rack:R1
    host:h2 -> rack:R2
    rack:R1 -> site:PDR
    rack:R2 -> site:PDR
"""
STAKES = {
    "GAJI": {"category": "strategic", "users_per_month": 10, "owner": "bkd"},
    "WEB": {"category": "low", "users_per_month": 500, "owner": "kominfo"},
    "BLOG": {"users_per_month": 7, "owner": "kominfo"},
}


def room() -> DependencyGraph:
    facts = facts_of(ROOM)
    things = tuple(
        replace(one, **STAKES.get(one.name, {}))  # type: ignore[arg-type]  # of many types
        for one in facts.things
    )
    return DependencyGraph.of(replace(facts, things=things))


def names(graph: DependencyGraph, **asked: str) -> set[str]:
    chosen = selection_of({name: text.split() for name, text in asked.items()})
    return {str(graph.node(number).id) for number in selected(graph, chosen).tolist()}


def rows(ordering: str = "worst", **asked: str) -> list[str]:
    graph = room()
    chosen = selection_of({name: text.split() for name, text in asked.items()})
    found = board(graph, selected(graph, chosen), ordering=ordering)
    return [str(row.thing.id) for row in found[:]]


def test_what_stops_a_strategic_app_comes_first_however_few_use_it() -> None:
    assert rows(kind="host rack site provider") == [
        "site:PDR", "host:h1", "rack:R1", "host:h2", "rack:R2", "provider:pdn",
    ]  # fmt: skip


def test_a_row_counts_running_apps_by_category_with_their_users_and_owners() -> None:
    graph = room()
    found = board(graph, selected(graph, selection_of({"kind": ["host"]})))
    answer = answer_of_board(found, found[:1])
    (row,) = answer["results"]
    assert (answer["serial"], answer["count"], row["thing"]) == (1, 2, "host:h1")
    assert (row["apps_down"], row["apps_degraded"], row["owners_hit"]) == (1, 1, 2)
    assert (row["users_per_month_down"], row["users_per_month_degraded"]) == (10, 500)
    assert row["by_category"]["strategic"]["apps_down"] == 1
    assert row["by_category"]["low"]["users_per_month_degraded"] == 500


def test_apps_that_may_not_be_told_of_are_not_counted() -> None:
    graph = room()
    found = board(graph, selected(graph, Selection()), apps={"BLOG"})
    rows = {str(row.thing.id): sum(row.cost.apps_down) for row in found[:]}
    assert (rows["host:h1"], rows["host:h2"]) == (0, 1)


def test_the_board_can_be_sorted_by_a_column_either_way() -> None:
    assert rows("-users_per_month_degraded", kind="host rack")[0] == "host:h1"
    assert rows("apps_down", kind="site host")[-1] == "site:PDR"
    with pytest.raises(InvalidInput, match="Write one of worst, apps_down"):
        rows("names")


def test_nothing_has_an_empty_board() -> None:
    graph = DependencyGraph.of(Facts())
    assert board(graph, selected(graph, Selection()))[:] == []


def test_in_a_place_stands_what_cannot_stand_without_it() -> None:
    graph = room()
    assert names(graph, within="rack:R1") == {"rack:R1", "host:h1", "vm:1"}
    assert names(graph, provider="pdn") == {"provider:pdn", "allocation:G", "vm:3"}
    assert names(graph, within="rack:R1 rack:R2", kind="host") == {"host:h1", "host:h2"}


def test_every_filter_narrows() -> None:
    assert names(room(), kind="host", site="PDR", rack="R2") == {"host:h2"}
    assert names(room(), kind="host", provider="pdn") == set()


def test_in_a_cluster_stand_its_hosts() -> None:
    facts = facts_of("cluster:K -> 1 of host:a host:b\n vm:1 -> cluster:K\n host:c -> rack:R")
    graph = DependencyGraph.of(facts)
    assert names(graph, cluster="K") == {"cluster:K", "vm:1", "host:a", "host:b"}


def test_what_an_owner_answers_for_is_found() -> None:
    assert names(room(), kind="app", tenant="kominfo") == {"app:WEB", "app:BLOG"}


@pytest.mark.parametrize(
    ("filters", "field"),
    [({"kind": ["shelf"]}, "kind"), ({"kind": ["group"]}, "kind"), ({"within": ["R1"]}, "within")],
)
def test_a_filter_that_means_nothing_is_refused_by_name(
    filters: dict[str, list[str]], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        selection_of(filters)
    assert refused.value.field == field


def test_places_and_owners_that_are_not_there_are_told_with_close_names() -> None:
    with pytest.raises(UnknownThing, match=r"Did you mean rack:R1"):
        selected(room(), selection_of({"rack": ["r1"]}))
    with pytest.raises(UnknownThing, match=r"Did you mean kominfo"):
        selected(room(), selection_of({"tenant": ["kominfos"]}))
    with pytest.raises(InvalidInput, match="Nothing stands in a vm"):
        selected(room(), Selection(within=((Ref(ThingKind.VM, "1"),),)))

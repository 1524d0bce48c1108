"""Which part of a graph a word means."""

from __future__ import annotations

import pytest

from dcim.graph.facts import Facts, Need, Thing
from dcim.graph.graph import DependencyGraph
from dcim.graph.scopes import numbers_in
from dcim.vocabulary.errors import InvalidInput, UnknownThing
from dcim.vocabulary.things import Ref
from tests.drawn_graphs import drawn

ESTATE = """
    app:A -> workload:A/web, ~app:B
    workload:A/web -> vm:a
    app:B -> vm:b
    vm:a -> cluster:K
    vm:b -> cluster:L
    cluster:K -> host:k
    cluster:L -> host:l
    host:k -> rack:R
    host:l -> rack:S
    rack:R -> site:1
    rack:S -> site:2
"""


def names(scope: str, graph: DependencyGraph | None = None) -> set[str]:
    whole = graph or drawn(ESTATE)
    return {str(whole.node(number).id) for number in numbers_in(whole, scope)}


def test_an_app_brings_what_it_rests_on() -> None:
    assert names("app:B") == {"app:B", "vm:b", "cluster:L", "host:l", "rack:S", "site:2"}
    assert "app:B" in names("app:A")


def test_a_place_brings_what_rests_on_it() -> None:
    assert names("site:1") == {
        "site:1", "rack:R", "host:k", "cluster:K", "vm:a", "workload:A/web", "app:A",
    }  # fmt: skip
    assert names("rack:S") == {"rack:S", "host:l", "cluster:L", "vm:b", "app:B", "app:A"}


def test_a_cluster_brings_both() -> None:
    assert names("cluster:K") == {
        "cluster:K", "vm:a", "workload:A/web", "app:A", "host:k", "rack:R", "site:1",
    }  # fmt: skip


def test_all_is_all() -> None:
    assert len(names("all")) == len(drawn(ESTATE))


def owned() -> DependencyGraph:
    app, vm, host = (Ref.parse(name) for name in ("app:A", "vm:a", "host:h"))
    things = (Thing(app, owner="dinkes"), Thing(vm), Thing(host, owner="kominfo", pk=None))
    return DependencyGraph.of(Facts(1, things, (), (Need(app, vm), Need(vm, host))))


def test_a_tenant_brings_what_is_its_own_and_what_that_rests_on() -> None:
    assert names("tenant:dinkes", owned()) == {"app:A", "vm:a", "host:h"}
    assert names("tenant:kominfo", owned()) == {"host:h"}


def test_a_region_brings_its_sites_and_what_rests_on_them() -> None:
    app, one, other = (Ref.parse(name) for name in ("app:A", "site:1", "site:2"))
    things = (Thing(app), Thing(one, pk=7), Thing(other, pk=9))
    graph = DependencyGraph.of(Facts(1, things, (), (Need(app, one),)))
    found = numbers_in(graph, "region:paser", {"paser": [7, 8]}.get)
    assert {str(graph.node(number).id) for number in found} == {"app:A", "site:1"}


@pytest.mark.parametrize("scope", ["", "everything", "rack:", "tenant:", "room:1"])
def test_what_is_no_scope_is_refused_with_what_may_be_written(scope: str) -> None:
    with pytest.raises(InvalidInput, match="part of the graph") as refused:
        names(scope)
    assert refused.value.field == "scope"
    assert "tenant:SLUG" in refused.value.hint


def test_unknown_names_come_with_close_ones() -> None:
    with pytest.raises(UnknownThing) as refused:
        names("tenant:dinke", owned())
    assert refused.value.hint == "Did you mean tenant:dinkes?"
    with pytest.raises(UnknownThing, match="region “atlantis”"):
        names("region:atlantis")
    with pytest.raises(UnknownThing, match="rack:Q"):
        names("rack:Q")

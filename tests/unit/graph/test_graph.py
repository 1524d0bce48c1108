"""Building a graph, finding things in it, handing it out."""

from __future__ import annotations

import networkx as nx
import pytest

from dcim.graph.facts import Facts, Group, Need, Thing
from dcim.graph.graph import DependencyGraph
from dcim.vocabulary.errors import InvalidInput, UnknownThing
from dcim.vocabulary.things import Ref, ThingKind
from tests.drawn_graphs import drawn, facts_of, refs

ROOM = """
    app:SIMPEG -> vm:simpeg-1, ~app:SSO
    vm:simpeg-1 -> host:pdr-h01
    host:pdr-h01 -> rack:PDR-R01, 1 of psu:pdr-h01/PSU1 psu:pdr-h01/PSU2
"""


def test_a_graph_knows_its_serial_and_its_things_by_kind() -> None:
    graph = drawn(ROOM, serial=42)
    assert graph.serial == 42
    assert [thing.name for thing in graph.things(ThingKind.APP)] == ["SIMPEG", "SSO"]
    assert Ref.parse("rack:PDR-R01") in graph
    assert len(graph) == 8


def test_networkx_gets_kind_label_needed_and_hardness() -> None:
    whole = drawn(ROOM).to_networkx()
    assert whole.nodes["rack:PDR-R01"]["kind"] == "rack"
    assert whole.nodes["group:pdr-h01#1"]["needed"] == 1
    assert not whole.edges["app:SIMPEG", "app:SSO"]["hard"]
    assert nx.is_directed_acyclic_graph(whole)


def test_a_scope_is_one_thing_and_what_belongs_to_it() -> None:
    graph = drawn(ROOM)
    above = graph.to_networkx(Ref.parse("host:pdr-h01"))
    assert set(above) == {"host:pdr-h01", "vm:simpeg-1", "app:SIMPEG"}
    assert set(graph.to_networkx(Ref.parse("app:SIMPEG"))) == set(graph.to_networkx())
    assert list(graph.to_networkx([graph.find(Ref.parse("app:SSO"))])) == ["app:SSO"]


def test_what_is_handed_out_can_be_changed_without_harm() -> None:
    graph = drawn(ROOM)
    graph.to_networkx().remove_node("rack:PDR-R01")
    assert Ref.parse("rack:PDR-R01") in graph
    assert "rack:PDR-R01" in graph.to_networkx()


def test_networkx_gets_what_is_at_stake_with_an_app() -> None:
    app = Thing(Ref.parse("app:A"), category="high", users_per_month=12)
    nodes = DependencyGraph.of(Facts(things=(app,))).to_networkx().nodes
    assert (nodes["app:A"]["category"], nodes["app:A"]["users_per_month"]) == ("high", 12)


def test_networkx_can_export_the_graph() -> None:
    exported = "\n".join(nx.generate_graphml(drawn(ROOM).to_networkx()))
    assert 'node id="rack:PDR-R01"' in exported


def test_a_need_that_is_both_hard_and_soft_is_hard() -> None:
    graph = drawn("app:A -> app:B, ~app:B")
    assert graph.to_networkx().edges["app:A", "app:B"]["hard"]


def test_a_group_that_needs_more_than_it_has_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match=r"group:web#1 needs 3 of its 2 members") as refused:
        drawn("workload:web -> 3 of vm:1 vm:2")
    assert refused.value.hint == "Write a number from 1 to 2."


def test_a_group_that_needs_nobody_is_refused() -> None:
    with pytest.raises(InvalidInput, match="needs 0 of its 1 members"):
        drawn("workload:web -> 0 of vm:1")


def test_an_empty_group_is_refused() -> None:
    group = Group(Ref(ThingKind.GROUP, "empty"), "", 1)
    with pytest.raises(InvalidInput, match="Give it members"):
        DependencyGraph.of(Facts(groups=(group,)))


def test_a_name_used_twice_is_refused() -> None:
    thing = Thing(Ref.parse("vm:1"))
    with pytest.raises(InvalidInput, match="“vm:1” is named twice"):
        DependencyGraph.of(Facts(things=(thing, thing)))


def test_a_need_of_nothing_is_refused() -> None:
    app, vm = refs("app:A", "vm:1")
    with pytest.raises(InvalidInput, match="there is no “vm:1”"):
        DependencyGraph.of(Facts(things=(Thing(app),), needs=(Need(app, vm),)))


def test_a_soft_member_of_a_group_is_refused() -> None:
    facts = facts_of("workload:web -> 1 of vm:1 vm:2")
    soft = tuple(Need(need.source, need.target, hard=False) for need in facts.needs)
    with pytest.raises(InvalidInput, match="Make every member of a group hard"):
        DependencyGraph.of(Facts(things=facts.things, groups=facts.groups, needs=soft))


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("rack:PDR-R1", "Did you mean rack:PDR-R01?"),
        ("rack:pdr-r01", "Did you mean rack:PDR-R01?"),
        ("vm:pdr-h01", "Did you mean host:pdr-h01?"),
        ("panel:B", "The record has 0 of kind panel; check the name."),
    ],
)
def test_an_unknown_name_is_answered_with_close_ones(name: str, hint: str) -> None:
    with pytest.raises(UnknownThing, match=f"There is no {name}") as unknown:
        drawn(ROOM).find(Ref.parse(name))
    assert unknown.value.hint == hint

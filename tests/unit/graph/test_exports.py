"""Files of a graph, read back by networkx and by a parser of DOT."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import networkx as nx
import pydot
import pytest

from dcim.graph.drawing.exports import Format, file_name, refuse_more_than, written
from dcim.graph.facts import Facts, Thing
from dcim.graph.graph import DependencyGraph
from dcim.vocabulary.errors import InvalidInput
from dcim.vocabulary.things import Ref
from tests.drawn_graphs import drawn

# pydot 4.0 calls its parser by names that pyparsing 3.3 calls old.
pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")

ROOM = """
    app:SIMPEG -> workload:SIMPEG/web, ~app:SSO
    workload:SIMPEG/web -> 1 of vm:a vm:b
    vm:a -> host:pdr-h01
    vm:b -> host:pdr-h01
    host:pdr-h01 -> rack:PDR/R01
"""
ODD = [
    'say "x"',
    "back\\slash",
    "ends in \\",
    "a:b:c",
    "<b>&",
    "{x|y}",
    "dua\nbaris",
    "satu\u2028dua",
    "Ünï ⚡",
]


def text_of(graph: nx.DiGraph[str], form: Format) -> str:
    return "".join(written(graph, form))


def from_dot(text: str) -> nx.DiGraph[str]:
    """What a parser of DOT makes of it, with the texts as they were before they were quoted."""
    parsed, *_ = pydot.graph_from_dot_data(text) or []
    graph: nx.DiGraph[str] = nx.DiGraph()
    for node in parsed.get_nodes():
        if node.get_name() not in {"node", "graph", "edge"}:
            graph.add_node(_plain(node.get_name()), **_plain_values(node.get_attributes()))
    for edge in parsed.get_edges():
        ends = (_plain(str(edge.get_source())), _plain(str(edge.get_destination())))
        graph.add_edge(*ends, **_plain_values(edge.get_attributes()))
    return graph


def _plain(text: str) -> str:
    return text[1:-1].replace('\\"', '"').replace("\\\\", "\\")


def _plain_values(attributes: dict[str, Any]) -> dict[str, str]:
    return {name: _plain(value) for name, value in attributes.items()}


def odd_names() -> nx.DiGraph[str]:
    things = tuple(Thing(Ref.parse(f"vm:{name}"), label=name) for name in ODD)
    return DependencyGraph.of(Facts(things=things)).to_networkx()


READ: dict[Format, Callable[[str], Any]] = {
    Format.NODE_LINK: lambda text: nx.node_link_graph(json.loads(text)),
    Format.GRAPHML: lambda text: nx.read_graphml(BytesIO(text.encode())),
}


@pytest.mark.parametrize("form", READ)
@pytest.mark.parametrize("graph", [drawn(ROOM).to_networkx(), odd_names()], ids=["room", "odd"])
def test_networkx_reads_back_the_same_graph(form: Format, graph: nx.DiGraph[str]) -> None:
    again = READ[form](text_of(graph, form))
    again.graph = {"serial": again.graph["serial"]}  # what networkx adds of its own
    assert nx.utils.graphs_equal(again, graph)


def in_dot(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("graph", [drawn(ROOM).to_networkx(), odd_names()], ids=["room", "odd"])
def test_dot_has_every_node_and_edge_with_what_is_known_of_them(graph: nx.DiGraph[str]) -> None:
    again = from_dot(text_of(graph, Format.DOT))
    assert set(again) == set(graph)
    assert set(again.edges) == set(graph.edges)
    for node, known in graph.nodes(data=True):
        stated = {name: in_dot(one) for name, one in known.items() if str(one) and name != "name"}
        assert again.nodes[node] == stated
    for source, target, known in graph.edges(data=True):
        read = again.edges[source, target]
        assert read["hard"] == str(known["hard"]).lower()
        assert ("style" in read) is not known["hard"]


def test_networkx_s_own_way_to_dot_would_merge_nodes() -> None:
    """Why DOT is written here; once this fails, networkx can write it."""
    parsed = nx.nx_pydot.to_pydot(nx.DiGraph([("vm:a", "vm:b")]))
    assert {node.get_name() for node in parsed.get_nodes()} == {"vm"}


def test_what_xml_cannot_say_does_not_break_a_file() -> None:
    graph = DependencyGraph.of(Facts(things=(Thing(Ref.parse("vm:a\x0bb")),))).to_networkx()
    assert set(READ[Format.GRAPHML](text_of(graph, Format.GRAPHML))) == {"vm:a\ufffdb"}


def test_a_large_graph_comes_in_pieces() -> None:
    graph = drawn("\n".join(f"vm:{n} -> host:{n % 7}" for n in range(2_000))).to_networkx()
    assert len(list(written(graph, Format.DOT))) > 5
    assert len(list(written(graph, Format.GRAPHML))) > 5


def test_a_file_is_named_after_its_scope() -> None:
    assert file_name("all", Format.GRAPHML) == "all.graphml"
    assert file_name("feed:⚡", Format.NODE_LINK) == "feed.json"


def test_too_much_is_refused_with_the_way_to_ask_for_less() -> None:
    refuse_more_than(10, 10, "all", "")
    with pytest.raises(InvalidInput, match="11 nodes, more than the 10") as refused:
        refuse_more_than(10, 11, "all", "Or so.")
    assert (refused.value.field, refused.value.hint[-6:]) == ("scope", "Or so.")


def test_algorithms_of_networkx_run_on_what_is_handed_out() -> None:
    graph = drawn(ROOM).to_networkx(Ref.parse("app:SIMPEG"))
    dominators = nx.immediate_dominators(graph, "app:SIMPEG")
    assert dominators["rack:PDR/R01"] == "host:pdr-h01"
    assert dominators["host:pdr-h01"] == "group:SIMPEG/web#1"
    assert max(nx.betweenness_centrality(graph).items(), key=lambda one: one[1])[0] in {
        "group:SIMPEG/web#1", "workload:SIMPEG/web", "host:pdr-h01",
    }  # fmt: skip
    assert all(len(one) == 1 for one in nx.strongly_connected_components(graph))
    assert nx.descendants(graph, "vm:a") == {"host:pdr-h01", "rack:PDR/R01"}


def test_what_is_handed_out_is_dispatched_to_networkx_itself_when_asked() -> None:
    graph = drawn(ROOM).to_networkx()
    plain = nx.betweenness_centrality(graph)
    assert nx.betweenness_centrality(graph, backend="networkx") == plain
    with nx.config(backend_priority=[], fallback_to_nx=True):
        assert nx.betweenness_centrality(graph) == plain

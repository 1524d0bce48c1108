"""The dependency graph: facts, checked and held as a networkx DiGraph.

An edge runs from what needs to what is needed. Nodes are the public names (`rack:PDR-R01`), so that
the graph reads the same in Python, GraphML and JSON, and every networkx algorithm runs on it.
Questions of failure are asked in `impact` and `requirements`.
"""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, NewType

from dcim.graph.facts import Facts, Group, Need, Node, Thing
from dcim.vocabulary.errors import InvalidInput, UnknownThing
from dcim.vocabulary.things import Ref, ThingKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    import networkx as nx

NodeId = NewType("NodeId", str)


def node_id(ref: Ref) -> NodeId:
    """The graph's node for a thing.

    >>> node_id(Ref(ThingKind.RACK, "PDR-R01"))
    'rack:PDR-R01'
    """
    return NodeId(str(ref))


class DependencyGraph:
    """Things and k-of-n groups, and what each needs; never changed once built.

    Args:
        facts: Things, groups and needs, in an order that answers keep.

    Raises:
        InvalidInput: A name is used twice, a need names nothing, or a group needs more members than
            it has.

    Notes:
        Cycles are allowed. Building costs O(V + E).

    >>> app, vm = Ref.parse("app:SIMPEG"), Ref.parse("vm:simpeg-1")
    >>> graph = DependencyGraph(Facts(7, (Thing(app), Thing(vm)), (), (Need(app, vm),)))
    >>> graph.serial, list(graph.to_networkx().edges)
    (7, [('app:SIMPEG', 'vm:simpeg-1')])
    """

    __slots__ = ("_nodes", "_rows", "_tolerance", "digraph", "serial")

    def __init__(self, facts: Facts) -> None:
        # Here: networkx takes a quarter of a second to import, and most commands need no graph.
        import networkx as nx

        self.serial = facts.serial
        self._nodes: dict[NodeId, Node] = {}
        self.digraph: nx.DiGraph[NodeId] = nx.DiGraph(serial=facts.serial)
        self._add_nodes(facts.things)
        self._rows = {(one.kind, one.pk): one for one in facts.things if one.pk is not None}
        self._add_nodes(facts.groups)
        self._add_needs(facts.needs)
        self._tolerance = {node_id(group.id): self._count(group) for group in facts.groups}
        nx.freeze(self.digraph)

    def _add_nodes(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            key = node_id(node.id)
            if key in self._nodes:
                raise InvalidInput(f"“{key}” is named twice.", field="things", hint="Rename one.")
            self._nodes[key] = node
            self.digraph.add_node(key, **_attributes(node))

    def _add_needs(self, needs: Iterable[Need]) -> None:
        for need in needs:
            source, target = node_id(need.source), node_id(need.target)
            for end in (source, target):
                if end not in self._nodes:
                    raise InvalidInput(
                        f"{source} → {target}: there is no “{end}”.",
                        field="needs",
                        hint="Name only what is among the things and groups.",
                    )
            if not need.hard and isinstance(self._nodes[source], Group):
                raise InvalidInput(
                    f"{source} counts members, and {target} is a soft one.",
                    field="needs",
                    hint="Make every member of a group hard, or take it out.",
                )
            known = self.digraph.get_edge_data(source, target, {"hard": False})
            self.digraph.add_edge(source, target, hard=need.hard or known["hard"])

    def _count(self, group: Group) -> int:
        """How many members the group can spare; its size is noted on the way."""
        key = node_id(group.id)
        members = len(self.digraph.succ[key])
        if not 1 <= group.needed <= members:
            raise InvalidInput(
                f"{group.id} needs {group.needed} of its {members} members.",
                field="needed",
                hint=f"Write a number from 1 to {members}." if members else "Give it members.",
            )
        self._nodes[key] = replace(group, size=members)
        self.digraph.nodes[key]["size"] = members
        return members - group.needed

    def __contains__(self, ref: Ref) -> bool:
        return node_id(ref) in self._nodes

    def __len__(self) -> int:
        return len(self._nodes)

    def node(self, key: NodeId) -> Node:
        """The thing or group behind a node of the networkx graph."""
        return self._nodes[key]

    def tolerance(self, key: NodeId) -> int:
        """How many of its hard successors a node can lose and still stand: n - k; 0 for a thing."""
        return self._tolerance.get(key, 0)

    def things(self, kind: ThingKind | None = None) -> tuple[Thing, ...]:
        """Every thing, or those of one kind, in the order of the facts."""
        return tuple(
            node
            for node in self._nodes.values()
            if isinstance(node, Thing) and kind in (None, node.kind)
        )

    def thing_of_row(self, kind: ThingKind, pk: int) -> Thing | None:
        """The thing that stands for the record's row `pk`; None when the graph has none."""
        return self._rows.get((kind, pk))

    def count_resting_on(self, thing: Thing) -> int:
        """How many nodes rest on `thing` directly."""
        return len(self.digraph.pred[node_id(thing.id)])

    def find(self, ref: Ref) -> NodeId:
        """The node that `ref` names.

        Raises:
            UnknownThing: There is none; the hint lists names that come close.
        """
        key = node_id(ref)
        if key not in self._nodes:
            raise UnknownThing(f"There is no {key}.", field="thing", hint=self._suggestion(ref))
        return key

    def _suggestion(self, ref: Ref) -> str:
        wanted = ref.name.casefold()
        namesakes = [
            str(node.id) for node in self._nodes.values() if node.name.casefold() == wanted
        ]
        by_name = {n.name.casefold(): str(n.id) for n in self._nodes.values() if n.kind == ref.kind}
        close = [by_name[name] for name in get_close_matches(wanted, by_name, n=3)]
        found = list(dict.fromkeys(namesakes + close))[:3]
        if found:
            return f"Did you mean {', '.join(found)}?"
        return f"The record has {len(by_name)} of kind {ref.kind}; check the name."

    def requirements_of(self, key: NodeId) -> set[NodeId]:
        """All that a node rests on, directly or not, hard or soft; without the node itself.

        Notes: O(V + E) of what is below.
        """
        return _reach(self.digraph, key) - {key}

    def to_networkx(self, scope: Ref | None = None) -> nx.DiGraph[str]:
        """A copy to analyse, change or export: all, or one thing and all that it rests on.

        Nodes carry `kind`, `name`, `label`, groups `needed` and `size` (k of n), things `status`
        and `owner`; edges carry `hard`; the graph carries the record's `serial`.

        Raises:
            UnknownThing: `scope` names nothing.
        """
        import networkx as nx

        kept = set(self._nodes)
        if scope is not None:
            top = self.find(scope)
            kept = self.requirements_of(top) | {top}
        copy: nx.DiGraph[str] = nx.DiGraph(serial=self.serial)
        copy.add_nodes_from((key, data) for key, data in self.digraph.nodes.items() if key in kept)
        copy.add_edges_from(
            (source, target, data)
            for source, target, data in self.digraph.edges(data=True)
            if source in kept and target in kept
        )
        return copy


def _attributes(node: Node) -> dict[str, str | int]:
    shared: dict[str, str | int] = {"kind": str(node.kind), "name": node.name, "label": node.label}
    if isinstance(node, Group):
        return shared | {"needed": node.needed}
    return shared | {"status": node.status, "owner": node.owner}


def _reach(digraph: nx.DiGraph[NodeId], start: NodeId) -> set[NodeId]:
    seen, work = {start}, [start]
    while work:
        for below in digraph.succ[work.pop()]:
            if below not in seen:
                seen.add(below)
                work.append(below)
    return seen

"""The dependency graph: who the nodes are (`roster`) and who needs whom (`wiring`).

Nodes are numbers inside and public names (`rack:PDR-R01`) outside. `to_networkx` hands out any part
of it, or all, as the networkx DiGraph that people read, extend and export; the arrays behind it are
how the same graph stays small and quick for a nation. Questions of failure are asked in `impact`
and `requirements`.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, NewType

import numpy as np

from dcim.graph.facts import Facts, Group, Need, Node, Thing
from dcim.graph.holdings import Holdings, holdings_of
from dcim.graph.reach import all_below, part_of
from dcim.graph.roster import Block, GroupBlock, Roster
from dcim.graph.stakes import stakes_of
from dcim.graph.wiring import Numbers, Wiring, wiring_of
from dcim.vocabulary.errors import InvalidInput
from dcim.vocabulary.things import Ref, ThingKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    import networkx as nx

NodeId = NewType("NodeId", str)


def node_id(ref: Ref) -> NodeId:
    """What networkx calls the node of a thing.

    >>> node_id(Ref(ThingKind.RACK, "PDR-R01"))
    'rack:PDR-R01'
    """
    return NodeId(str(ref))


class DependencyGraph:
    """Things and k-of-n groups, and what each needs; never changed once built.

    Args:
        serial: Which state of the record it is.
        roster: Who the nodes are.
        wiring: What each needs, by the numbers of the roster.
        holdings: What tiers take, and their backup copies.

    Notes:
        Cycles are allowed.

    >>> from dcim.graph.facts import Need
    >>> app, vm = Ref.parse("app:SIMPEG"), Ref.parse("vm:simpeg-1")
    >>> graph = DependencyGraph.of(Facts(7, (Thing(app), Thing(vm)), (), (Need(app, vm),)))
    >>> graph.serial, list(graph.to_networkx().edges)
    (7, [('app:SIMPEG', 'vm:simpeg-1')])
    """

    __slots__ = ("holdings", "roster", "serial", "wiring")

    def __init__(
        self, serial: int, roster: Roster, wiring: Wiring, holdings: Holdings | None = None
    ) -> None:
        self.serial = serial
        self.roster = roster
        self.wiring = wiring
        self.holdings = holdings or Holdings()

    @classmethod
    def of(cls, facts: Facts) -> DependencyGraph:
        """The graph of facts that stand in memory.

        Raises:
            InvalidInput: A name is used twice, a need names nothing, or a group needs more members
                than it has.
        """
        return _Checked(facts).graph()

    def __contains__(self, ref: Ref) -> bool:
        return self.roster.number(ref) is not None

    def __len__(self) -> int:
        return len(self.roster)

    def node(self, number: int) -> Node:
        """The thing or group of a number."""
        return self.roster.node(number)

    def find(self, ref: Ref) -> int:
        """The number of the node that `ref` names.

        Raises:
            UnknownThing: There is none; the hint lists names that come close.
        """
        return self.roster.find(ref)

    def things(self, kind: ThingKind | None = None) -> tuple[Thing, ...]:
        """Every thing, or those of one kind, in the order of their numbers."""
        blocks = self.roster.blocks if kind is None else self.roster.of_kind(kind)
        return tuple(block.thing(number) for block in blocks for number in block.numbers)

    def thing_of_row(self, kind: ThingKind, pk: int) -> Thing | None:
        """The thing that stands for the record's row `pk`; None when the graph has none."""
        for block in self.roster.of_kind(kind):
            number = int(block.of_rows(np.array([pk], np.int64))[0])
            if number in block.numbers:
                return block.thing(number)
        return None

    def count_resting_on(self, thing: Thing) -> int:
        """How many nodes rest on `thing` directly."""
        number = self.find(thing.id)
        return self.wiring.hard_above.count(number) + self.wiring.soft_above.count(number)

    def below(self, number: int) -> Iterator[tuple[int, bool]]:
        """What a node needs directly, each with whether it needs it hard."""
        yield from ((other, True) for other in self.wiring.hard_below[number])
        yield from ((other, False) for other in self.wiring.soft_below[number])

    def above(self, number: int) -> Iterator[tuple[int, bool]]:
        """What needs a node directly, each with whether it needs it hard."""
        yield from ((other, True) for other in self.wiring.hard_above[number])
        yield from ((other, False) for other in self.wiring.soft_above[number])

    def requirements_of(self, number: int) -> set[int]:
        """All that a node rests on, directly or not, hard or soft; without the node itself.

        Notes: O(V + E) of what is below.
        """
        return all_below(self.wiring, [number]) - {number}

    def part(self, ref: Ref) -> set[int]:
        """A thing and what belongs to it, see `reach`.

        Raises: UnknownThing.
        """
        return part_of(self.wiring, self.find(ref), ref.kind)

    def to_facts(self) -> Facts:
        """The things, groups and needs that the graph holds, for a file or a comparison."""
        nodes = [self.node(number) for number in range(len(self))]
        return Facts(
            self.serial,
            tuple(node for node in nodes if isinstance(node, Thing)),
            tuple(node for node in nodes if isinstance(node, Group)),
            tuple(
                Need(node.id, nodes[other].id, hard)
                for number, node in enumerate(nodes)
                for other, hard in self.below(number)
            ),
            *self.holdings.to_facts(self.roster),
        )

    def to_networkx(self, scope: Ref | Collection[int] | None = None) -> nx.DiGraph[str]:
        """A copy to analyse, change or export: of all, or of a part.

        Nodes carry `kind`, `name`, `label`, groups `needed` and `size` (k of n), things `status`
        and `owner`, apps also `category`, `users_per_month` and `is_external`; edges carry `hard`;
        the graph carries the record's `serial`.

        Args:
            scope: A thing with what belongs to it (see `reach`), or the numbers that
                `scopes.numbers_in` gives; None for all.

        Raises:
            UnknownThing: `scope` names nothing.
        """
        # Here: networkx takes a quarter of a second to import, and most questions need it not.
        import networkx as nx

        kept: Iterable[int] = range(len(self))
        if isinstance(scope, Ref):
            kept = sorted(self.part(scope))
        elif scope is not None:
            kept = sorted(scope)
        nodes = {number: self.node(number) for number in kept}
        copy: nx.DiGraph[str] = nx.DiGraph(serial=self.serial)
        copy.add_nodes_from((str(node.id), _attributes(node)) for node in nodes.values())
        copy.add_edges_from(
            (str(node.id), str(nodes[other].id), {"hard": hard})
            for number, node in nodes.items()
            for other, hard in self.below(number)
            if other in nodes
        )
        return copy


def _attributes(node: Node) -> dict[str, str | int]:
    shared: dict[str, str | int] = {"kind": str(node.kind), "name": node.name, "label": node.label}
    if isinstance(node, Group):
        return shared | {"needed": node.needed, "size": node.size}
    shared |= {"status": node.status, "owner": node.owner}
    if node.kind is ThingKind.APP:
        shared |= {"category": node.category, "users_per_month": node.users_per_month}
        return shared | {"is_external": node.is_external}
    return shared


class _Checked:
    """Facts on the way to a graph; what can't be a graph is refused by name."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.by_kind = {
            kind: [one for one in facts.things if one.kind is kind] for kind in ThingKind
        }
        ordered = [one.id for things in self.by_kind.values() for one in things]
        ordered += [group.id for group in facts.groups]
        self.numbers = {ref: number for number, ref in enumerate(ordered)}
        for ref, count in Counter(ordered).items():
            if count > 1:
                raise InvalidInput(f"“{ref}” is named twice.", field="things", hint="Rename one.")

    def graph(self) -> DependencyGraph:
        size, things = len(self.numbers), len(self.facts.things)
        hard, soft = self._needs(hard=True), self._needs(hard=False)
        spare = np.zeros(size, np.int32)
        wiring = wiring_of(size, hard, soft, spare)
        sizes = [wiring.hard_below.count(number) for number in range(things, size)]
        spare[things:] = [
            _spare(group, members) for group, members in zip(self.facts.groups, sizes, strict=True)
        ]
        roster = Roster(tuple(self._blocks()), self._groups(things, sizes))
        return DependencyGraph(
            self.facts.serial, roster, wiring, holdings_of(self.facts, self.numbers)
        )

    def _needs(self, *, hard: bool) -> tuple[Numbers, Numbers]:
        needs = [need for need in self.facts.needs if need.hard is hard]
        pairs = [self._ends(need.source, need.target) for need in needs]
        if not hard:
            _refuse_soft_members(needs)
        ends = np.array(pairs, np.int32).reshape(-1, 2)
        return ends[:, 0], ends[:, 1]

    def _ends(self, source: Ref, target: Ref) -> tuple[int, int]:
        for end in (source, target):
            if end not in self.numbers:
                raise InvalidInput(
                    f"{source} → {target}: there is no “{end}”.",
                    field="needs",
                    hint="Name only what is among the things and groups.",
                )
        return self.numbers[source], self.numbers[target]

    def _blocks(self) -> Iterator[Block]:
        start = 0
        for kind, things in self.by_kind.items():
            if things:
                yield _block(kind, start, things)
            start += len(things)

    def _groups(self, start: int, sizes: Sequence[int]) -> GroupBlock:
        groups = self.facts.groups
        return GroupBlock(
            start,
            len(groups),
            lambda: [group.name for group in groups],
            [group.label for group in groups],
            [group.needed for group in groups],
            sizes,
        )


def _refuse_soft_members(soft: Iterable[Need]) -> None:
    for need in soft:
        if need.source.kind is ThingKind.GROUP:
            raise InvalidInput(
                f"{need.source} counts members, and {need.target} is a soft one.",
                field="needs",
                hint="Make every member of a group hard, or take it out.",
            )


def _block(kind: ThingKind, start: int, things: Sequence[Thing]) -> Block:
    rows = [one.pk for one in things]
    known = None if None in rows else np.array(rows, np.int64)
    return Block(
        kind,
        start,
        len(things),
        lambda: [one.name for one in things],
        [one.label for one in things],
        [one.status for one in things],
        [one.owner for one in things],
        known,
        stakes_of(things) if kind is ThingKind.APP else None,
        [_iso(one.valid_from) for one in things] if kind is ThingKind.ALLOCATION else (),
        [_iso(one.valid_until) for one in things] if kind is ThingKind.ALLOCATION else (),
    )


def _iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _spare(group: Group, members: int) -> int:
    """How many of its members the group can lose."""
    if not 1 <= group.needed <= members:
        raise InvalidInput(
            f"{group.id} needs {group.needed} of its {members} members.",
            field="needed",
            hint=f"Write a number from 1 to {members}." if members else "Give it members.",
        )
    return members - group.needed

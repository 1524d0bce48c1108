"""A smaller picture of what an app rests on: the power of a rack folded into one node.

A rack of servers has more power supplies, outlets and feeds than everything else an app rests on. A
large drawing shows them as one node per rack; the answers are always computed on the whole graph.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dcim.graph.facts import Group, Need, Node, Thing
from dcim.vocabulary.things import Ref, ThingKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dcim.graph.requirements import Requirements

POWER: Final = frozenset({ThingKind.PSU, ThingKind.OUTLET, ThingKind.PDU, ThingKind.FEED})


@dataclass(frozen=True, slots=True)
class Picture:
    """Nodes and needs to draw; `folded` says what each folded node stands for."""

    nodes: tuple[Node, ...]
    needs: tuple[Need, ...]
    folded: Mapping[Ref, tuple[Ref, ...]]


def picture_of(requirements: Requirements, most_nodes: int) -> Picture:
    """The nodes to draw: all of them, or with power folded when there are more than `most_nodes`.

    Notes:
        Supplies, their groups, outlets, PDUs and feeds that hang together are one node, and so is
        all such power of the same racks; panels stay, since racks share them. O(V + E).
    """
    whole = Picture(requirements.nodes, requirements.needs, {})
    if len(whole.nodes) <= most_nodes:
        return whole
    return _fold(whole, _power_of_racks(whole))


def _power_of_racks(picture: Picture) -> list[set[Ref]]:
    """Sets of power nodes that hang together."""
    power = {node.id for node in picture.nodes if node.kind in POWER}
    members: dict[Ref, set[Ref]] = defaultdict(set)
    for need in picture.needs:
        members[need.source].add(need.target)
    power |= {
        node.id
        for node in picture.nodes
        if isinstance(node, Group) and members[node.id] and members[node.id] <= power
    }
    return _components(power, picture.needs)


def _components(nodes: set[Ref], needs: Iterable[Need]) -> list[set[Ref]]:
    beside: dict[Ref, set[Ref]] = {ref: set() for ref in nodes}
    for need in needs:
        if need.source in nodes and need.target in nodes:
            beside[need.source].add(need.target)
            beside[need.target].add(need.source)
    found: list[set[Ref]] = []
    left = set(nodes)
    for start in sorted(nodes):
        if start in left:
            found.append(_component(start, beside))
            left -= found[-1]
    return found


def _component(start: Ref, beside: Mapping[Ref, set[Ref]]) -> set[Ref]:
    seen, work = {start}, [start]
    while work:
        for other in beside[work.pop()] - seen:
            seen.add(other)
            work.append(other)
    return seen


def _fold(picture: Picture, folds: list[set[Ref]]) -> Picture:
    by_name: dict[str, set[Ref]] = defaultdict(set)
    for fold in folds:
        by_name[_name_of(fold, picture.needs)] |= fold
    named = {
        Thing(Ref(ThingKind.PSU, f"power {name}"), label=f"⚡ {name}"): fold
        for name, fold in by_name.items()
    }
    stands_for = {ref: node.id for node, fold in named.items() for ref in fold}
    kept = tuple(node for node in picture.nodes if node.id not in stands_for)
    folded = {node.id: tuple(sorted(fold)) for node, fold in named.items()}
    return Picture((*kept, *named), _redirected(picture.needs, stands_for), folded)


def _name_of(fold: set[Ref], needs: Iterable[Need]) -> str:
    """The racks of its PDUs; without any its first member."""
    racks = {
        need.target.name
        for need in needs
        if need.source in fold and need.target.kind is ThingKind.RACK
    }
    return " ".join(sorted(racks)) or min(fold).name


def _redirected(needs: Iterable[Need], stands_for: Mapping[Ref, Ref]) -> tuple[Need, ...]:
    """The needs between what is drawn; one that is hard anywhere is hard."""
    drawn: dict[tuple[Ref, Ref], bool] = {}
    for need in needs:
        ends = (
            stands_for.get(need.source, need.source),
            stands_for.get(need.target, need.target),
        )
        if ends[0] != ends[1]:
            drawn[ends] = drawn.get(ends, False) or need.hard
    return tuple(Need(*ends, hard=hard) for ends, hard in drawn.items())

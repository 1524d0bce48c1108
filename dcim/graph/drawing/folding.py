"""What a drawing shows of a part of the graph: few enough boxes to read, the rest folded.

Up to some eighty nodes each has a box of its own. Of more, the family with the most boxes is
folded, again and again: tiers into their apps, the power of each rack, the machines of each app and
cluster, the hosts of each rack, the apps of each owner, at last all of a kind. What is opened by
its key is folded one step less. The answers are always computed on the whole graph.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from dcim.graph.homes import POWER, POWER_FAMILY, Homes
from dcim.graph.layers import BAND_OF
from dcim.graph.propagation import State
from dcim.graph.reach import above, below
from dcim.vocabulary.things import ThingKind

if TYPE_CHECKING:
    from dcim.graph.facts import Node
    from dcim.graph.graph import DependencyGraph

MOST_BOXES: Final = 80
MOST_IN_A_ROW: Final = 28
TIERS: Final = ThingKind.WORKLOAD.value
# Apps are what people look for, tiers and power what they look for last.
WORTH: Final[Mapping[str, float]] = {ThingKind.APP: 3, TIERS: 0.1, POWER_FAMILY: 0.5}


@dataclass(frozen=True, slots=True)
class Part:
    """What one box shows: a node, or several of one family that are folded.

    `key` names it in the address of a drawing: the node's public name, or FAMILY@HOME. `members`
    are numbers of the graph.
    """

    key: str
    kind: ThingKind
    members: tuple[int, ...]
    home: str = ""
    state: State = State.UP

    @property
    def is_folded(self) -> bool:
        """Whether it stands for several nodes."""
        return bool(self.home)


@dataclass(frozen=True, slots=True)
class Line:
    """The needs between two parts; hard where any of them is."""

    source: str
    target: str
    hard: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """Parts to draw by their keys, the needs between them, and how many nodes they stand for."""

    graph: DependencyGraph
    parts: Mapping[str, Part]
    lines: tuple[Line, ...]

    @property
    def size(self) -> int:
        """How many nodes it shows, folded or not."""
        return sum(len(part.members) for part in self.parts.values())

    def node_of(self, part: Part) -> Node:
        """The node of a part that is not folded."""
        return self.graph.node(part.members[0])


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a picture is to be made.

    Attributes:
        most: Up to so many nodes nothing is folded.
        opened: Keys of folded parts that are to be shown in more detail.
        apart: Nodes that are never folded.
        state_of: The state of each node; parts are of one state.
    """

    most: int = MOST_BOXES
    opened: Collection[str] = frozenset()
    apart: Collection[int] = frozenset()
    state_of: Callable[[int], State] = field(default=lambda _: State.UP)


def picture_of(graph: DependencyGraph, numbers: Collection[int], wishes: Wishes) -> Picture:
    """The parts to draw of the nodes `numbers`.

    Notes: O(V + E) of these, once per step of folding; some ten steps at most.
    """
    keys = _Folding(graph, numbers, wishes).keys()
    members: dict[str, list[int]] = defaultdict(list)
    for number in sorted(keys):
        members[keys[number][0]].append(number)
    parts = {
        key: Part(key, _kind(graph, some), tuple(some), keys[some[0]][1], wishes.state_of(some[0]))
        for key, some in members.items()
    }
    return Picture(graph, parts, _lines(graph, keys))


def _kind(graph: DependencyGraph, members: Collection[int]) -> ThingKind:
    """The kind of the member that stands highest; groups that were folded with them aside."""
    kinds = {graph.roster.kind(number) for number in members}
    return min(kinds - {ThingKind.GROUP} or kinds, key=lambda kind: BAND_OF.get(kind, 0))


def _lines(graph: DependencyGraph, keys: Mapping[int, tuple[str, str]]) -> tuple[Line, ...]:
    drawn: dict[tuple[str, str], bool] = {}
    for number, (source, _) in keys.items():
        for other, hard in graph.below(number):
            if other in keys and (target := keys[other][0]) != source:
                drawn[source, target] = drawn.get((source, target), False) or hard
    return tuple(Line(*ends, hard) for ends, hard in sorted(drawn.items()))


class _Folding:
    """Finds for each node the key of its part, and what the part's nodes have in common."""

    def __init__(self, graph: DependencyGraph, numbers: Collection[int], wishes: Wishes) -> None:
        self._graph, self._wishes = graph, wishes
        self._numbers = numbers
        self._homes = Homes(graph, numbers)
        self._spread_out = set(wishes.apart)  # asked for in detail, however many they are
        things = graph.roster.groups.start
        self._groups = [number for number in numbers if number >= things]
        self._families: dict[str, list[int]] = defaultdict(list)
        for number in numbers:
            if number < things:
                self._families[self._homes.family(number)].append(number)

    def keys(self) -> dict[int, tuple[str, str]]:
        """Key and home of each node; the home of one that stands alone is empty."""
        keys: dict[int, tuple[str, str]] = {}
        levels = dict.fromkeys(self._families, 0)
        for family in self._families:
            keys |= self._of_family(family, 0)
        folds = len(self._numbers) > self._wishes.most
        while folds and (widest := self._largest(keys, levels)):
            levels[widest] += 1
            keys |= self._of_family(widest, levels[widest])
        if levels.get(TIERS):
            keys |= self._of_tiers(keys)
        return keys | self._of_groups(keys)

    def _largest(
        self, keys: Mapping[int, tuple[str, str]], levels: Mapping[str, int]
    ) -> str | None:
        """The family to fold next; None when the rest can be read."""
        counts = {
            family: len({keys[one][0] for one in some if one not in self._spread_out})
            for family, some in self._families.items()
            if family != TIERS or not levels[TIERS]
        }
        groups = sum(not home for _, home in self._of_groups(keys).values())
        few = sum(counts.values()) + groups <= self._wishes.most
        left = [
            family
            for family, count in counts.items()
            if count > (MOST_IN_A_ROW if few else 1)
            # All in one box only where there is no other way: it tells the least.
            and (family == TIERS or levels[family] + few < self._homes.widest(family))
        ]
        return max(left, key=lambda one: (counts[one] / WORTH.get(one, 1), one), default=None)

    def _of_family(self, family: str, level: int) -> dict[int, tuple[str, str]]:
        found = {number: self._key(family, number, level) for number in self._families[family]}
        often = Counter(found.values())
        return {
            number: one if often[one] > 1 else (self._own(number), "")
            for number, one in found.items()
        }

    def _key(self, family: str, number: int, level: int) -> tuple[str, str]:
        if number not in self._wishes.apart:
            state = self._wishes.state_of(number)
            for wider in range(level, 0, -1):
                home = self._homes.home(number, wider)
                mark = "" if state is State.UP else f"!{state}"
                if (key := f"{family}@{home}{mark}") not in self._wishes.opened:
                    return key, home
                self._spread_out.add(number)
        return self._own(number), ""

    def _own(self, number: int) -> str:
        return f"{self._graph.roster.kind(number)}:{self._graph.roster.name(number)}"

    def _of_tiers(self, keys: Mapping[int, tuple[str, str]]) -> dict[int, tuple[str, str]]:
        """Tiers are shown with their app; one whose app is not looked at stays alone."""
        apps = {tier: self._homes.nearest_above(tier, (ThingKind.APP,)) for tier in self._tiers}
        return {tier: keys[min(some)] for tier, some in apps.items() if some}

    @property
    def _tiers(self) -> list[int]:
        return [one for one in self._families[TIERS] if one not in self._wishes.apart]

    def _of_groups(self, keys: Mapping[int, tuple[str, str]]) -> dict[int, tuple[str, str]]:
        """A group is folded with what needs it, or with the power that it consists of."""
        return {number: self._of_group(number, keys) for number in self._groups}

    def _of_group(self, number: int, keys: Mapping[int, tuple[str, str]]) -> tuple[str, str]:
        wiring = self._graph.wiring
        owners = {keys[one] for one in above(wiring, number) if one in keys}
        if len(owners) == 1 and (owner := next(iter(owners)))[1]:
            return owner
        members = [one for one in below(wiring, number) if one in keys]
        parts = {keys[one] for one in members}
        of_power = all(self._graph.roster.kind(one) in POWER for one in members)
        if len(parts) == 1 and of_power and (part := next(iter(parts)))[1]:
            return part
        return self._own(number), ""

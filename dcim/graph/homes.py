"""What nodes have in common: machines their cluster, hosts and power their rack, apps their owner.

A drawing folds nodes of one family into a box, first by the narrowest home, then by wider ones.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

from dcim.graph.facts import Thing
from dcim.graph.reach import above, below
from dcim.vocabulary.things import ThingKind

if TYPE_CHECKING:
    from dcim.graph.graph import DependencyGraph

POWER: Final = frozenset({ThingKind.PSU, ThingKind.OUTLET, ThingKind.PDU, ThingKind.FEED})
POWERED: Final = (ThingKind.HOST, ThingKind.SWITCH, ThingKind.ROUTER, ThingKind.PDU)
PLACES: Final = (ThingKind.RACK, ThingKind.LOCATION, ThingKind.SITE)
POOLS: Final = (ThingKind.CLUSTER, ThingKind.ALLOCATION, ThingKind.HOST, *PLACES)
POWER_FAMILY: Final = "power"
EVERYWHERE: Final = "all"

Level: TypeAlias = Callable[["Homes", int], str | None]


class Homes:
    """Looks up what a node is part of, among the nodes that are looked at."""

    def __init__(self, graph: DependencyGraph, among: Collection[int]) -> None:
        self.graph = graph
        self._among = among

    def family(self, number: int) -> str:
        """Which nodes it may be folded with: those of its kind; all power is of one kind."""
        kind = self.graph.roster.kind(number)
        return POWER_FAMILY if kind in POWER else kind.value

    def home(self, number: int, level: int) -> str:
        """What it is part of: level 1 is the narrowest, beyond the last all are one.

        Notes: where a level is not known, the next wider one counts.
        """
        for look_up in LEVELS.get(self.family(number), ())[level - 1 :]:
            if (found := look_up(self, number)) is not None:
                return found
        return EVERYWHERE

    def widest(self, family: str) -> int:
        """The level at which all of the family are one."""
        return len(LEVELS.get(family, ())) + 1

    def below_of(self, number: int, kinds: Collection[ThingKind]) -> int | None:
        """What it needs directly of one of the kinds, the first of them that it has."""
        kind_of = self.graph.roster.kind
        found = {
            kind_of(other): other
            for other in reversed(list(below(self.graph.wiring, number)))
            if other in self._among
        }
        return next((found[kind] for kind in kinds if kind in found), None)

    def rack(self, number: int) -> int | None:
        """The rack, else the room or site, that it stands in."""
        if self.graph.roster.kind(number) not in POWER:
            return self.below_of(number, PLACES)
        devices: set[int | None] = {*self.nearest_above(number, POWERED)}
        known = devices or {self.below_of(number, (ThingKind.PDU,))}  # a free outlet
        places = {self.below_of(one, PLACES) for one in known if one is not None}
        return places.pop() if len(places) == 1 else None

    def site(self, number: int) -> int | None:
        """The outermost place that it stands in; of places in a circle, any of them."""
        place, seen = self.rack(number), set[int]()
        while place is not None and place not in seen:
            seen.add(place)
            if (wider := self.below_of(place, PLACES)) is not None:
                place = wider
        return place

    def nearest_above(self, number: int, kinds: Collection[ThingKind]) -> set[int]:
        """The first nodes of the kinds on each way upwards; itself where it is of one."""
        found: set[int] = set()
        work, seen = [number], {number}
        while work:
            at = work.pop()
            if self.graph.roster.kind(at) in kinds:
                found.add(at)
                continue
            for other in above(self.graph.wiring, at):
                if other in self._among and other not in seen:
                    seen.add(other)
                    work.append(other)
        return found


def _named(look_up: Callable[[Homes, int], int | None]) -> Level:
    def level(homes: Homes, number: int) -> str | None:
        found = look_up(homes, number)
        return None if found is None else str(homes.graph.node(found).id)

    return level


def _owner(homes: Homes, number: int) -> str | None:
    node = homes.graph.node(number)
    return f"tenant:{node.owner}" if isinstance(node, Thing) and node.owner else None


def _app(homes: Homes, number: int) -> int | None:
    """The app that a machine is of, where it is one app's alone."""
    apps = homes.nearest_above(number, (ThingKind.APP,))
    return apps.pop() if len(apps) == 1 else None


def _app_owner(homes: Homes, number: int) -> str | None:
    owners = {_owner(homes, app) for app in homes.nearest_above(number, (ThingKind.APP,))}
    return owners.pop() if len(owners) == 1 else None


RACK: Final = _named(Homes.rack)
SITE: Final = _named(Homes.site)
POOL: Final = _named(lambda homes, number: homes.below_of(number, POOLS))
PROVIDER: Final = _named(
    lambda homes, number: homes.below_of(number, (ThingKind.PROVIDER, *PLACES))
)
# By family, from narrow to wide; beyond the last there is one box for all.
LEVELS: Final[Mapping[str, tuple[Level, ...]]] = {
    ThingKind.APP.value: (_owner,),
    ThingKind.VM.value: (_named(_app), _app_owner, POOL),
    ThingKind.CLUSTER.value: (PROVIDER,),
    ThingKind.ALLOCATION.value: (PROVIDER,),
    ThingKind.HOST.value: (RACK, SITE),
    ThingKind.SWITCH.value: (RACK, SITE),
    ThingKind.ROUTER.value: (RACK, SITE),
    POWER_FAMILY: (RACK, SITE),
    ThingKind.RACK.value: (RACK, SITE),
    ThingKind.PANEL.value: (RACK, SITE),
    ThingKind.LOCATION.value: (SITE,),
}

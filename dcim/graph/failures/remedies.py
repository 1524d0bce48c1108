"""What would have to change so that a thing's loss alone no longer stops an app.

Nothing is guessed: what the loss brings down is followed upwards, and where something below an app
falls for want of a second leg (a supply, an uplink, a host, an instance, a provider) that leg is
taken as given and the loss is asked again, until the app stands. What is nearest to the thing is
changed first, since it helps most of what rests on it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from dcim.graph.facts import Thing
from dcim.graph.homes import POWER
from dcim.graph.propagation import down_with
from dcim.graph.reach import all_below
from dcim.vocabulary.things import ThingKind

if TYPE_CHECKING:
    from dcim.graph.graph import DependencyGraph


class Remedy(StrEnum):
    """What can be changed; the codes are stable."""

    SECOND_SUPPLY = "second_supply"
    SECOND_UPLINK = "second_uplink"
    ANOTHER_HOST = "another_host"
    ANOTHER_INSTANCE = "another_instance"
    SPREAD_INSTANCES = "spread_instances"
    ANOTHER_PROVIDER = "another_provider"
    LOOSEN_DEPENDENCY = "loosen_dependency"


def _(text: str) -> str:
    """Mark `text` for the translators; pages translate it when they show it."""
    return text


TEXTS: Final[dict[Remedy, str]] = {
    Remedy.SECOND_SUPPLY: _("Give %(at)s a second power supply that does without %(on)s."),
    Remedy.SECOND_UPLINK: _("Give %(at)s a second uplink that does without %(on)s."),
    Remedy.ANOTHER_HOST: _("Give %(at)s so many more hosts away from %(on)s: %(count)s."),
    Remedy.ANOTHER_INSTANCE: _("Run so many more instances of %(at)s away from %(on)s: %(count)s."),
    Remedy.SPREAD_INSTANCES: _(
        "Move so many instances of %(at)s away from %(on)s, and keep them apart: %(count)s."
    ),
    Remedy.ANOTHER_PROVIDER: _("Let %(at)s run at a second provider too, not only at %(on)s."),
    Remedy.LOOSEN_DEPENDENCY: _("Let %(at)s go on without %(on)s: make the dependency soft."),
}
DEVICES: Final = frozenset({ThingKind.HOST, ThingKind.SWITCH, ThingKind.ROUTER})
NETWORK: Final = DEVICES - {ThingKind.HOST}
INSTANCES: Final = frozenset({ThingKind.VM, ThingKind.HOST})


@dataclass(frozen=True, slots=True)
class Leg:
    """What falls `of` some kinds when one of `kinds` below it does, and the change that helps."""

    of: frozenset[ThingKind]
    kinds: frozenset[ThingKind]
    remedy: Remedy


SUPPLIES: Final = Leg(DEVICES, POWER, Remedy.SECOND_SUPPLY)
UPLINKS: Final = Leg(DEVICES, NETWORK, Remedy.SECOND_UPLINK)
HOSTS: Final = Leg(frozenset({ThingKind.CLUSTER}), frozenset({ThingKind.HOST}), Remedy.ANOTHER_HOST)
TIERS: Final = Leg(
    frozenset({ThingKind.WORKLOAD, ThingKind.APP}), INSTANCES, Remedy.ANOTHER_INSTANCE
)
PROVIDERS: Final = Leg(
    frozenset({ThingKind.APP}), frozenset({ThingKind.PROVIDER}), Remedy.ANOTHER_PROVIDER
)
DEPENDENCIES: Final = Leg(
    frozenset({ThingKind.APP}), frozenset({ThingKind.APP}), Remedy.LOOSEN_DEPENDENCY
)
# Tried in this order. Something that falls for two reasons needs both legs, so that each step looks
# at all legs up to its own.
STEPS: Final = (SUPPLIES, UPLINKS, HOSTS, TIERS, PROVIDERS, DEPENDENCIES)


@dataclass(frozen=True, slots=True)
class Change:
    """One change: `count` more legs for `at` that do without `on`."""

    remedy: Remedy
    at: int
    on: int
    count: int = 1


@dataclass(frozen=True, slots=True)
class Removal:
    """The changes after which `thing` alone no longer stops `app`; none when nothing helps.

    Nothing helps against the loss of the app's own tier: it is the app.
    """

    app: Thing
    thing: Thing
    changes: tuple[Change, ...]


def removals(graph: DependencyGraph, thing: int, apps: Sequence[int]) -> list[Removal]:
    """For each of `apps`, which `thing` alone stops, the changes that would remove that.

    Args:
        graph: The graph of one serial.
        thing: The number of the thing.
        apps: The numbers of apps that it stops.

    Notes:
        Each list of changes has been asked: with them the app stands. Only what is below the apps
        is looked at: O(V + E) of that, a few times.
    """
    search = _Search(graph, thing, frozenset(all_below(graph.wiring, apps)) | frozenset(apps))
    search.run()
    return [_removal(search, app) for app in apps]


def _removal(search: _Search, app: int) -> Removal:
    roster = search.graph.roster
    changes = () if app in search.down else tuple(sorted(search.changes_below(app), key=_rank))
    return Removal(roster.thing(app), roster.thing(search.thing), changes)


def _rank(change: Change) -> tuple[int, int, int]:
    """The order in which changes were found: a later one counts on those before it."""
    return tuple(Remedy).index(change.remedy), change.at, change.on


class _Search:
    """One thing's loss, and the legs that are taken as given against it."""

    def __init__(self, graph: DependencyGraph, thing: int, below: frozenset[int]) -> None:
        self.graph, self.thing = graph, thing
        self._within = below
        self._given: dict[int, list[Change]] = {}
        self._relied_on: dict[int, list[int]] = {}
        self._first = self.down = self._fallen()

    def run(self) -> None:
        """Give legs until no more help."""
        depth = self._depths()
        for place in range(len(STEPS)):
            while changed := self._reinforced(STEPS[: place + 1]):
                nearest = min(depth[number] for number in changed)
                chosen = [number for number in changed if depth[number] == nearest]
                # What was saved before was not counted as lost, so that it must stay saved.
                self._relied_on |= {number: list(self._saved(number)) for number in chosen}
                self._given |= {number: changed[number] for number in chosen}
                self.down = self._fallen()

    def changes_below(self, app: int) -> Iterator[Change]:
        """The changes that an app needs: those met first on the way down to the thing."""
        seen, work = {app}, deque([app])
        while work:
            number = work.popleft()
            yield from self._given.get(number, ())
            given = self._relied_on.get(number)
            for other in self._to_save(number) if given is None else given:
                if other not in seen:
                    seen.add(other)
                    work.append(other)

    def _fallen(self) -> dict[int, None]:
        return down_with(self.graph.wiring, [self.thing], self._within - self._given.keys())

    def _depths(self) -> dict[int, int]:
        """How many steps each fallen node is above the thing."""
        depths, work = {self.thing: 0}, deque([self.thing])
        while work:
            number = work.popleft()
            for above in self.graph.wiring.hard_above[number]:
                if above in self.down and above not in depths:
                    depths[above] = depths[number] + 1
                    work.append(above)
        return depths

    def _reinforced(self, legs: Sequence[Leg]) -> dict[int, list[Change]]:
        """The fallen nodes that would stand with more of these legs, and what each would need."""
        found = {}
        for number in self.down:
            kind = self._kind(number)
            own = [leg for leg in legs if kind in leg.of and self._is_apt(number, leg)]
            if own and number != self.thing and (changes := self._changes(number, own)):
                found[number] = changes
        return found

    def _changes(self, number: int, legs: Sequence[Leg]) -> list[Change]:
        """What the node would need, if these legs are all that it lacks."""
        changes = []
        for other in self._lost(number, self.down):
            leg = self._leg_of(other, legs)
            if leg is None:
                return []
            changes += self._changes_of(number, other, leg)
        return _summed(changes)

    def _leg_of(self, other: int, legs: Sequence[Leg]) -> Leg | None:
        """Which leg is lost with a node, or with a group of which too few members are left."""
        kinds = {self._kind(one) for one in self._leaves(other)}
        return next((leg for leg in legs if kinds <= leg.kinds), None)

    def _is_apt(self, number: int, leg: Leg) -> bool:
        """A cluster gets more hosts only while it has some left: else its tiers go elsewhere."""
        hosts = (one for one in self._members(number) if self._kind(one) is ThingKind.HOST)
        return leg is not HOSTS or any(host not in self.down for host in hosts)

    def _kind(self, number: int) -> ThingKind:
        return self.graph.roster.kind(number)

    def _members(self, number: int) -> Iterator[int]:
        """What a node needs, members in place of their groups."""
        below = self.graph.wiring.hard_below
        return self._unfolded(below[number], below.__getitem__)

    def _changes_of(self, number: int, other: int, leg: Leg) -> list[Change]:
        if leg is DEPENDENCIES:
            return [Change(leg.remedy, number, one) for one in self._leaves(other)]
        spare = self.graph.wiring.spare[other]
        missing = len(self._lost(other, self.down)) - int(spare) if spare else 1
        spreads = leg is TIERS and spare
        remedy = Remedy.SPREAD_INSTANCES if spreads else leg.remedy
        return [Change(remedy, number, self.thing, missing)]

    def _leaves(self, other: int) -> list[int]:
        """The node, or of a group the members that it lost."""
        return list(self._unfolded([other], lambda group: self._lost(group, self.down)))

    def _unfolded(
        self, nodes: Iterable[int], members: Callable[[int], Iterable[int]]
    ) -> Iterator[int]:
        """The nodes, `members` in place of groups, each once: groups may hold each other."""
        work = deque(nodes)
        seen = set(work)
        while work:
            node = work.popleft()
            if self._kind(node) is not ThingKind.GROUP:
                yield node
                continue
            fresh = [one for one in members(node) if one not in seen]
            seen.update(fresh)
            work.extend(fresh)

    def _lost(self, number: int, down: dict[int, None]) -> list[int]:
        return [other for other in self.graph.wiring.hard_below[number] if other in down]

    def _saved(self, number: int) -> Iterator[int]:
        """What the node lost at first and has again; of groups that it lost, their members."""
        seen, work = {number}, [number]
        while work:
            lost = [other for other in self._lost(work.pop(), self._first) if other not in seen]
            seen.update(lost)
            yield from (other for other in lost if other not in self.down)
            still = (other for other in lost if other in self.down)
            work += [other for other in still if self._kind(other) is ThingKind.GROUP]

    def _to_save(self, number: int) -> list[int]:
        """What must not fall so that the node stands: all that it lost, of a group so many."""
        lost = self._lost(number, self._first)
        if spare := int(self.graph.wiring.spare[number]):
            saved = [other for other in lost if other not in self.down]
            return saved[: len(lost) - spare]
        return lost


def _summed(changes: Sequence[Change]) -> list[Change]:
    """One change in place of several of the same sort."""
    counts: dict[tuple[Remedy, int, int], int] = {}
    for one in changes:
        key = (one.remedy, one.at, one.on)
        counts[key] = counts.get(key, 0) + one.count
    single = {Remedy.SECOND_SUPPLY, Remedy.SECOND_UPLINK, Remedy.LOOSEN_DEPENDENCY}
    return [Change(*key, 1 if key[0] in single else count) for key, count in counts.items()]

"""What can be restored from backup copies after a failure, from which, and what that takes.

A copy counts only where neither its place nor its keeper is down, and where no machine that was
lost ran. An app can be restored when each of its tiers that was lost has such a copy, and each app
that it needs and that is down can be restored too. Where it could go is the planner's question.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from dcim.graph.facts import Copy, Node, Thing
from dcim.graph.propagation import State
from dcim.vocabulary.amounts import Amounts, total
from dcim.vocabulary.choices import Obstacle
from dcim.vocabulary.things import ThingKind

if TYPE_CHECKING:
    from dcim.graph.failures.impact import Impact

PLACES: Final = frozenset({ThingKind.SITE, ThingKind.PROVIDER})
# What machines stand on that says nothing of where they are: it may lead to another site.
LINES: Final = frozenset(
    {
        ThingKind.SWITCH,
        ThingKind.ROUTER,
        ThingKind.PSU,
        ThingKind.OUTLET,
        ThingKind.PDU,
        ThingKind.FEED,
        ThingKind.PANEL,
    }
)
# The nearer to a copy that counts, the earlier: it is what has to be put right.
NEAREST: Final = (
    Obstacle.EXPIRED,
    Obstacle.NEVER_SUCCEEDED,
    Obstacle.COPY_LOST,
    Obstacle.SAME_PLACE,
)


@dataclass(frozen=True, slots=True)
class Source:
    """The newest copy of a tier that counts, at a moment: what was written since then is lost."""

    copy: Copy
    age: timedelta

    @property
    def age_hours(self) -> float:
        """Hours of work that are lost (the RPO as it is), to a tenth."""
        return round(self.age / timedelta(hours=1), 1)

    @property
    def is_overdue(self) -> bool:
        """Whether a newer copy should have been made since."""
        hours = self.copy.frequency_hours
        return hours is not None and self.age > timedelta(hours=hours)


@dataclass(frozen=True, slots=True)
class LostTier:
    """A tier that has to be restored: from `source`, or not because of `obstacle`."""

    tier: Node
    source: Source | None
    obstacle: Obstacle | None


@dataclass(frozen=True, slots=True)
class Restoration:
    """How an app that is down comes back: from copies, or not because of `obstacle` at `cause`.

    `tiers` are those that it lost itself; none when only apps that it needs fell. `needed` and
    `wanted` are what restoring takes, to run at all and to run as wanted.
    """

    app: Thing
    tiers: tuple[LostTier, ...]
    obstacle: Obstacle | None
    cause: Node | None
    needed: Amounts
    wanted: Amounts

    @property
    def is_restorable(self) -> bool:
        """Whether the app can be brought back."""
        return self.obstacle is None

    @property
    def age_hours(self) -> float | None:
        """Hours of work that are lost at most; None when nothing is restored."""
        ages = [one.source.age_hours for one in self.tiers if one.source is not None]
        return max(ages, default=None)


@dataclass(frozen=True, slots=True)
class Restorable:
    """Every running app that is down, in the order of the impact, and how it comes back."""

    apps: tuple[Restoration, ...]
    copies_lost: int

    @property
    def needed(self) -> Amounts:
        """What restoring all that can be restored takes, to run at all."""
        return total(one.needed for one in self.apps if one.is_restorable)

    @property
    def wanted(self) -> Amounts:
        """What restoring all that can be restored takes, to run as wanted."""
        return total(one.wanted for one in self.apps if one.is_restorable)


def restorable(found: Impact, now: datetime) -> Restorable:
    """What of the running apps that are down can be restored from copies.

    Args:
        found: What fell.
        now: The moment against which copies are old; aware.

    Notes:
        A copy in the place of a lost machine does not count, whether that place stands or not:
        what took the machine may have taken it. An incremental copy is taken to lie beside the
        copies that it rests on. The cost grows with the apps that are down and their copies.

    >>> from datetime import UTC
    >>> from dcim.graph.facts import Facts, Need
    >>> from dcim.vocabulary.things import Ref
    >>> from dcim.graph.graph import DependencyGraph
    >>> from dcim.graph.failures.impact import impact
    >>> app, tier, vm, here, there, copy = (Ref.parse(name) for name in (
    ...     "app:A", "workload:A/db", "vm:a", "site:PDR", "provider:pdn", "backup:A/db@pdn"))
    >>> needs = (Need(app, tier), Need(tier, vm), Need(vm, here), Need(copy, there))
    >>> things = [Thing(one, status="active") for one in (app, tier, vm, here, there, copy)]
    >>> monday, tuesday = datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC)
    >>> copies = (Copy(copy, tier, provider=there, last_success=monday),)
    >>> graph = DependencyGraph.of(Facts(1, tuple(things), (), needs, (), copies))
    >>> [one.age_hours for one in restorable(impact(graph, [here]), tuesday).apps]
    [24.0]
    """
    return _Restoring(found, now).answer()


@dataclass(frozen=True, slots=True)
class _Loss:
    """A tier that an app has lost, and how many of its instances still stand."""

    tier: int
    told: LostTier
    standing: int


class _Restoring:
    """One question: what each app has lost, and which copies count."""

    def __init__(self, found: Impact, now: datetime) -> None:
        self.found, self.now = found, now
        self.graph = found.graph
        self.down = found.hit.down
        self.failed = frozenset(found.numbers)
        self._places: dict[int, frozenset[int]] = {}

    def answer(self) -> Restorable:
        """Every running app that is down; those that may not be told of count for the others."""
        roster = self.graph.roster
        apps = sorted(roster.things_among(self.down, frozenset({ThingKind.APP})))
        losses = {app: self._losses(app) for app in apps}
        blocked = self._blocked(losses)
        shown = ((hit.thing, self.graph.find(hit.thing.id)) for hit in self.found.apps_down)
        return Restorable(
            tuple(self._restoration(one, losses[app], blocked.get(app)) for one, app in shown),
            self.found.counts(State.DOWN)[ThingKind.BACKUP],
        )

    def _restoration(
        self, app: Thing, losses: Sequence[_Loss], blocked: tuple[Obstacle, Node] | None
    ) -> Restoration:
        demands = self.graph.holdings.demands
        standing = {one.tier: one.standing for one in losses}
        obstacle, cause = blocked or (None, None)
        return Restoration(
            app,
            tuple(one.told for one in losses),
            obstacle,
            cause,
            demands.missing(standing, demands.needed),
            demands.missing(standing, demands.wanted),
        )

    def _losses(self, app: int) -> list[_Loss]:
        """The tiers that the app has lost itself; all, where it fell otherwise than by a tier."""
        below = self.graph.wiring.hard_below[app]
        tiers = [one for one in below if self._kind(one) is ThingKind.WORKLOAD]
        if self._fell_whole(app):
            where = [one for one in below if one in self.down and one not in tiers]
            carriers = [machine for tier in tiers for machine in self._carriers(tier)]
            places = self._places_of([*where, *carriers])
            return [self._loss(tier, places, standing=0) for tier in tiers]
        return [self._loss_of_machines(tier) for tier in tiers if tier in self.down]

    def _fell_whole(self, app: int) -> bool:
        """Whether the app failed itself, or lost what is neither a tier nor an app."""
        parts = (ThingKind.APP, ThingKind.WORKLOAD)
        below = self.graph.wiring.hard_below[app]
        return app in self.failed or any(
            one in self.down and self._kind(one) not in parts for one in below
        )

    def _loss_of_machines(self, tier: int) -> _Loss:
        carriers = self._carriers(tier)
        if tier in self.failed:
            return self._loss(tier, self._places_of(carriers), standing=0)
        lost = [machine for machine in carriers if machine in self.down]
        return self._loss(tier, self._places_of(lost), standing=len(carriers) - len(lost))

    def _loss(self, tier: int, places: frozenset[int], *, standing: int) -> _Loss:
        source, obstacle = self._source(tier, places)
        return _Loss(tier, LostTier(self.graph.node(tier), source, obstacle), standing)

    def _source(self, tier: int, places: frozenset[int]) -> tuple[Source | None, Obstacle | None]:
        """The newest copy that counts, else what is nearest to one."""
        sources: list[Source] = []
        obstacles: set[Obstacle] = set()
        for number in self.graph.holdings.copies.of_tier(tier):
            source = self._judged(number, places)
            if isinstance(source, Source):
                sources.append(source)
            else:
                obstacles.add(source)
        if sources:
            return min(sources, key=lambda one: (one.age, str(one.copy.id))), None
        return None, next((one for one in NEAREST if one in obstacles), Obstacle.NO_COPY)

    def _judged(self, number: int, places: frozenset[int]) -> Source | Obstacle:
        stated = self.graph.holdings.copies.places(number)
        if not places.isdisjoint(stated):
            return Obstacle.SAME_PLACE
        if number in self.down or any(place in self.down for place in stated):
            return Obstacle.COPY_LOST
        copy = self.graph.holdings.copies.of(number, self.graph.roster)
        if copy.last_success is None:
            return Obstacle.NEVER_SUCCEEDED
        age = max(self.now - copy.last_success, timedelta())
        if copy.retention_days is not None and age > timedelta(days=copy.retention_days):
            return Obstacle.EXPIRED
        return Source(copy, age)

    def _blocked(self, losses: Mapping[int, Sequence[_Loss]]) -> dict[int, tuple[Obstacle, Node]]:
        """Why apps can't be restored, for those that can't, by number."""
        blocked = {app: why for app, lost in losses.items() if (why := self._why_not(app, lost))}
        work = deque(blocked)
        while work:
            app = work.popleft()
            for above in self.graph.wiring.hard_above[app]:
                if above in losses and above not in blocked:
                    blocked[above] = Obstacle.NEEDED_APP, self.graph.node(app)
                    work.append(above)
        return blocked

    def _why_not(self, app: int, losses: Sequence[_Loss]) -> tuple[Obstacle, Node] | None:
        if not losses and self._fell_whole(app):
            return Obstacle.NOT_RECORDED, self.graph.node(app)
        told = (one.told for one in losses)
        return next(((one.obstacle, one.tier) for one in told if one.obstacle is not None), None)

    def _carriers(self, tier: int) -> list[int]:
        """What carries the instances of a tier, in groups or not."""
        below = self.graph.wiring.hard_below
        found: dict[int, None] = {}
        work = list(below[tier])
        while work:
            one = work.pop()
            if self._kind(one) is ThingKind.GROUP:
                work.extend(below[one])
            else:
                found[one] = None
        return list(found)

    def _places_of(self, things: Iterable[int]) -> frozenset[int]:
        """The sites and providers where things are."""
        below = self.graph.wiring.hard_below
        found: set[int] = set()
        for thing in things:
            ground = (one for one in below[thing] if self._kind(one) not in LINES)
            found.update(*map(self._places_at, ground))
            if self._kind(thing) in PLACES:
                found.add(thing)
        return frozenset(found)

    def _places_at(self, ground: int) -> frozenset[int]:
        """The sites and providers of what machines stand on; kept, since many share it."""
        if ground not in self._places:
            seen, work = {ground}, [ground]
            while work:
                for one in self.graph.wiring.hard_below[work.pop()]:
                    if one not in seen and self._kind(one) not in LINES:
                        seen.add(one)
                        work.append(one)
            self._places[ground] = frozenset(one for one in seen if self._kind(one) in PLACES)
        return self._places[ground]

    def _kind(self, number: int) -> ThingKind:
        return self.graph.roster.kind(number)

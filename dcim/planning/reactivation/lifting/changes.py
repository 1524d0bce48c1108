"""The smallest change that lets an app in, found by solving the plan again with it.

For each app that a plan leaves out, lets wait for a grant, or has repaired first. What is told is
verified: with the change the app comes in, with a unit less of any part it does not. Halving ends
at such a border even where more room lets in another app first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from dcim.planning.document import AT_HAND, Outcome
from dcim.planning.estate import NOTHING, App, Cluster, Pool, Snapshot
from dcim.planning.holding import may_hold
from dcim.planning.reactivation.candidate import ASK
from dcim.planning.reactivation.draft import Draft
from dcim.planning.reactivation.lifting.bindings import Binding, bindings
from dcim.planning.reactivation.lifting.lifts import Lifted
from dcim.planning.reactivation.plan import draft
from dcim.planning.reactivation.totals import ASK_PRICES
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.snapshot import checked
from dcim.planning.watch import UNWATCHED, Watch
from dcim.vocabulary.amounts import Amounts, ResourceClass, total
from dcim.vocabulary.choices import AppStatus, ProviderKind
from dcim.vocabulary.errors import UnknownThing

ASKED_OF: Final = frozenset({Outcome.LEFT_OUT, Outcome.REVIVE_ON_GRANT, Outcome.REPAIR})
BACK: Final = AT_HAND | {Outcome.REVIVE_ON_GRANT}
# Plans solved for one app before its search ends, hosts tried, and doublings of added room.
MOST_SOLVES: Final = 120
MOST_HOSTS: Final = 4
MOST_DOUBLINGS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class AppChange:
    """What binds an app, and the smallest changes that let it in, each by itself enough.

    `solved` counts the plans that were solved for it; `is_proved` says that all that were told of
    were proved the best, so that another search would find the same border.
    """

    code: str
    outcome: Outcome
    bindings: tuple[Binding, ...]
    changes: tuple[Lifted, ...] = ()
    solved: int = 0
    is_proved: bool = True


def changes(
    snapshot: Snapshot,
    stance: Stance = Stance.AS_DECLARED,
    *,
    codes: Collection[str] = (),
    watch: Watch = UNWATCHED,
) -> tuple[AppChange, ...]:
    """For each app that does not come back at hand and could, what would change that.

    Args:
        snapshot: the estate; it need not be in order.
        stance: how blockers are taken.
        codes: the apps to look at; empty: all that wait, are left out or to be repaired.
        watch: told of each app; stopped, those that are done are given.

    Raises: UnknownThing: an app of `codes` is not on record; else as for a plan.

    Notes: at most 120 plans per app, a handful where one class of one pool is short.
    """
    snapshot = checked(snapshot)
    whole = draft(snapshot, stance)
    by_code = {app.code: app for app in snapshot.apps}
    for code in codes:
        if code not in by_code:
            raise UnknownThing(f"There is no app “{code}”.", hint="Look it up in the plan.")
    wanted = [
        app
        for app in whole.snapshot.apps
        if whole.outcome(app) in ASKED_OF and (not codes or app.code in codes)
    ]
    found: list[AppChange] = []
    for done, app in enumerate(wanted):
        watch.report(done, len(wanted), app.code)
        if watch.is_stopped():
            break
        with suppress(_StoppedError):
            found.append(_Search(snapshot, stance, whole, app, watch).found())
    return tuple(found)


class _StoppedError(Exception):
    """The watch wants an end while an app is being looked at."""


class _OutOfSolvesError(Exception):
    """The search of one app has solved as many plans as it may."""


class _Search:
    """The search for one app: every change that was tried, and what came of it."""

    def __init__(
        self, snapshot: Snapshot, stance: Stance, whole: Draft, app: App, watch: Watch
    ) -> None:
        self.snapshot, self.stance, self.whole, self.app = snapshot, stance, whole, app
        self.watch = watch
        self.tried: dict[Lifted, Draft] = {Lifted(): whole}
        self.by_code = {one.code: one for one in snapshot.apps}

    def found(self) -> AppChange:
        """What binds the app and what lets it in."""
        lifts: list[Lifted] = []
        with suppress(_OutOfSolvesError):  # what was verified by then stays true
            lifts.extend(self._lifts())
        return AppChange(
            code=self.app.code,
            outcome=self.whole.outcome(self.app),
            bindings=bindings(self.whole, self.app),
            changes=tuple(lifts),
            solved=len(self.tried),
            is_proved=all(one.proved for one in self.tried.values()),
        )

    def _lifts(self) -> Iterator[Lifted]:
        cured = self._cured()
        if cured != Lifted() and self._comes(cured, BACK):
            yield self._least_cures(cured)
            return
        pools = sorted(self._pools(cured), key=lambda pool: self._price(cured, pool))
        for pool in pools[:1]:
            yield from self._room(cured, pool)
        for pool in (pool for pool in pools if isinstance(pool, Cluster)):
            yield from self._hosts(replace(cured, pool=pool.ref))
            return

    def _outcome(self, lifted: Lifted) -> Outcome:
        if lifted not in self.tried:
            if self.watch.is_stopped():
                raise _StoppedError
            if len(self.tried) > MOST_SOLVES:
                raise _OutOfSolvesError
            self.tried[lifted] = draft(lifted.applied(self.snapshot), self.stance)
        return self.tried[lifted].outcome(self.by_code[self.app.code])

    def _comes(self, lifted: Lifted, into: Collection[Outcome] = AT_HAND) -> bool:
        return self._outcome(lifted) in into

    def _cured(self) -> Lifted:
        """All that keeps the app and what it rests on down, whatever the room."""
        cures: set[str] = set()
        dropped: set[tuple[str, str]] = set()
        waiting, seen = [self.app], {self.app.code}
        while waiting:
            app = waiting.pop()
            if self.whole.outcome(app) is Outcome.REPAIR:
                cures.add(app.code)
            for needed in (self.by_code[one] for one in app.hard):
                if needed.status is AppStatus.ACTIVE or needed.code in seen:
                    continue
                decided = self.whole.decisions[needed.code].outcome
                if decided not in {None, Outcome.REPAIR}:
                    dropped.add((app.code, needed.code))
                    continue
                seen.add(needed.code)
                waiting.append(needed)
        return Lifted(cures=frozenset(cures), dropped=frozenset(dropped))

    def _least_cures(self, cured: Lifted) -> Lifted:
        """`cured` without what the app comes in without."""
        for code in sorted(cured.cures):
            less = replace(cured, cures=cured.cures - {code})
            cured = less if less != Lifted() and self._comes(less, BACK) else cured
        for pair in sorted(cured.dropped):
            less = replace(cured, dropped=cured.dropped - {pair})
            cured = less if less != Lifted() and self._comes(less, BACK) else cured
        return cured

    def _group(self, cured: Lifted) -> list[str]:
        """The app and what it rests on, as far as they have no room at hand."""
        self._comes(cured)
        tried = self.tried[cured]
        group, waiting = [], [self.app.code]
        while waiting:
            code = waiting.pop()
            if code not in group and code in tried.lacking and code not in tried.choice.at_hand:
                group.append(code)
                waiting.extend(self.by_code[code].hard)
        return [code for code in group if tried.choice.placed.get(code, ASK) == ASK]

    def _pools(self, cured: Lifted) -> Iterator[Pool]:
        """The pools that could take the app, had they room."""
        self._comes(cured)
        tried = self.tried[cured]
        providers = {one.slug: one for one in self.snapshot.providers}
        homes = {tried.homes[vm] for vm in tried.carriers[self.app.code] if vm in tried.homes}
        for pool in self.snapshot.pools if self._group(cured) else ():
            provider = providers.get(pool.provider or "")
            is_pdn = provider is not None and provider.kind is ProviderKind.PDN
            is_ours = isinstance(pool, Cluster) or is_pdn
            is_home = not homes or pool.ref in homes
            is_open = tried.ledgers[pool.ref].is_open
            if is_open and is_ours and is_home and may_hold(provider, self.app):
                yield pool

    def _short(self, cured: Lifted, pool: Pool) -> Amounts:
        """What the pool lacks at least for the app: of the sum, and of the largest host."""
        tried = self.tried[cured]
        vms = [vm for code in self._group(cured) for vm in tried.machines(code, pool.ref)]
        demand, left = total(vm.amounts for vm in vms), tried.left(pool.ref)
        largest = tried.ledgers[pool.ref].max_unit
        short: dict[ResourceClass, int] = {}
        for one in ResourceClass:
            in_sum = max(0, demand[one] - left[one]) if demand[one] else 0
            if isinstance(pool, Cluster):
                giving = max(1, len(pool.active_hosts) - pool.host_failures_to_survive)
                in_sum = -int(-in_sum // (giving * pool.ratios[one]))
                in_sum = max(in_sum, *(vm.amounts[one] - largest[one] for vm in vms), 0)
            short[one] = in_sum
        return Amounts.from_mapping(short)

    def _price(self, cured: Lifted, pool: Pool) -> tuple[int, str]:
        short = self._short(cured, pool)
        times = len(pool.active_hosts) if isinstance(pool, Cluster) else 1
        return times * sum(ASK_PRICES[one] * short[one] for one in ResourceClass), pool.ref

    def _room(self, cured: Lifted, pool: Pool) -> Iterator[Lifted]:
        """More of the classes that are short: doubled until the app comes in, then halved."""
        tried = self.tried[cured]
        vms = [vm for code in self._group(cured) for vm in tried.machines(code, pool.ref)]
        least, step = self._short(cured, pool), total(vm.amounts for vm in vms)
        start = replace(cured, pool=pool.ref)
        sizes = (least, *(least + step.times(2**n) for n in range(MOST_DOUBLINGS)))
        for size in sizes:
            lifted = replace(start, amounts=size)
            if size != NOTHING and self._comes(lifted):
                yield self._least_room(lifted)
                return

    def _least_room(self, lifted: Lifted) -> Lifted:
        """`lifted`, class by class, as little as the app comes in with, until none gives way."""
        while True:
            before = lifted
            for one in ResourceClass:
                lifted = self._least_of(lifted, one)
            if lifted == before:
                return lifted

    def _least_of(self, lifted: Lifted, one: ResourceClass) -> Lifted:
        def with_less(amount: int) -> Lifted:
            less = {**lifted.amounts.as_mapping(), one: amount}
            return replace(lifted, amounts=Amounts.from_mapping(less))

        amount = lifted.amounts[one]
        if not amount or not self._comes(with_less(amount - 1)):
            return lifted
        return with_less(_border(amount - 1, lambda n: self._comes(with_less(n))))

    def _hosts(self, start: Lifted) -> Iterator[Lifted]:
        for count in range(1, MOST_HOSTS + 1):
            lifted = replace(start, hosts=count)
            if self._comes(lifted):
                yield lifted
                return


def _border(high: int, comes: Callable[[int], bool]) -> int:
    """An amount up to `high`, which does, that does and a unit less does not.

    >>> _border(100, lambda n: n >= 37)
    37
    """
    low = -1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if comes(middle) else (middle, high)
    return high

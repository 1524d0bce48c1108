"""Choose on totals, find hosts, forbid what has none, and choose again.

A set of apps that is proved not to pack, or not to survive the loss of hosts, is forbidden and the
choice made again, so a search that ends is still the best there is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from dcim.planning.capacity.pack import Fit, Packing, fill, is_solvable
from dcim.planning.capacity.survival import Lost, Stranding, place, running, strandings
from dcim.planning.capacity.whole_rooms import room_for
from dcim.planning.reactivation.candidate import Choice, Cut, Known
from dcim.planning.reactivation.candidates import Prospects
from dcim.planning.reactivation.grounds import Grounds
from dcim.planning.reactivation.totals import choose
from dcim.planning.solver import LIMIT, USUAL, Effort
from dcim.vocabulary.amounts import Amounts, ResourceClass

# Once patience is spent the plan stays right but is no longer proved the best.
PATIENCE: Final = 16
PRICES: Final = {Fit.NEVER: 1, Fit.UNSETTLED: 5}
LARGEST_CORE: Final = 40
# A core is small enough where it isn't quickly shown whether it needs the next app: to find that
# out took forty times as long as the proof that the whole has no place.
CORE_LIMIT_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class Placed:
    """What comes back where, the hosts of new machines by name, and how good that is.

    `cuts` are what had to be forbidden on the way, `pools` what whole machines can take of each.
    """

    choice: Choice
    hosts: Mapping[str, str]
    bound: int
    proved: bool
    cuts: tuple[Cut, ...] = ()
    pools: Mapping[str, Amounts] = field(default_factory=dict)


def choose_and_place(
    found: Prospects,
    pools: Mapping[str, Amounts],
    grounds: Grounds,
    effort: Effort = USUAL,
    known: Known | None = None,
) -> Placed:
    """The best choice whose machines have hosts.

    Args:
        found: the candidates.
        pools: what each pool has left, and `ASK` where the ask has a limit.
        grounds: the hosts of our clusters.
        effort: how long each stage may search; stopped, the best so far is made to fit.
        known: what a plan that could ask for as much has shown before.
    """
    return _Search(found, pools, grounds, effort, known).placed()


def fallen_after(
    grounds: Grounds, found: Prospects, placed: Mapping[str, str], hosts: Mapping[str, str]
) -> dict[str, dict[Lost, Stranding]]:
    """Per cluster the losses that leave machines without a place, once all is done."""
    fallen: dict[str, dict[Lost, Stranding]] = {}
    for pool, ground in grounds.by_pool.items():
        made = found.machines((one for one, to in placed.items() if to == pool), pool)
        starting = grounds.starting(pool, placed)
        fallen[pool] = strandings(running(ground, starting), made, hosts)
    return fallen


class _Search:
    """The cuts so far, and what is known of the best."""

    def __init__(
        self,
        found: Prospects,
        pools: Mapping[str, Amounts],
        grounds: Grounds,
        effort: Effort,
        known: Known | None,
    ) -> None:
        self.found, self.grounds, self.effort, self.known = found, grounds, effort, known
        self.pools = {pool: self._held(pool, room) for pool, room in pools.items()}
        self.cuts: list[Cut] = [*known.cuts] if known else []
        self.bound = known.bound if known else sum(one.weight for one in found.candidates)
        self.patience = PATIENCE
        self.starts = {one.code: one.starts for one in found.candidates}

    def _held(self, pool: str, room: Amounts) -> Amounts:
        """What is left of the pool, as far as whole machines can take it on its hosts."""
        ground = self.grounds.by_pool.get(pool)
        if ground is None:
            return room
        able = [one.code for one in self.found.candidates if pool in one.options]
        sizes = {vm.amounts for vm in self.found.machines(able, pool)}
        starting = {vm.amounts for vm in self.grounds.may_start(pool)}
        held = room_for(ground, sizes, starting)
        return Amounts(*(min(room[one], held[one]) for one in ResourceClass))

    def placed(self) -> Placed:
        """Choose until the choice has hosts."""
        known = self.known
        while True:
            exact = all(cut.is_proved for cut in self.cuts)
            choice = choose(self.found.candidates, self.pools, self.cuts, self.effort, known)
            known = None  # what was chosen then may need a cut that was not needed before
            self.bound = min(self.bound, choice.bound) if exact else self.bound
            self.patience = 0 if self.effort.watch.is_stopped() else self.patience
            hosts: dict[str, str] = {}
            fresh: list[Cut] = []
            for pool in self.grounds.by_pool:
                there = self._there(choice.placed, pool)
                packing = self._place(pool, there)
                hosts |= packing.hosts
                fresh.extend(self._cuts(pool, there, packing.fit))
            if not fresh:
                return Placed(
                    choice, hosts, self.bound, exact and choice.proved, tuple(self.cuts), self.pools
                )
            self.cuts.extend(fresh)

    def _there(self, placed: Mapping[str, str], pool: str) -> dict[str, bool]:
        """The apps that the pool has to do with, by code; whether they get new machines there."""
        return {
            code: option == pool
            for code, option in sorted(placed.items())
            if option == pool or pool in self.starts[code]
        }

    def _place(self, pool: str, there: Mapping[str, bool], limit_s: float = LIMIT) -> Packing:
        made = [code for code, is_new in there.items() if is_new]
        return place(
            self.found.machines(made, pool),
            self.grounds.by_pool[pool],
            self.grounds.starting(pool, there),
            by_solver=self.patience > 0,
            limit_s=min(limit_s, self.effort.limit_s),
        )

    def _cuts(self, pool: str, there: Mapping[str, bool], fit: Fit) -> list[Cut]:
        """What to forbid in `pool`: a small set that is proved to have no place, else single apps.

        Unsettled, the app that counts least; with no patience left, every app but those that best
        fit places, so that the next turns only take away.
        """
        if fit is Fit.FITS:
            return []
        made = self.found.machines((code for code, is_new in there.items() if is_new), pool)
        can_settle = is_solvable(made, self.grounds.by_pool[pool].free)
        self.patience = self.patience if can_settle else 0
        had_patience = self.patience > 0
        self.patience -= PRICES[fit]
        if fit is Fit.NEVER:
            return [Cut(pool, self._core(pool, there))]
        weights = {one.code: one.weight for one in self.found.candidates}
        by_weight = sorted(there, key=lambda code: (-weights[code], code))
        if had_patience:
            return [Cut(pool, frozenset(by_weight[-1:]), is_proved=False)]
        kept = self._placeable(pool, by_weight, there)
        able = [
            one.code for one in self.found.candidates if pool in one.options or pool in one.starts
        ]
        return [Cut(pool, frozenset({one}), is_proved=False) for one in able if one not in kept]

    def _core(self, pool: str, there: Mapping[str, bool]) -> frozenset[str]:
        """A part of `there`, which never fits, that never fits either; small, to cut deep."""
        core = dict(there)
        for code in there if len(there) <= LARGEST_CORE else ():
            rest = {one: is_new for one, is_new in core.items() if one != code}
            fit = self._place(pool, rest, CORE_LIMIT_S).fit
            if fit is Fit.UNSETTLED:
                break
            core = rest if fit is Fit.NEVER else core
        return frozenset(core)

    def _placeable(self, pool: str, codes: Sequence[str], there: Mapping[str, bool]) -> set[str]:
        """Those of `codes` that best fit finds a place for beside the ones before them.

        Notes: the longest beginning that has a place is found by halving, then the rest is tried
        in ever smaller parts, so that hundreds of apps take a few dozen packings.
        """
        kept: dict[str, bool] = {}
        waiting = self._housed(pool, codes, there)
        size = len(waiting)
        while waiting and size:
            part, rest = waiting[:size], waiting[size:]
            more = {**kept, **{code: there[code] for code in part}}
            if self._place(pool, more).fit is Fit.FITS:
                kept, waiting = more, rest
            elif size == 1:
                waiting = rest
            else:
                size //= 2
        return {*kept}

    def _housed(self, pool: str, codes: Sequence[str], there: Mapping[str, bool]) -> list[str]:
        """Those of `codes` whose machines best fit finds hosts for, whatever is lost later."""
        ground = self.grounds.by_pool[pool]
        made = self.found.machines((code for code in codes if there[code]), pool)
        homeless = {*fill(made, ground.free, ground.tenants).homeless}
        return [
            code
            for code in codes
            if not there[code] or homeless.isdisjoint(vm.name for vm in self.found.lacking[code])
        ]

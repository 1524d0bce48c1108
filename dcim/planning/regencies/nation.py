"""Many regencies at once: independent problems that share a ceiling on what the PDN may be asked.

Dantzig and Wolfe's decomposition. Every regency is planned alone; then prices of the ceiling and
the regencies' bids at them are found in turn until no bid would bring back more; then each regency
is planned anew with its share. What comes back at hand waits for no grant, so it is every regency's
own matter and as much as alone; the ceiling decides what else comes back. Whatever the prices, the
bids' bounds and the price of the whole ceiling add up to what no plans exceed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dcim.planning.estate import NOTHING
from dcim.planning.reactivation.candidate import Choice
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.regencies.master import relaxed, shares
from dcim.planning.regencies.regency import (
    SCALE,
    Bid,
    Column,
    Outlook,
    Planned,
    Regency,
    Task,
    bid,
    cost,
    look,
    plan,
)
from dcim.planning.regencies.workers import Handle, Workers
from dcim.planning.solver import USUAL, Effort
from dcim.vocabulary.amounts import Amounts, ResourceClass, total
from dcim.vocabulary.errors import InvalidInput, Stopped

# Rounds end when the bound is that near to what mixtures of columns reach: part of the bound.
NEAR: Final = 0.001
MOST_ROUNDS: Final = 40
# How often shares are dealt anew where a plan's hosts did not hold what its bid promised.
MOST_DEALS: Final = 3


@dataclass(frozen=True, slots=True)
class Share:
    """What one regency gets: its plan, and what it would be with all that it asks."""

    name: str
    plan: Planned
    whole: Column


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalPlan:
    """The plans of all regencies under one ceiling.

    Attributes:
        ceiling: What all together may ask of the PDN.
        shares: By name.
        bound: No plans of all bring back more weight, at hand or once granted, unless less is at
            hand.
        prices: What one more unit of each class under the ceiling brings back, in points of weight.
        rounds: How often prices were set and bids taken.
        is_complete: False where it was stopped: right, but perhaps farther from the best.
    """

    stance: Stance
    ceiling: Amounts
    shares: tuple[Share, ...]
    bound: int
    prices: Mapping[ResourceClass, float]
    rounds: int
    is_complete: bool = True

    @property
    def asked(self) -> Amounts:
        """What all ask together."""
        return total(share.plan.column.asked for share in self.shares)

    @property
    def weight(self) -> int:
        """What comes back, at hand or once granted."""
        return sum(share.plan.column.weight for share in self.shares)

    @property
    def gap(self) -> float:
        """How far the weight is from the bound at most, as a part of the bound."""
        return gap(self.weight, self.bound)

    @property
    def at_hand(self) -> int:
        """The weight of what waits for no grant."""
        return sum(share.plan.at_hand for share in self.shares)

    @property
    def at_hand_bound(self) -> int:
        """What no plans exceed at hand."""
        return sum(share.plan.at_hand_bound for share in self.shares)


def gap(reached: int, bound: int) -> float:
    """How far `reached` is from `bound` at most, as a part of the bound."""
    return round((bound - reached) / max(1, bound), 6)


def plan_regencies(
    regencies: Sequence[Regency],
    ceiling: Amounts,
    workers: Workers,
    *,
    stance: Stance = Stance.AS_DECLARED,
    effort: Effort = USUAL,
) -> NationalPlan:
    """Plan all `regencies` so that together they ask no more than `ceiling`.

    Args:
        regencies: by their names, each once.
        ceiling: what all together may ask of the PDN.
        workers: who does the work; the answer does not depend on them.
        stance: how plans take blockers.
        effort: how long each stage of each problem may search; the watch is told of every task done
            and may stop the search for prices: then shares are dealt from the bids so far.

    Raises:
        InvalidInput: no regencies, two of one name, a ceiling below 0.
        BadDocument: a snapshot can't be used; its field begins with the regency's name.
        Stopped: stopped before every regency had been looked at.
        MissingComponent: the workers are gone, or OR-Tools is missing.
    """
    _check(regencies, ceiling)
    ordered = sorted(regencies, key=lambda one: one.name)
    return _Nation(ordered, ceiling, workers, Task(stance, effort.limit_s), effort).planned()


def _check(regencies: Sequence[Regency], ceiling: Amounts) -> None:
    if not regencies:
        raise InvalidInput(
            "there is no regency to plan.",
            field="regencies",
            hint="Name a snapshot file for each, or a folder of them.",
        )
    names = [one.name for one in regencies]
    for name in names:
        if names.count(name) > 1:
            raise InvalidInput(
                f"“{name}” stands {names.count(name)} times.",
                field="regencies",
                hint="Rename or leave out one.",
            )
    for one in ResourceClass:
        if ceiling[one] < 0:
            raise InvalidInput(
                f"{ceiling[one]} is no amount of {one}.", field="ceiling", hint="Write 0 or more."
            )


class _Nation:
    """The columns so far, and the best bound."""

    def __init__(
        self,
        regencies: Sequence[Regency],
        ceiling: Amounts,
        workers: Workers,
        task: Task,
        effort: Effort,
    ) -> None:
        self.regencies, self.ceiling = regencies, ceiling
        self.workers, self.task, self.effort = workers, task, effort
        self.done, self.text = 0, ""
        self.prices, self.rounds = NOTHING, 0
        self.bound = 0
        self.outlooks: dict[str, Outlook] = {}
        self.columns: dict[str, list[Column]] = {}
        self.plans: dict[str, dict[Amounts, Planned]] = {}
        self.looking: Mapping[str, Handle] = {}
        self.bids: dict[str, list[tuple[Amounts, int]]] = {one.name: [] for one in regencies}
        self.choices: dict[str, dict[Column, Choice]] = {}

    def planned(self) -> NationalPlan:
        """Look, bid, deal."""
        self.text = "every regency as if it were alone"
        self.looking = {
            one.name: self.workers.submit(look, one, self.task) for one in self.regencies
        }
        self.outlooks = self._results(self.looking)
        if len(self.outlooks) < len(self.regencies):
            raise Stopped(
                "it was stopped before every regency had been looked at.",
                field="regencies",
                hint="Start it anew.",
            )
        self.bound = sum(one.most for one in self.outlooks.values())
        for name, outlook in self.outlooks.items():
            whole = outlook.whole
            self.columns[name] = [*dict.fromkeys((outlook.least.column, whole.column))]
            self.choices[name] = {outlook.least.column: outlook.least.choice}
            self.plans[name] = {whole.column.asked: whole}
        self._search()
        return self._dealt()

    def _search(self) -> None:
        """Set prices and take bids until none brings back more."""
        asked = total(one.whole.column.asked for one in self.outlooks.values())
        if asked.fits_in(self.ceiling):
            return
        while self.rounds < MOST_ROUNDS and not self.effort.watch.is_stopped():
            best = relaxed(self.columns, self.ceiling)
            self.prices = best.prices
            is_fresh = self._bids(best.prices)
            if not is_fresh or self.bound - best.weight <= NEAR * self.bound:
                return

    def _bids(self, prices: Amounts) -> bool:
        """Take a bid from every regency; whether any is new."""
        self.rounds += 1
        self.text = f"round {self.rounds}: bids for the ceiling"
        found: dict[str, Bid] = self._results(
            {
                name: self.workers.submit(bid, handle, self.task, prices)
                for name, handle in self.looking.items()
            }
        )
        fresh = {name: one for name, one in found.items() if one.column not in self.columns[name]}
        for name, one in fresh.items():
            self.columns[name].append(one.column)
            self.choices[name][one.column] = one.choice
        for name, one in found.items():
            self.bids[name].append((prices, one.bound))
        if len(found) == len(self.looking):
            bound = cost(self.ceiling, prices) + sum(one.bound for one in found.values())
            self.bound = min(self.bound, bound // SCALE)
        return bool(fresh)

    def _dealt(self) -> NationalPlan:
        """Deal the ceiling, plan with the shares, and deal again where plans fell short of bids."""
        start = {name: one.least.column for name, one in self.outlooks.items()}
        is_complete = not self.effort.watch.is_stopped()
        for _ in range(MOST_DEALS):
            chosen = shares(self.columns, self.ceiling, start, self.effort.limit_s)
            self._plan(chosen)
            start = {name: self.plans[name][one.asked].column for name, one in chosen.items()}
            if all(start[name].weight >= one.weight for name, one in chosen.items()):
                break
            for name, column in chosen.items():
                others = [one for one in self.columns[name] if one != column]
                self.columns[name] = [*dict.fromkeys((*others, start[name]))]
        real = {
            name: [*dict.fromkeys(one.column for one in plans.values())]
            for name, plans in self.plans.items()
        }
        chosen = shares(real, self.ceiling, start, self.effort.limit_s)
        return NationalPlan(
            stance=self.task.stance,
            ceiling=self.ceiling,
            shares=tuple(self._share(name, column) for name, column in sorted(chosen.items())),
            bound=self.bound,
            prices={one: self.prices[one] / SCALE for one in ResourceClass},
            rounds=self.rounds,
            is_complete=is_complete,
        )

    def _share(self, name: str, column: Column) -> Share:
        found = next(one for one in self.plans[name].values() if one.column == column)
        return Share(name, found, self.outlooks[name].whole.column)

    def _plan(self, chosen: Mapping[str, Column]) -> None:
        """Plan the regencies with their shares, those that have no such plan yet."""
        self.text = "every regency with its share"
        planning = {
            one.name: self._submitted(one, chosen[one.name])
            for one in self.regencies
            if chosen[one.name].asked not in self.plans[one.name]
        }
        made: dict[str, Planned] = self._results(planning, may_stop=False)
        for name, one in made.items():
            self.plans[name][chosen[name].asked] = one
            self.plans[name].setdefault(one.column.asked, one)

    def _submitted(self, regency: Regency, share: Column) -> Handle:
        name = regency.name
        start, most = self.choices[name][share], self._most(name, share.asked)
        return self.workers.submit(
            plan, regency, self.task, self.looking[name], share.asked, start, most
        )

    def _most(self, name: str, asked: Amounts) -> int:
        """The weight that no plan of the regency exceeds where it asks no more than `asked`.

        Notes: whatever the prices, its bid's bound and the price of the ask together.
        """
        bounds = [(bound + cost(asked, prices)) // SCALE for prices, bound in self.bids[name]]
        return min(bounds, default=self.outlooks[name].most)

    def _results(self, handles: Mapping[str, Handle], *, may_stop: bool = True) -> dict[str, Any]:
        """What the workers answer, in the order of names; not all of it once someone says stop."""
        watch, total_ = self.effort.watch, self.done + len(handles)

        def goes_on(count: int) -> bool:
            watch.report(self.done + count, total_, self.text)
            return not (may_stop and watch.is_stopped())

        found = self.workers.results(handles, goes_on)
        self.done += len(found)
        return {name: found[name] for name in sorted(found)}

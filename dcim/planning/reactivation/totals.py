"""The choice on totals: which app comes back and in which pool, ignoring single hosts.

A relaxation of the whole question, so its bound holds for the whole: when what it chooses also
packs onto hosts, that choice is the best there is. Sets that do not pack come back as cuts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor
from typing import TYPE_CHECKING, Final

from dcim.planning.estate import NOTHING
from dcim.planning.reactivation.candidate import ASK, IN_PLACE, Candidate, Choice, Cut, Known
from dcim.planning.reactivation.turns import in_turn
from dcim.planning.solver import USUAL, Effort, configure, cp_sat, solve
from dcim.vocabulary.amounts import Amounts, ResourceClass

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpSolver, IntVar, LinearExprT

# What a unit asked of the PDN weighs against one of another class, so that one sum ranks asks: a
# vCPU as much as its usual company in the register, about 2 GiB memory and 100 GiB storage.
ASK_PRICES: Final = {
    ResourceClass.VCPU: 51_200,
    ResourceClass.MEMORY_MIB: 25,
    ResourceClass.STORAGE_GIB: 512,
}
# Apps settled together in the tie-break: their digits, one per option, stay exact in 64 bits.
BLOCK_LIMIT: Final = 2**40
# Beyond so many apps the first of equals is what the search, always the same, comes to: a solve per
# block of them would take longer than all other stages.
MOST_TIED: Final = 150
STAGES: Final = 5
# CP-SAT hands its integer bound out as a float.
TOLERANCE: Final = 1e-6


def choose(
    candidates: Sequence[Candidate],
    rooms: Mapping[str, Amounts],
    cuts: Sequence[Cut] = (),
    effort: Effort = USUAL,
    known: Known | None = None,
) -> Choice:
    """The best choice, stage by stage; each stage keeps what the ones before have reached.

    Args:
        candidates: in the order of their codes.
        rooms: what each pool has left, and `ASK` where no more than so much may be asked; negative
            counts as none.
        cuts: sets of apps that are not to share a pool.
        effort: how long each stage may search, and who is told how far it is and may stop it: then
            the best so far is taken, at least what the heaviest take in turn.
        known: what these `cuts` leave at hand, where it was found before.

    Notes: (1) most weight back at hand, (2) most weight back once the PDN grants the ask, (3) least
    asked, (4) fewest machines away from the regency's own clusters, since those are where data
    move, (5) the first of equals: option by option, app by app. Bool per app and option; proved
    within seconds for hundreds of apps unless many classes are scarce at once.
    """
    if not cuts and _all_get_their_first(candidates, rooms):
        weight = sum(app.weight for app in candidates)
        return Choice(
            placed={app.code: app.options[0] for app in candidates},
            at_hand=frozenset(app.code for app in candidates),
            weight=weight,
            bound=weight,
        )
    return Totals(candidates, rooms, cuts, effort).choose(known)


def _all_get_their_first(candidates: Sequence[Candidate], rooms: Mapping[str, Amounts]) -> bool:
    """Whether nothing is scarce: every stage is then at its best, and OR-Tools need not load."""
    asked: dict[str, Amounts] = {}
    for app in candidates:
        first = app.options[0] if app.options else ASK
        asked[first] = asked.get(first, NOTHING) + app.demand_in(first)
    return all(pool == IN_PLACE or _fits(pool, asked, rooms) for pool in asked)


def _fits(pool: str, asked: Mapping[str, Amounts], rooms: Mapping[str, Amounts]) -> bool:
    return pool != ASK and pool in rooms and asked[pool].fits_in(rooms[pool])


class Totals:
    """The model, the stages that were solved on it, and the best so far."""

    def __init__(
        self,
        candidates: Sequence[Candidate],
        rooms: Mapping[str, Amounts],
        cuts: Sequence[Cut],
        effort: Effort,
    ) -> None:
        self.effort, self.rooms, self.cuts = effort, rooms, cuts
        self.cp = cp_sat()
        self.model = self.cp.CpModel()
        self.candidates = candidates
        self.goes = {
            (app.code, option): self.model.new_bool_var(f"{app.code} {option}")
            for app in candidates
            for option in app.options
        }
        self.back = {app.code: self.model.new_bool_var(f"{app.code} back") for app in candidates}
        self.at_hand = {app.code: self.model.new_bool_var(f"{app.code}") for app in candidates}
        self.proved = True
        self.values: dict[int, int] = {}
        self._add_apps()
        self._add_rooms(rooms)
        self._add_cuts(cuts)

    def choose(self, known: Known | None = None) -> Choice:
        """Solve the stages in order, but those whose answer is known."""
        weights = [(app.weight, self.at_hand[app.code]) for app in self.candidates]
        back = [(app.weight, self.back[app.code]) for app in self.candidates]
        self._tell(0, "most weight at hand")
        if known:
            weight, bound = known.weight, known.bound
            self.model.add(_sum(weights) >= weight)
            self.take(known.start)
        else:
            weight, bound = self.maximize(weights)
        reached = f"weight {weight} of at most {bound} at hand, gap {_gap(weight, bound)}"
        self._tell(1, f"{reached}; most weight once granted")
        self.maximize(back, known.most if known else None)
        self._tell(2, f"{reached}; least asked")
        self.maximize([(-_price(app.demand), var) for app, var in self.going_to(ASK)])
        self._tell(3, f"{reached}; fewest machines away")
        self.maximize([(-app.machines, var) for app, var in self._going_away()])
        self._tell(4, f"{reached}; first of equals")
        self._break_ties()
        return self.chosen(bound)

    def chosen(self, bound: int) -> Choice:
        """The best so far; no plan has more than `bound` at hand."""
        at_hand = frozenset(code for code, var in self.at_hand.items() if self.is_set(var))
        return Choice(
            placed={code: option for (code, option), var in self.goes.items() if self.is_set(var)},
            at_hand=at_hand,
            weight=sum(app.weight for app in self.candidates if app.code in at_hand),
            bound=bound,
            proved=self.proved,
        )

    def _tell(self, done: int, text: str) -> None:
        self.effort.watch.report(done, STAGES, text)

    def _add_apps(self) -> None:
        for app in self.candidates:
            back, at_hand = self.back[app.code], self.at_hand[app.code]
            self.model.add(sum(self.goes[app.code, option] for option in app.options) == back)
            self.model.add(at_hand + self.goes.get((app.code, ASK), 0) <= back)
            for needed in app.needs:
                self.model.add_implication(back, self.back[needed])
                self.model.add_implication(at_hand, self.at_hand[needed])

    def _add_rooms(self, rooms: Mapping[str, Amounts]) -> None:
        for pool, room in sorted(rooms.items()):
            for one in ResourceClass:
                asked = sum(app.demand_in(pool)[one] * var for app, var in self.going_to(pool))
                self.model.add(asked <= max(0, room[one]))

    def _add_cuts(self, cuts: Sequence[Cut]) -> None:
        starts = {app.code: app.starts for app in self.candidates}
        for cut in cuts:
            together = [
                self.back[code] if cut.pool in starts[code] else self.goes[code, cut.pool]
                for code in sorted(cut.apps)
            ]
            self.model.add(sum(together) <= len(together) - 1)

    def going_to(self, option: str) -> list[tuple[Candidate, IntVar]]:
        """The apps that may go to `option`, each with whether it does."""
        return [
            (app, self.goes[app.code, option]) for app in self.candidates if option in app.options
        ]

    def _going_away(self) -> list[tuple[Candidate, IntVar]]:
        grants = {one for app in self.candidates for one in app.options if "allocation:" in one}
        return [pair for grant in sorted(grants) for pair in self.going_to(grant)]

    def _break_ties(self) -> None:
        """Take the first of equals: a number with a digit per app, in blocks that stay exact."""
        if len(self.candidates) > MOST_TIED or not self.effort.breaks_ties:
            return
        terms: list[tuple[int, IntVar]] = []
        scale = BLOCK_LIMIT
        for app in self.candidates:
            if not self.proved:
                return
            digits = len(app.options) + 1
            if scale < digits:
                self.maximize(terms)
                terms, scale = [], BLOCK_LIMIT
            scale //= digits
            for rank, option in enumerate(app.options):
                terms.append((scale * (len(app.options) - rank), self.goes[app.code, option]))
        self.maximize(terms)

    def maximize(
        self, terms: Sequence[tuple[int, IntVar]], most: int | None = None
    ) -> tuple[int, int]:
        """Solve for the most of the sum of `terms` and hold it from then on; it and its bound.

        Args:
            terms: factors and variables.
            most: what the sum never exceeds, where that is known.

        Notes: nothing is solved where the best so far is as much as can be.
        """
        if not terms:
            return 0, 0
        bound = sum(factor for factor, _ in terms if factor > 0)
        bound = bound if most is None else min(bound, most)
        if not self.values or self._reached(terms) < bound:
            bound = self._solve(terms, bound)
        reached = self._reached(terms)
        self.model.add(_sum(terms) >= reached)
        return reached, max(bound, reached)

    def _solve(self, terms: Sequence[tuple[int, IntVar]], bound: int) -> int:
        """Search for more, remember it, and say what there is at most."""
        self.model.maximize(_sum(terms))
        status = self.cp.UNKNOWN
        if not self.effort.watch.is_stopped():
            solver = self.cp.CpSolver()
            configure(solver, self.effort.limit_s)
            status = solve(solver, self.model, self.effort.watch)
            if status in {self.cp.OPTIMAL, self.cp.FEASIBLE}:
                bound = min(bound, floor(solver.best_objective_bound + TOLERANCE))
                self._remember(solver)
        if not self.values:
            self.take(in_turn(self.candidates, self.rooms, self.cuts))
        self.proved &= status == self.cp.OPTIMAL
        return bound

    def _reached(self, terms: Sequence[tuple[int, IntVar]]) -> int:
        return sum(factor * self.is_set(var) for factor, var in terms)

    def take(self, choice: Choice) -> None:
        """Make `choice` the best so far: found before, or where nothing was found in time."""
        for (code, option), var in self.goes.items():
            self.values[var.index] = int(choice.placed.get(code) == option)
        for code, var in self.back.items():
            self.values[var.index] = int(code in choice.placed)
        for code, var in self.at_hand.items():
            self.values[var.index] = int(code in choice.at_hand)
        self._hint()

    def _remember(self, solver: CpSolver) -> None:
        """Keep what was found: it is the answer so far, and where the next stage starts."""
        for var in (*self.goes.values(), *self.back.values(), *self.at_hand.values()):
            self.values[var.index] = solver.value(var)
        self._hint()

    def _hint(self) -> None:
        self.model.clear_hints()
        for var in (*self.goes.values(), *self.back.values(), *self.at_hand.values()):
            self.model.add_hint(var, self.values[var.index])

    def is_set(self, var: IntVar) -> bool:
        """Whether the best so far has it."""
        return bool(self.values.get(var.index, 0))


def _sum(terms: Sequence[tuple[int, IntVar]]) -> LinearExprT:
    return sum(factor * var for factor, var in terms)


def _price(amounts: Amounts) -> int:
    return sum(ASK_PRICES[one] * amounts[one] for one in ResourceClass)


def _gap(reached: int, bound: int) -> str:
    return f"{(bound - reached) / max(1, bound):.2%}"

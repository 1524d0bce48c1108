"""Which share each regency gets: one of its columns, so that all asks stay under a ceiling.

The linear relaxation prices the ceiling (what one more unit of a class would bring back), the
choice itself is made by CP-SAT on whole columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from dcim.planning.reactivation.totals import ASK_PRICES
from dcim.planning.regencies.regency import SCALE, Column, cost
from dcim.planning.solver import configure, cp_sat, linear
from dcim.vocabulary.amounts import Amounts, ResourceClass, total

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpSolver, LinearExprT

Columns = Mapping[str, Sequence[Column]]
Variable: TypeAlias = Any  # of GLOP, which ships no types
WEIGHTS = Amounts.from_mapping(ASK_PRICES)
TOLERANCE: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Relaxed:
    """What mixtures of columns reach at most, and the price of a unit in parts of a point.

    `whole` is the mixture where it is none: a column per regency, and for the few whose columns are
    mixed (no more of them than there are classes) the one that asks least.
    """

    weight: float
    prices: Amounts
    whole: Mapping[str, Column]


def relaxed(columns: Columns, ceiling: Amounts) -> Relaxed:
    """The optimum over mixtures of columns, and its prices.

    Args:
        columns: per regency, one of them that asks nothing.
        ceiling: what all together may ask.
    """
    solver = linear().Solver.CreateSolver("GLOP")
    goal = solver.Objective()
    goal.SetMaximization()
    rows = {one: solver.Constraint(-solver.infinity(), 1.0) for one in ResourceClass}
    parts: dict[str, list[tuple[Column, Variable]]] = {name: [] for name in columns}
    for name in sorted(columns):
        whole = solver.Constraint(1.0, 1.0)
        for column in columns[name]:
            part = solver.NumVar(0.0, solver.infinity(), "")
            whole.SetCoefficient(part, 1.0)
            goal.SetCoefficient(part, column.weight)
            parts[name].append((column, part))
            for one, row in rows.items():
                row.SetCoefficient(part, column.asked[one] / max(1, ceiling[one]))
    for one, row in rows.items():
        row.SetUb(min(1.0, float(ceiling[one])))
    solver.Solve()
    prices = {
        one: max(0, round(row.dual_value() * SCALE / max(1, ceiling[one])))
        for one, row in rows.items()
    }
    whole_ones = {name: _unmixed(own) for name, own in parts.items()}
    return Relaxed(goal.Value(), Amounts.from_mapping(prices), whole_ones)


def _unmixed(own: Sequence[tuple[Column, Variable]]) -> Column:
    column, part = max(own, key=lambda one: one[1].solution_value())
    if part.solution_value() > 1 - TOLERANCE:
        return column
    return min((column for column, _ in own), key=lambda column: cost(column.asked, WEIGHTS))


def shares(
    columns: Columns, ceiling: Amounts, start: Mapping[str, Column], limit_s: float
) -> dict[str, Column]:
    """A column for each regency: most weight together, then least asked.

    Args:
        columns: per regency, what it may get.
        ceiling: what all together may ask.
        start: one of the columns of each, under the ceiling: taken where nothing better is found.
        limit_s: how long each of both stages may search, in deterministic seconds.
    """
    rounded = relaxed(columns, ceiling).whole
    fits = total(column.asked for column in rounded.values()).fits_in(ceiling)
    is_better = fits and _weight(rounded) > _weight(start)
    return _Shares(columns, ceiling, rounded if is_better else start, limit_s).chosen


def _weight(chosen: Mapping[str, Column]) -> int:
    return sum(column.weight for column in chosen.values())


class _Shares:
    """The model, and what was chosen so far."""

    def __init__(
        self,
        columns: Columns,
        ceiling: Amounts,
        start: Mapping[str, Column],
        limit_s: float,
    ) -> None:
        self.cp, self.limit_s = cp_sat(), limit_s
        self.model = self.cp.CpModel()
        self.chosen = {**start}
        self.takes = [
            (name, column, self.model.new_bool_var(""))
            for name in sorted(columns)
            for column in columns[name]
        ]
        for _, own in groupby(self.takes, key=itemgetter(0)):
            self.model.add_exactly_one(var for _, _, var in own)
        for one in ResourceClass:
            asked = sum(column.asked[one] * var for _, column, var in self.takes)
            self.model.add(asked <= ceiling[one])
        weight = sum(column.weight * var for _, column, var in self.takes)
        self.model.add(weight >= _weight(start))
        self._maximize(weight)
        self.model.add(weight >= _weight(self.chosen))
        self._maximize(-sum(cost(column.asked, WEIGHTS) * var for _, column, var in self.takes))

    def _maximize(self, goal: LinearExprT) -> None:
        self.model.maximize(goal)
        self.model.clear_hints()
        for name, column, var in self.takes:
            self.model.add_hint(var, self.chosen[name] == column)
        solver: CpSolver = self.cp.CpSolver()
        configure(solver, self.limit_s)
        if solver.solve(self.model) in {self.cp.OPTIMAL, self.cp.FEASIBLE}:
            self.chosen = {name: column for name, column, var in self.takes if solver.value(var)}

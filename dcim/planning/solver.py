"""The one door to OR-Tools: loaded when first needed, and set so that same input gives same answer.

One worker. More of them explore in a race, and OR-Tools' deterministic form of many (interleaved
search) proved contested plans of 26 apps in three pools more slowly than one worker did (3.8 s
without proof against 2.5 s with, on 2 busy cores). The linear relaxation counts for more: with all
of the model in it, 300 contested apps end 0.01 % from the bound, without it 33 %. Limits count
deterministic time, not the clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from types import ModuleType
from typing import Final

from dcim.planning.watch import UNWATCHED, Watch
from dcim.vocabulary.errors import InvalidInput, MissingComponent

# Roughly seconds of one quiet core; each stage of a plan may use as much before it stops unproved.
LIMIT: Final = 3.0
SEED: Final = 1


def cp_sat() -> ModuleType:
    """OR-Tools' CP-SAT module.

    Raises: MissingComponent where OR-Tools is not installed.
    """
    try:
        from ortools.sat.python import cp_model
    except ImportError as err:
        raise _missing() from err
    return cp_model


def linear() -> ModuleType:
    """OR-Tools' linear solvers.

    Raises: MissingComponent where OR-Tools is not installed.
    """
    try:
        from ortools.linear_solver import pywraplp
    except ImportError as err:
        raise _missing() from err
    return pywraplp  # type: ignore[no-any-return]  # it ships no types


def _missing() -> MissingComponent:
    return MissingComponent(
        "the planner needs OR-Tools, which is not installed.",
        field="ortools",
        hint="Run make setup, or install the extra “server”.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long a stage of a plan may search, in deterministic seconds, and who watches.

    Without `breaks_ties` the answer is as good and always the same, but of equals it is not the
    first: what nobody compares with another plan need not be.

    Raises: InvalidInput when no time is left to search in.
    """

    limit_s: float = LIMIT
    watch: Watch = UNWATCHED
    breaks_ties: bool = True

    def __post_init__(self) -> None:
        if not 0 < self.limit_s < inf:
            raise InvalidInput(
                f"a limit of {self.limit_s:g} s leaves no time to plan in.",
                field="limit_s",
                hint=f"Give more than 0; {LIMIT:g} is usual.",
            )


USUAL: Final = Effort()


def solve(solver: object, model: object, watch: Watch) -> object:
    """Solve `model`; ends with the best so far when the watch says stop.

    Notes: asked at each solution and each better bound; nobody is asked where nobody watches.
    """
    if watch is UNWATCHED:
        return solver.solve(model)  # type: ignore[attr-defined]  # OR-Tools is loaded lazily

    def ask(bound: float) -> None:
        if watch.is_stopped():
            solver.stop_search()  # type: ignore[attr-defined]  # as above

    class Stopper(cp_sat().CpSolverSolutionCallback):  # type: ignore[misc]  # as above
        def on_solution_callback(self) -> None:
            if watch.is_stopped():
                self.stop_search()

    solver.best_bound_callback = ask  # type: ignore[attr-defined]  # as above
    return solver.solve(model, Stopper())  # type: ignore[attr-defined]  # as above


def configure(solver: object, limit_s: float = LIMIT) -> None:
    """Set `solver` (a CpSolver) so that the same model always takes the same path."""
    parameters = solver.parameters  # type: ignore[attr-defined]  # OR-Tools is loaded lazily
    parameters.num_workers = 1
    parameters.random_seed = SEED
    parameters.linearization_level = 2
    parameters.max_deterministic_time = limit_s
    # Ctrl-C is the program's to take: OR-Tools takes it away from all threads, and where several
    # solve at once, as in servers, it ends the process.
    parameters.catch_sigint_signal = False

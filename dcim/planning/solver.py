"""The one door to OR-Tools: loaded when first needed, and set so that same input gives same answer.

One worker. More of them explore in a race, and OR-Tools' deterministic form of many (interleaved
search) proved contested plans of 26 apps in three pools more slowly than one worker did (3.8 s
without proof against 2.5 s with, on 2 busy cores). The linear relaxation counts for more: with all
of the model in it, 300 contested apps end 0.01 % from the bound, without it 33 %. Limits count
deterministic time, not the clock.
"""

from __future__ import annotations

from types import ModuleType
from typing import Final

from dcim.vocabulary.errors import MissingComponent

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
        raise MissingComponent(
            "the planner needs OR-Tools, which is not installed.",
            field="ortools",
            hint="Run make setup, or install the extra “server”.",
        ) from err
    return cp_model


def configure(solver: object) -> None:
    """Set `solver` (a CpSolver) so that the same model always takes the same path."""
    parameters = solver.parameters  # type: ignore[attr-defined]  # OR-Tools is loaded lazily
    parameters.num_workers = 1
    parameters.random_seed = SEED
    parameters.linearization_level = 2
    parameters.max_deterministic_time = LIMIT

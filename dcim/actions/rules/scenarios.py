"""Scenarios are kept only when they could be laid over the record as it is."""

from __future__ import annotations

from collections.abc import Sequence

from dcim.planning.load.record import load_snapshot
from dcim.planning.scenarios.apply import check
from dcim.planning.scenarios.days import require_base
from dcim.planning.scenarios.overlays import Scenario as PlannedScenario
from dcim.planning.scenarios.overlays import overlays_of
from dcim.record.planner.scenarios import Scenario
from dcim.vocabulary.errors import BadDocument, InvalidInput


def check_overlays(scenarios: Sequence[Scenario]) -> None:
    """Refuse overlays that can't be read, or that name what is not in the record.

    Raises: InvalidInput of the field `overlays`, naming the entry; or of `base_date`, far away.
    """
    for one in scenarios:
        require_base(one.base_date)
    stated = [one for one in scenarios if one.overlays]
    snapshot = load_snapshot() if stated else None
    for one in stated:
        try:
            scenario = scenario_of(one)
            if snapshot is not None:
                check(snapshot, scenario)
        except BadDocument as err:
            raise InvalidInput(
                f"{err.field}: {err.reason}", field="overlays", hint=err.hint
            ) from err


def scenario_of(row: Scenario) -> PlannedScenario:
    """What `row` keeps.

    Raises: BadDocument, naming the entry, when it can't be read.
    """
    return PlannedScenario(
        name=row.name,
        base_date=row.base_date,
        description=row.description,
        overlays=overlays_of(row.overlays, row.base_date),
    )

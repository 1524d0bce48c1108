"""Runs of the engine on plans that the record keeps; each leaves its report behind as a row."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from dcim.actions.changes import Actor
from dcim.actions.plans import make_plan, store_plan
from dcim.actions.runs import store_run
from dcim.planning.document import PlanDocument, parse
from dcim.planning.verdicts import Scenario
from dcim.record.plans import Plan, ProvisioningRun
from dcim.vocabulary.choices import RunKind, RunOutcome
from dcim.vocabulary.errors import UnknownThing
from provisioning.engine.command import Say
from provisioning.engine.console import read_plan
from provisioning.engine.report import Action, Report, as_json
from provisioning.engine.run import run


def find_plan(named: str, scenario: Scenario, *, by: Actor) -> Plan:
    """The plan that `named` means: a file, a digest or its beginning, a name; nothing: a new one.

    Raises: UnknownThing when the record has no such plan, BadDocument when the file holds none.
    """
    if not named:
        return make_plan(scenario, by=by)
    if Path(named).is_file():
        return store_plan(read_plan(Path(named)), by=by)
    digest = named if named.startswith("sha256:") else f"sha256:{named}"
    found = (
        Plan.objects.filter(digest__startswith=digest).first()
        or Plan.objects.filter(name=named, scenario=scenario).first()
    )
    if found is None:
        raise UnknownThing(
            f"there is no plan “{named}”, neither as a file nor in the record.",
            field="plan",
            hint="Make one with ./manage.py plan, or leave --plan out to make it now.",
        )
    return found


def preview(
    plan: Plan, *, targets: Sequence[str], say: Say, by: Actor
) -> tuple[Report, ProvisioningRun]:
    """The report of a preview of `plan`, and the row that keeps it.

    Raises: what `run` raises; then no row is written.
    """
    report = run(document_of(plan), Action.PREVIEW, targets=targets, say=say)
    outcome = RunOutcome[report.result.name]
    kept = store_run(plan, RunKind.PREVIEW, json.loads(as_json(report)), outcome, by=by)
    return report, kept


def document_of(plan: Plan) -> PlanDocument:
    """The document that `plan` keeps.

    Raises: BadDocument when it is not what its digest says.
    """
    return parse(json.dumps(plan.document).encode())

"""Runs of the engine on plans that the record keeps; each leaves its report behind as a row."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from dcim.actions.changes import Actor
from dcim.actions.plans.making import document_of, make_plan, store_plan
from dcim.actions.plans.runs import store_run
from dcim.planning.reactivation.verdicts import Stance
from dcim.record.planner.plans import Plan, ProvisioningRun
from dcim.vocabulary.choices import RunKind, RunOutcome
from dcim.vocabulary.errors import InvalidInput, UnknownThing
from provisioning.engine.command import Say
from provisioning.engine.console import read_plan
from provisioning.engine.report import Action, Report, as_json
from provisioning.engine.run import run

SHORTEST_DIGEST: Final = 8
"""As many characters as the record's pages show of one."""


def find_plan(named: str, stance: Stance, *, by: Actor) -> Plan:
    """The plan that `named` means: a file, a digest or its beginning, a name; nothing: a new one.

    Raises: UnknownThing when the record has no such plan, InvalidInput when several digests begin
    so, BadDocument when the file holds none.
    """
    if not named:
        return make_plan(stance, by=by)[0]
    if Path(named).is_file():
        return store_plan(read_plan(Path(named)), by=by)
    found = _with_digest(named) or Plan.objects.filter(name=named, stance=stance).first()
    if found is None:
        raise UnknownThing(
            f"there is no plan “{named}”, neither as a file nor in the record.",
            field="plan",
            hint=f"Make one with ./manage.py plan, or leave --plan out to make it now. Of a digest,"
            f" give at least {SHORTEST_DIGEST} characters.",
        )
    return found


def _with_digest(beginning: str) -> Plan | None:
    digits = beginning.removeprefix("sha256:")
    if len(digits) < SHORTEST_DIGEST:
        return None
    found = Plan.objects.filter(digest__startswith=f"sha256:{digits}")[:2]
    if len(found) > 1:
        raise InvalidInput(
            f"the digests of several plans begin with “{digits}”.",
            field="plan",
            hint="Give more of its characters.",
        )
    return next(iter(found), None)


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

"""One run, from its row to how it ended: the engine is started, followed and listened to."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from functools import partial
from typing import Final

from django.conf import settings
from django.utils import timezone

from dcim.actions.plans.making import document_of
from dcim.actions.provisioning.approvals import require_unmoved
from dcim.actions.provisioning.ending import MOST_LINES, Ending
from dcim.actions.provisioning.guards import check_guards
from dcim.actions.rights import require
from dcim.catalog.roles import APPLY
from dcim.planning.document import PlanDocument
from dcim.planning.reclaim.order import target_order
from dcim.planning.sentences import kept, tell, tell_error
from dcim.planning.strict_json import JSONValue
from dcim.planning.watch import LoggedWatch
from dcim.record.people.account import User
from dcim.record.planner.plans import PlanApproval, ProvisioningRun
from dcim.vocabulary.choices import RunKind, RunOutcome, _
from dcim.vocabulary.errors import LumbungError, NotPermitted, Refused
from provisioning.engine.report import Action, Report, Result, as_json
from provisioning.engine.run import apply, run
from provisioning.engine.saved import Basis, Shelf, clear_old, shelf

WENT_WRONG: Final = (RunOutcome.FAILED, RunOutcome.REFUSED)


class Log:
    """Gathers the lines of a run, with their times, and hands each on."""

    def __init__(self, watch: LoggedWatch) -> None:
        self.watch, self.lines = watch, list[dict[str, JSONValue]]()

    def say(self, text: str) -> None:
        """Keep a line; of very many the first ones."""
        if len(self.lines) < MOST_LINES:
            self.lines.append({"timestamp": timezone.now().isoformat(), **kept(text)})
        self.watch.note(text)


@dataclass(frozen=True, slots=True)
class Performed:
    """How a run ended, with the engine's report, or with what kept the engine from starting."""

    ending: Ending
    report: Report | None = None
    error: LumbungError | None = None


def perform(row: ProvisioningRun, watch: LoggedWatch) -> Performed:
    """Does the run of `row`; nothing of how it ended is written yet.

    Notes: what a rule refuses, and what goes wrong with the engine, is an ending too.
    """
    os.environ.setdefault("LUMBUNG_DATA", str(settings.DATA_DIR))
    log = Log(watch)
    try:
        report, plans = _apply(row, log) if row.kind == RunKind.UP else _look(row, log)
    except LumbungError as err:
        told = tell_error(err)
        log.say(told)
        ending = Ending(outcome=_outcome_of(err, watch), message=told, log=log.lines)
        return Performed(ending, error=err)
    return Performed(_ending(report, plans, log), report)


def _look(row: ProvisioningRun, log: Log) -> tuple[Report, Shelf]:
    clear_old()
    action, plans = Action(row.kind), shelf(row.pk)
    report = run(
        document_of(row.plan),
        action,
        targets=row.targets,
        say=log.say,
        watch=log.watch,
        shelf=plans if action is Action.PREVIEW else None,
    )
    return report, plans


def _apply(row: ProvisioningRun, log: Log) -> tuple[Report, Shelf]:
    """Applies what was approved.

    Raises, before the engine is started or once the targets are held: Refused when anything has
    moved or a guard forbids it, NotPermitted when who asked for it has lost the right.
    """
    approval = row.approval
    if approval is None or approval.preview is None:
        raise Refused(
            _("Only an approved preview is applied."),
            field="approval",
            hint=_("Preview the plan, have that approved, and apply it."),
        )
    document, plans = document_of(row.plan), shelf(approval.preview.pk)
    allowed = partial(_check_allowed, approval.pk, document, row)
    allowed()
    turn = target_order(document).index
    bases = sorted((Basis(**one) for one in approval.bases), key=lambda one: turn(one.target))
    report = apply(document, bases, plans, say=log.say, watch=log.watch, before=allowed)
    if report.result is Result.DONE:
        plans.clear()
    return report, Shelf(plans.folder)


def _check_allowed(approval: int, document: PlanDocument, row: ProvisioningRun) -> None:
    """Let pass an apply whose approval holds, which no guard forbids, and whose asker may apply.

    All of it is read anew: a run may have waited long for its targets.

    Raises: Refused, NotPermitted.
    """
    if row.requested_by is not None:
        require(User.objects.get(pk=row.requested_by.pk), APPLY, ProvisioningRun)
    require_unmoved(PlanApproval.objects.select_related("plan", "preview").get(pk=approval))
    check_guards(document, row)


def _ending(report: Report, plans: Shelf, log: Log) -> Ending:
    outcome = RunOutcome[report.result.name]
    if outcome in WENT_WRONG and log.watch.is_stopped():
        outcome = RunOutcome.STOPPED
    messages = [
        tell("%(target)s: %(message)s", target=one.name, message=one.message)
        for one in report.targets
        if one.message
    ]
    for message in messages:
        log.say(message)
    return Ending(
        outcome=outcome,
        message="\n".join(messages),
        report=json.loads(as_json(report)),
        bases=[asdict(basis) for basis in plans.bases.values()],
        log=log.lines,
    )


def _outcome_of(err: LumbungError, watch: LoggedWatch) -> RunOutcome:
    if watch.is_stopped():
        return RunOutcome.STOPPED
    is_refusal = isinstance(err, Refused | NotPermitted)
    return RunOutcome.REFUSED if is_refusal else RunOutcome.FAILED

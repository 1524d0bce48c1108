"""What becomes of a run: begun, ended with its report, and what the record learns from it.

`AFTER` holds what is done once a run that changes things has ended, whole or in part: functions
that take the document, the ended run (its `report` is the engine's, as JSON) and who writes, and
give lines of what they did, each `{"machine": …, "change": …}` or `{"machine": …, "error": …}`,
with the sentence that `said` it. They write within the run's last transaction; what one of them
can't write, it tells, for machines that were made are there whether the record takes them or not.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.actions.plans.making import document_of
from dcim.actions.provisioning.following import follow_machines
from dcim.actions.provisioning.reclaimed import follow_reclaimed
from dcim.actions.refusals import writing
from dcim.planning.document import PlanDocument
from dcim.planning.sentences import kept, tell
from dcim.planning.strict_json import JSONValue
from dcim.record.planner.jobs import Job
from dcim.record.planner.plans import Plan, PlanApproval, ProvisioningRun
from dcim.vocabulary.choices import RunKind, RunOutcome, RunStatus
from dcim.vocabulary.errors import LumbungError

Line = Mapping[str, JSONValue]
After = Callable[[PlanDocument, ProvisioningRun, Actor], Iterable[Line]]
AFTER: Final[tuple[After, ...]] = (follow_machines, follow_reclaimed)
CHANGING: Final = (RunKind.UP.value, RunKind.DESTROY.value)
MOST_LINES: Final = 2_000
CUT_SHORT: Final = gettext_noop(
    "%(reason)s An apply is not repeated by itself: what was done by then stands in the state."
    " Preview the plan again, have that approved, and apply it."
)
log = logging.getLogger("dcim.provisioning")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a run ended.

    Attributes:
        message: Why it was refused or went wrong, if it did.
        report: The engine's report as JSON; None where the engine was not started.
        bases: Per target what an approval can name: `target`, `engine_plan`, `state`, `steps`.
        log: The lines of its log, each with `timestamp`, `message`, and what it `said`.
    """

    outcome: RunOutcome
    message: str = ""
    report: Mapping[str, Any] | None = None
    bases: Sequence[Mapping[str, str]] = field(default_factory=tuple)
    log: Sequence[Mapping[str, JSONValue]] = field(default_factory=tuple)


def ending_told(outcome: RunOutcome, message: str) -> Ending:
    """An ending of which nothing but `message` is told; the log keeps its sentence."""
    line = {"timestamp": timezone.now().isoformat(), **kept(message)}
    return Ending(outcome=outcome, message=message, log=[line])


def begin_inline(
    plan: Plan,
    kind: RunKind,
    targets: Sequence[str],
    *,
    by: Actor,
    approval: PlanApproval | None = None,
) -> ProvisioningRun:
    """The row of a run that a command does itself, at once."""
    values = {
        "plan": plan,
        "kind": kind.value,
        "targets": list(targets),
        "approval": approval,
        "requested_by": by.user,
        "status": RunStatus.RUNNING.value,
        "started": timezone.now(),
    }
    return record.create(ProvisioningRun, values, by=by.for_deed())


def begin_run(run: ProvisioningRun) -> ProvisioningRun:
    """The run, as one that a worker is at."""
    values = {"status": RunStatus.RUNNING.value, "started": timezone.now()}
    return record.update(run, values, by=worker_for(run))


def end_run(run: ProvisioningRun, ending: Ending) -> ProvisioningRun:
    """The run as it ended; what it changed is followed by the record first.

    Notes: written as who asked for it, without asking for that person's rights on each object: it
    was judged when the run was asked for, and what was made is there.
    """
    by = worker_for(run)
    values = {"status": RunStatus.ENDED.value, "ended": timezone.now(), **_told(ending)}
    with writing():
        ended = record.update(run, values, by=by)
        if ended.kind not in CHANGING or ended.report is None:
            return ended
        document = document_of(ended.plan)
        lines = [dict(line) for after in AFTER for line in after(document, ended, by)]
        return record.update(ended, {"followed": lines}, by=by) if lines else ended


def _told(ending: Ending) -> dict[str, Any]:
    return {
        "outcome": ending.outcome.value,
        "message": ending.message,
        "bases": [dict(one) for one in ending.bases],
        "report": None if ending.report is None else dict(ending.report),
        "log": [dict(one) for one in ending.log][-MOST_LINES:],
    }


def keep_report(run: ProvisioningRun, ending: Ending) -> None:
    """Keep what the engine changed, before anything else can go wrong with the end of `run`.

    Notes: no later run would tell of a machine that is gone. One that was given up meanwhile, since
    its worker seemed dead, ends here as it did. What can't be kept now, the end may still write.
    """
    if run.kind not in CHANGING or ending.report is None:
        return
    try:
        with writing():
            row = ProvisioningRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
            if row.is_open:
                record.update(row, _told(ending), by=worker_for(run))
            elif row.report is None:
                end_run(row, ending)
    except LumbungError:
        log.warning("The report of run %s is not kept yet.", run.pk, exc_info=True)


def close_run(job: Job) -> None:
    """End the run whose job ended without a result: stopped before it began, or given up.

    Notes: where the engine had ended by then, the run ends as that reported.
    """
    run = ProvisioningRun.objects.filter(job_id=job.job_id).first()
    if run is None or not run.is_open:
        return
    outcome = RunOutcome.STOPPED if job.stop_requested else RunOutcome.FAILED
    message, log_of = job.error, list(job.log_entries)
    if run.kind in CHANGING and run.status == RunStatus.RUNNING:
        message = tell(CUT_SHORT, reason=job.error)
        log_of.append({"timestamp": timezone.now().isoformat(), **kept(message)})
    close_lost(run, Ending(outcome=outcome, message=message, log=log_of))


def close_lost(run: ProvisioningRun, ending: Ending) -> ProvisioningRun:
    """The run that nobody is at any more: ended as the engine reported, if it had, else so."""
    return end_run(run, ending if run.report is None else _kept(run))


def _kept(run: ProvisioningRun) -> Ending:
    return Ending(
        outcome=RunOutcome[run.outcome.upper()],
        message=run.message,
        report=run.report,
        bases=run.bases,
        log=run.log,
    )


def worker_for(run: ProvisioningRun) -> Actor:
    """Who writes what comes of `run`: whoever asked for it, as the deed of this run."""
    message = _("Run %(number)s: %(kind)s") % {"number": run.pk, "kind": run.kind}
    if run.requested_by is None:
        return Actor.system(message).for_deed()
    return Actor.of(run.requested_by, message=message).for_deed()

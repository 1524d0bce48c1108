"""The queue's work: runs of the engine that people asked for, done by a worker.

Light to import, since a web process asks here which kinds of jobs there are: Pulumi is imported
when a worker begins one.

Others hook in at two places of `dcim/actions/provisioning`: `guards.GUARDS` is called before
anything is applied and may refuse it, `ending.AFTER` once the engine has ended and writes what the
record learns. A kind of work of its own is a `Kind` and a line in the setting `JOB_KINDS`.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from dcim.actions.changes import Actor
from dcim.actions.jobs.kinds import Kept, Kind, Written
from dcim.actions.provisioning.ending import begin_run, close_run, end_run, keep_report
from dcim.planning.watch import LoggedWatch
from dcim.record.planner.jobs import Job
from dcim.record.planner.plans import ProvisioningRun


def work(job: Job, watch: LoggedWatch) -> Kept:
    """Does the run of the job; how it ended is written with the job's end."""
    from provisioning.runs.performing import perform

    run = begin_run(ProvisioningRun.objects.get(job_id=job.job_id))
    ending = perform(run, watch).ending
    keep_report(run, ending)

    def write(_by: Actor) -> Written:
        ended = end_run(run, ending)
        return {"run": ended.pk, "outcome": ended.outcome}, ended

    return Kept(write)


LOOK: Final = Kind(_("Preview by the engine"), work, closed=close_run)
# Begun again it would be refused, for what it had done by then is not what was approved.
APPLY: Final = Kind(_("Apply by the engine"), work, restarts=False, closed=close_run)

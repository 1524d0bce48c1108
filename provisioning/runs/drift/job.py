"""The daily comparison, and the one that somebody asks for: a job of the worker."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dcim.actions.changes import Actor
from dcim.actions.drift.deeds import record_as_is
from dcim.actions.drift.scans import Roster, Scanned, store_scans
from dcim.actions.jobs.kinds import Kept, Kind, Written
from dcim.planning.watch import Watch
from dcim.record.planner.jobs import Job
from dcim.vocabulary.drift import ScanOutcome
from provisioning.runs.drift.scanning import scan


def run(job: Job, watch: Watch) -> Kept:
    """Compares all targets, or those that the job's `targets` name, and keeps what was found."""
    named = job.arguments.get("targets") or ()
    targets = tuple(map(str, named)) if isinstance(named, (list, tuple)) else ()
    read_at = timezone.now()
    as_is = record_as_is()
    roster = Roster(frozenset(one.name for one in as_is.targets), read_at)
    return kept(scan(as_is, targets=targets, watch=watch), roster)


def kept(scanned: Sequence[Scanned], roster: Roster) -> Kept:
    """How what was found is stored, and what the job tells of it."""

    def write(_by: Actor) -> Written:
        rows = store_scans(scanned, roster)
        told = {
            outcome.value: sum(one.outcome == outcome.value for one in rows)
            for outcome in ScanOutcome
            if outcome is not ScanOutcome.ENDED
        }
        failed = [f"{one.target}: {one.message}" for one in rows if one.outcome == "failed"]
        return {**told, "open": sum(one.found for one in rows), "failures": failed}, None

    return Kept(write)


SCAN = Kind(_("Comparison with the hypervisors"), run)

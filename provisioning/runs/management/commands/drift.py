"""Compare the record with the hypervisors and the stacks, and tell what differs."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from dcim.actions.drift.deeds import record_as_is
from dcim.actions.drift.scans import Roster, store_scans
from dcim.management.base import LumbungCommand
from dcim.planning.sentences import retold, told_anew
from dcim.record.planner.drift import DriftFinding, DriftScan
from dcim.vocabulary.drift import DriftKind, DriftStatus, ScanOutcome
from provisioning.runs.drift.scanning import scan

# Of several targets the worst counts, in this order.
EXIT_CODES = {
    ScanOutcome.FAILED: 1,
    ScanOutcome.REFUSED: 3,
    ScanOutcome.DRIFT: 2,
    ScanOutcome.SAME: 0,
    ScanOutcome.SKIPPED: 0,
}


class Command(LumbungCommand):
    """`drift [--target NAME] [--json]`.

    Exit codes: 0 no drift, 2 drift, 3 refused, 1 error. It changes no hypervisor and no state.
    """

    help = "Compare record, hypervisors and Pulumi's state; changes none of them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--target", action="append", default=[], metavar="NAME")
        parser.add_argument("--json", action="store_true")

    def act(self, options: Namespace) -> None:
        os.environ.setdefault("LUMBUNG_DATA", str(settings.DATA_DIR))
        read_at = timezone.now()
        as_is = record_as_is()
        roster = Roster(frozenset(one.name for one in as_is.targets), read_at)
        scanned = scan(as_is, targets=options.target, say=self._say)
        scans = store_scans(scanned, roster)
        open_now = DriftFinding.objects.filter(status=DriftStatus.OPEN)
        every = open_now.order_by("target", "name", "field")
        found = [one for one in every if place_of(one, scans)]
        if options.json:
            self.print_json(as_json(scans, found))
        else:
            self.stdout.write("\n".join(lines(scans, found)))
        outcomes = {one.outcome for one in scans}
        if any(one.target not in {scan.target for scan in scans} for one in found):
            outcomes.add(ScanOutcome.DRIFT.value)  # a stray there, told on another target
        code = next((code for one, code in EXIT_CODES.items() if one.value in outcomes), 0)
        if code:
            sys.exit(code)

    def _say(self, text: str) -> None:
        self.stderr.write(told_anew(text, _))


def place_of(finding: DriftFinding, scans: Sequence[DriftScan]) -> str:
    """The compared target that it is told under; empty where it is of none of them.

    Notes: a stray is told on one target of its hypervisor, which need not be one of them.
    """
    compared = [one.target for one in scans]
    is_stray = finding.kind == DriftKind.UNKNOWN
    shown_on = (finding.target, *(finding.beside if is_stray else ()))
    return next((name for name in shown_on if name in compared), "")


def as_json(scans: Sequence[DriftScan], found: Sequence[DriftFinding]) -> dict[str, object]:
    """What was found, for programs: stable English keys, values in MiB and GiB."""
    return {
        "format": "lumbung.drift/1",
        "targets": [
            {
                "target": one.target,
                "outcome": one.outcome,
                "message": one.message,
                "open": one.found,
                "ignored": one.ignored,
                "machines": one.machines,
            }
            for one in scans
        ],
        "findings": [
            {
                "id": one.pk,
                "target": one.target,
                "subject": one.subject,
                "name": one.name,
                "field": one.field,
                "kind": one.kind,
                "odd": one.odd,
                "record": one.record,
                "hypervisor": one.hypervisor,
                "state": one.state,
                "found_on": one.found_on,
                "beside": one.beside,
                "opened_at": one.opened_at.isoformat(),
            }
            for one in found
        ],
    }


def lines(scans: Sequence[DriftScan], found: Sequence[DriftFinding]) -> Iterator[str]:
    """One line per target, and one per finding below it."""
    for scan_of in scans:
        labels = {one.value: _(one.label) for one in ScanOutcome}
        yield f"{scan_of.target}: {labels[scan_of.outcome]}{_more(scan_of)}"
        here = (one for one in found if place_of(one, scans) == scan_of.target)
        yield from (f"  {line(one)}" for one in here)


def line(one: DriftFinding) -> str:
    """A finding in one line: what, how, and what the three sides say of a field."""
    what = f"{one.name} {one.field}".strip()
    said = f" ({one.record} | {one.hypervisor} | {one.state})" if one.field else ""
    return f"{what}: {one.kind}, {one.odd}{f' → {one.found_on}' if one.found_on else ''}{said}"


def _more(scan_of: DriftScan) -> str:
    if scan_of.message:
        return f": {retold(scan_of.message, scan_of.said, _)}"
    ignored = _("%(count)s ignored") % {"count": scan_of.ignored}
    return f" ({scan_of.found}; {ignored})" if scan_of.found or scan_of.ignored else ""

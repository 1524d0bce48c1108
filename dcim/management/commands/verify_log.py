"""Check the change log: that nobody altered, forged, took out or cut off what it says."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from collections.abc import Collection
from pathlib import Path
from typing import Final

from django.core.management.base import CommandError, CommandParser
from django.db import Error as DatabaseError
from django.utils.translation import gettext as _

from dcim.actions.verification.log_check import Tally
from dcim.actions.verification.log_findings import Finding, Problem
from dcim.actions.verification.log_proof import prove
from dcim.management.base import LumbungCommand, moment
from dcim.management.log_report import json_of, lines_of
from dcim.record.log.changes import ChangeLink
from dcim.vocabulary.errors import InvalidInput

GRAVE: Final = 1
NOT_PROVEN: Final = 2
MOST_SHOWN: Final = 200
BAR: Final = 30


class Command(LumbungCommand):
    """`verify_log [--since TIME] [--heads FILE] [--chain-only] [--json]`.

    Exit code 0 intact, 1 tampered with or made with an unknown key, 2 not proven.
    """

    help = "Check that the change log and the record it tells of were not tampered with."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=moment, metavar="TIME")
        parser.add_argument("--heads", type=Path, metavar="FILE", action="append", default=[])
        parser.add_argument("--chain-only", action="store_true")
        parser.add_argument("--json", action="store_true")

    def act(self, options: Namespace) -> None:
        started, tally = time.monotonic(), Tally()
        shown, found, count = list[Finding](), set[Problem](), 0
        bar = _Bar(shown=sys.stderr.isatty() and not options.json)
        findings = prove(
            tally,
            since=options.since,
            heads=options.heads,
            chain_only=options.chain_only,
            on_progress=bar.show,
            on_chain_end=bar.end,
        )
        try:
            for finding in findings:
                count += 1
                found.add(finding.problem)
                if count <= MOST_SHOWN:
                    shown.append(finding)
        except (DatabaseError, InvalidInput) as err:
            raise CommandError(str(err), returncode=NOT_PROVEN) from err
        seconds = time.monotonic() - started
        if options.json:
            self.print_json(
                {
                    "links": tally.links,
                    "entries": tally.entries,
                    "number": tally.number,
                    "mac": tally.mac,
                    "seconds": round(seconds, 3),
                    "findings": count,
                    "shown": [json_of(one) for one in shown],
                }
            )
        else:
            self._print(shown, count, tally, seconds)
        if found:
            grave = any(one.is_grave for one in found)
            raise CommandError(_verdict(found), returncode=GRAVE if grave else NOT_PROVEN)

    def _print(self, shown: list[Finding], count: int, tally: Tally, seconds: float) -> None:
        for finding in shown:
            for line in lines_of(finding):
                self.stdout.write(line)
        if count > len(shown):
            self.stdout.write(_("… and %(count)s more.") % {"count": count - len(shown)})
        self.stdout.write(
            _(
                "%(entries)s entries in %(links)s links checked in %(seconds).1f s; "
                "the head is %(number)s %(mac)s"
            )
            % {
                "entries": tally.entries,
                "links": tally.links,
                "seconds": seconds,
                "number": tally.number,
                "mac": tally.mac[:16],
            }
        )
        if count == 0:
            self.stdout.write(_("The change log is intact."))


class _Bar:
    """How far the check is, on a terminal."""

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown
        self._total = 0

    def show(self, done: int) -> None:
        """Draw the bar anew."""
        if not self._shown:
            return
        if not self._total:
            newest = ChangeLink.objects.order_by("-number").values_list("total", flat=True).first()
            self._total = newest or 1
        part = min(done / self._total, 1)
        filled = "█" * round(part * BAR)
        sys.stderr.write(f"\r{filled:·<{BAR}} {part:4.0%} {done:,}")
        sys.stderr.flush()

    def end(self) -> None:
        """Leave the line free for what follows."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")


def _verdict(found: Collection[Problem]) -> str:
    if any(one.is_tampering for one in found):
        return _("The change log or the record was tampered with. Keep the database as it is.")
    if Problem.KEY_MISSING in found:
        return _(
            "Links were made with a key that LUMBUNG_LOG_KEY does not list. If it was one of "
            "yours, list it behind the newest; if not, they were forged."
        )
    return _("The change log could not be proven as a whole.")

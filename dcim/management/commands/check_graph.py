"""Say what can't be right in the dependency graph."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import Final

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dcim.graph.answers.findings import answer_of_findings
from dcim.graph.answers.impact import names
from dcim.graph.load.record import current_graph
from dcim.graph.needs.findings import MEANINGS, WAYS_OUT, Finding, FindingKind, Findings, findings
from dcim.management.base import LumbungCommand

FOUND: Final = 2  # the exit code with findings; 1 is an error's


class Command(LumbungCommand):
    """`check_graph [--kind KIND] [--json]`: exit code 0 when nothing is found, else 2."""

    help = "Say which apps rest on what does not run, and find circles and orphans."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kind", choices=[one.value for one in FindingKind])
        parser.add_argument("--json", action="store_true")

    def act(self, options: Namespace) -> None:
        found = findings(current_graph())
        kind = FindingKind(options.kind) if options.kind else None
        rows = found.of_kind(kind)
        if options.json:
            self.print_json(answer_of_findings(found, kind, rows))
        else:
            self._tell(found, [one for one in FindingKind if kind in {None, one}], len(rows))
        if rows:
            sys.exit(FOUND)

    def _tell(self, found: Findings, kinds: list[FindingKind], count: int) -> None:
        if not count:
            self.stdout.write(_("Nothing is found: the graph is sound."))
            return
        self.stdout.write(
            ngettext("%(count)s finding.", "%(count)s findings.", count) % {"count": count}
        )
        for kind in kinds:
            if rows := found.of_kind(kind):
                self.stdout.write("")
                self.stdout.write(f"{_(MEANINGS[kind])} {_(WAYS_OUT[kind])}")
                for row in rows:
                    self.stdout.write(f"  {chain_of(row)}")


def chain_of(row: Finding) -> str:
    """The chain in one line; of a circle its first member stands at the end too."""
    chain = row.chain + row.chain[:1] if row.kind is FindingKind.CIRCLE else row.chain
    return " → ".join(names(chain))

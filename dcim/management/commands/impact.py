"""Say what falls when things fail."""

from __future__ import annotations

from argparse import Namespace

from django.core.management.base import CommandParser
from django.utils import timezone

from dcim.graph.answers import answer_of_impact
from dcim.graph.impact import impact
from dcim.graph.load.record import current_graph
from dcim.graph.restoring import restorable
from dcim.management.base import LumbungCommand
from dcim.management.impact_report import as_lines
from dcim.management.restoring_report import restorable_lines
from dcim.vocabulary.things import Ref


class Command(LumbungCommand):
    """`impact KIND:NAME ... [--json]`: several things fail at once."""

    help = "Say which apps stop or lose redundancy when things fail, why, and what can be restored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("failed", nargs="+", metavar="KIND:NAME")
        parser.add_argument("--json", action="store_true")

    def act(self, options: Namespace) -> None:
        failed = [Ref.parse(name) for name in options.failed]
        found = impact(current_graph(), failed)
        if options.json:
            self.print_json(answer_of_impact(found, timezone.now()))
            return
        for line in (*as_lines(found), *restorable_lines(restorable(found, timezone.now()))):
            self.stdout.write(line)

"""Say what falls when things fail."""

from __future__ import annotations

from argparse import Namespace

from django.core.management.base import CommandParser
from django.utils import timezone

from dcim.actions.questions.room_left import room_left
from dcim.graph.answers.impact import MOST_ROWS, answer_of_impact
from dcim.graph.failures.failing import Failing, day, impact_of_failing
from dcim.graph.failures.restoring import restorable
from dcim.graph.load.record import current_graph
from dcim.management.base import LumbungCommand
from dcim.management.filtering import add_filters, add_page, chosen_things, page_of
from dcim.management.impact_report import as_lines
from dcim.management.restoring_report import restorable_lines
from dcim.vocabulary.things import Ref


class Command(LumbungCommand):
    """`impact KIND:NAME ... [FILTER ...] [--json]`: several things fail at once."""

    help = "Say which apps stop or lose redundancy when things fail, why, and what can be restored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("failed", nargs="*", metavar="KIND:NAME")
        add_filters(parser)
        parser.add_argument("--lapse-on", metavar="YYYY-MM-DD")
        parser.add_argument("--pools", action="store_true")
        add_page(parser, MOST_ROWS)
        parser.add_argument("--json", action="store_true")

    def act(self, options: Namespace) -> None:
        asked = Failing(
            tuple(Ref.parse(name) for name in options.failed),
            chosen_things(options),
            day(options.lapse_on) if options.lapse_on else None,
        )
        found = impact_of_failing(current_graph(), asked)
        part = page_of(options)
        pools = room_left(found) if options.pools else None
        if options.json:
            limit = part.stop - part.start
            self.print_json(answer_of_impact(found, timezone.now(), limit, part.start, pools))
            return
        told = restorable_lines(restorable(found, timezone.now()), part, pools or {})
        for line in (*as_lines(found, part), *told):
            self.stdout.write(line)

"""Say in which order things are started or stopped."""

from __future__ import annotations

from argparse import Namespace

from django.core.management.base import CommandParser

from dcim.graph.answers.order import answer_of_order
from dcim.graph.load.record import current_graph
from dcim.graph.needs.order import Direction, Scope, order
from dcim.management.base import LumbungCommand
from dcim.management.order_report import as_lines
from dcim.vocabulary.things import Ref


class Command(LumbungCommand):
    """`order KIND:NAME ... [--stop] [--scope above|below] [--json]`."""

    help = "Say in which order what rests on things, or what an app rests on, is started."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("things", nargs="+", metavar="KIND:NAME")
        parser.add_argument("--stop", action="store_true")
        parser.add_argument("--scope", choices=[one.value for one in Scope])
        parser.add_argument("--json", action="store_true")

    def act(self, options: Namespace) -> None:
        direction = Direction.STOP if options.stop else Direction.START
        named = [Ref.parse(name) for name in options.things]
        scope = Scope(options.scope) if options.scope else None
        found = order(current_graph(), named, direction, scope)
        if options.json:
            self.print_json(answer_of_order(found))
            return
        for line in as_lines(found):
            self.stdout.write(line)

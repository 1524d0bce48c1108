"""Say what work on things means: who is hit, whom to tell, what to move first."""

from __future__ import annotations

from argparse import Namespace

from django.core.management.base import CommandParser

from dcim.actions.questions.maintenance import check_maintenance, window_of
from dcim.actions.questions.notices import answer_with_notices
from dcim.management.base import LumbungCommand
from dcim.management.maintenance_report import as_lines
from dcim.vocabulary.things import Ref


class Command(LumbungCommand):
    """`maintenance KIND:NAME ... --from MOMENT --until MOMENT [--json]`."""

    help = "Say who is hit while things are out, whom to tell, and what to move first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("things", nargs="+", metavar="KIND:NAME")
        parser.add_argument("--from", dest="start", required=True, metavar="MOMENT")
        parser.add_argument("--until", required=True, metavar="MOMENT")
        parser.add_argument("--json", action="store_true")

    def act(self, options: Namespace) -> None:
        window = window_of(options.start, options.until)
        named = [Ref.parse(name) for name in options.things]
        found = check_maintenance(named, window, reader=None)
        if options.json:
            self.print_json(answer_with_notices(found))
            return
        for line in as_lines(found):
            self.stdout.write(line)

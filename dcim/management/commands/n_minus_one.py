"""Say what falls with each thing alone."""

from __future__ import annotations

from argparse import Namespace

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from dcim.graph.answers.board import answer_of_board
from dcim.graph.failures.board import BOARD_KINDS, ORDERINGS, WORST, BoardRow, board
from dcim.graph.load.record import current_graph
from dcim.graph.selection import selected
from dcim.management.base import LumbungCommand
from dcim.management.filtering import add_filters, add_page, chosen_things, page_of


class Command(LumbungCommand):
    """`n_minus_one [--kind KIND] [--site NAME] … [--json]`: one row per thing, the worst first."""

    help = "Say which apps stop or lose redundancy with each thing alone, the worst first."

    def add_arguments(self, parser: CommandParser) -> None:
        add_filters(parser)
        add_page(parser)
        parser.add_argument("--ordering", default=WORST, metavar="|".join(ORDERINGS))
        parser.add_argument("--json", action="store_true")

    def act(self, options: Namespace) -> None:
        graph = current_graph()
        things = selected(graph, chosen_things(options), BOARD_KINDS)
        found = board(graph, things, ordering=options.ordering)
        rows = found[page_of(options)]
        if options.json:
            self.print_json(answer_of_board(found, rows))
            return
        for row in rows:
            self.stdout.write(_line(row))
        self.stdout.write(
            _("%(shown)s of %(all)s things.") % {"shown": len(rows), "all": len(found)}
        )


def _line(row: BoardRow) -> str:
    cost = row.cost
    return _(
        "%(thing)s: %(down)s apps stop, %(degraded)s go on with less to spare; "
        "%(users)s users a month lose an app; %(owners)s owners are hit."
    ) % {
        "thing": row.thing.id,
        "down": sum(cost.apps_down),
        "degraded": sum(cost.apps_degraded),
        "users": sum(cost.users_down),
        "owners": cost.owners,
    }

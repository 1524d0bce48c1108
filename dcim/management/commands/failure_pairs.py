"""Say which two failures at once are worse than both alone."""

from __future__ import annotations

from argparse import Namespace
from typing import Final

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from dcim.graph.answers.board import answer_of_pairs
from dcim.graph.failures.pairs import PairRow, PairsAsked, pairs_asked
from dcim.graph.load.record import current_graph
from dcim.graph.selection import kinds_of
from dcim.management.base import LumbungCommand
from dcim.management.filtering import add_filters, add_page, chosen_things, page_of

APPS_SHOWN: Final = 10


class Command(LumbungCommand):
    """`failure_pairs --kind KIND [--with-kind KIND] [--site NAME] … [--json]`: the worst first."""

    help = "Say which two failures at once stop more apps than both alone, the worst first."

    def add_arguments(self, parser: CommandParser) -> None:
        add_filters(parser)
        add_page(parser)
        parser.add_argument("--with-kind", action="append", default=[], metavar="KIND")
        parser.add_argument("--apps-limit", type=int, default=APPS_SHOWN, metavar="ROWS")
        parser.add_argument("--json", action="store_true")

    def act(self, options: Namespace) -> None:
        kinds = kinds_of(options.with_kind, "with_kind")
        found = pairs_asked(current_graph(), PairsAsked(chosen_things(options), kinds))
        rows = found.rows(page_of(options), slice(max(options.apps_limit, 0)))
        if options.json:
            self.print_json(answer_of_pairs(found, rows))
            return
        for row in rows:
            self.stdout.write(_line(row))
        self.stdout.write(
            _("%(shown)s of %(all)s pairs.") % {"shown": len(rows), "all": len(found)}
        )


def _line(row: PairRow) -> str:
    return _("%(first)s with %(second)s: %(down)s more apps stop: %(apps)s") % {
        "first": row.first.id,
        "second": row.second.id,
        "down": sum(row.cost.apps_down),
        "apps": ", ".join(app.name for app in row.apps),
    }

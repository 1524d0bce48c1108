"""Say what stops apps alone, and what would remove that."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from typing import Final

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from dcim.graph.answers.board import answer_of_points
from dcim.graph.failures.remedies import TEXTS, Removal
from dcim.graph.failures.single_points import PointsAsked, SinglePoint, points_asked
from dcim.graph.graph import DependencyGraph
from dcim.graph.load.record import current_graph
from dcim.management.base import LumbungCommand
from dcim.management.filtering import add_filters, add_page, chosen_things, page_of
from dcim.vocabulary.things import Ref, ThingKind

APPS_SHOWN: Final = 10


class Command(LumbungCommand):
    """`spof [--app CODE] [--thing KIND:NAME] [--kind KIND] … [--json]`: the worst first."""

    help = "Say which things stop apps alone, the worst first, and what would remove that."

    def add_arguments(self, parser: CommandParser) -> None:
        add_filters(parser)
        add_page(parser)
        parser.add_argument("--app", metavar="CODE")
        parser.add_argument("--thing", metavar="KIND:NAME")
        parser.add_argument("--apps-limit", type=int, default=APPS_SHOWN, metavar="ROWS")
        parser.add_argument("--apps-offset", type=int, default=0, metavar="ROWS")
        parser.add_argument("--json", action="store_true")

    def act(self, options: Namespace) -> None:
        graph = current_graph()
        found = points_asked(graph, _asked(options))
        start = max(options.apps_offset, 0)
        apps = slice(start, start + max(options.apps_limit, 0))
        points = found.points(page_of(options), apps)
        if options.json:
            self.print_json(answer_of_points(found, points))
            return
        for point in points:
            for line in _lines(graph, point):
                self.stdout.write(line)
        self.stdout.write(
            _("%(shown)s of %(all)s things.") % {"shown": len(points), "all": len(found)}
        )


def _asked(options: Namespace) -> PointsAsked:
    code = (options.app or "").removeprefix(f"{ThingKind.APP}:")
    return PointsAsked(
        chosen_things(options),
        Ref.parse(options.thing) if options.thing else None,
        Ref(ThingKind.APP, code) if code else None,
    )


def _lines(graph: DependencyGraph, point: SinglePoint) -> Iterator[str]:
    cost = point.row.cost
    yield _("%(thing)s alone stops %(down)s apps with %(users)s users a month:") % {
        "thing": point.row.thing.id,
        "down": sum(cost.apps_down),
        "users": sum(cost.users_down),
    }
    for removal in point.removals:
        yield f"  {removal.app.name:<22} {' '.join(_sentences(graph, removal))}"


def _sentences(graph: DependencyGraph, removal: Removal) -> Iterator[str]:
    for change in removal.changes:
        names = {"at": graph.node(change.at).id, "on": graph.node(change.on).id}
        yield _(TEXTS[change.remedy]) % {**names, "count": change.count}

"""Say what an app rests on."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Collection, Iterator

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from dcim.graph.answers.requirements import answer_of_requirements
from dcim.graph.facts import Group
from dcim.graph.load.record import current_graph
from dcim.graph.needs.requirements import (
    Requirements,
    TreeRow,
    requirements,
    single_points_of_failure,
)
from dcim.management.base import LumbungCommand
from dcim.vocabulary.things import Ref, ThingKind


class Command(LumbungCommand):
    """`requirements APP [--json]`: as a tree, from the app down to power and place."""

    help = "Say what an app rests on, and what of that stops it alone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("app", metavar="APP")
        parser.add_argument("--json", action="store_true")

    def act(self, options: Namespace) -> None:
        app = Ref(ThingKind.APP, options.app.removeprefix(f"{ThingKind.APP}:"))
        graph = current_graph()
        found, single = requirements(graph, app), single_points_of_failure(graph, app)
        if options.json:
            self.print_json(answer_of_requirements(found, single))
            return
        for line in as_lines(found, {thing.id for thing in single}):
            self.stdout.write(line)


def as_lines(found: Requirements, single: Collection[Ref]) -> Iterator[str]:
    """The tree; what stops the app alone is marked with “!”, as the last line says."""
    for row in found.rows:
        yield _line(row, alone=row.node.id in single)
    yield ""
    yield _("! stops the app alone: %(count)s things.") % {"count": len(single)}


def _line(row: TreeRow, *, alone: bool) -> str:
    node = row.node
    marks = ["" if row.hard else _("soft"), _("as above") if row.is_repeat else ""]
    if isinstance(node, Group):
        counted = {"needed": node.needed, "size": node.size}
        marks.insert(0, _("%(needed)s of %(size)s needed") % counted)
    told = ", ".join(mark for mark in marks if mark)
    indent = "  " * row.depth
    return f"{'!' if alone else ' '} {indent}{node.id}{f' ({told})' if told else ''}"

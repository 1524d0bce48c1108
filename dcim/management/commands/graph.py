"""Write a part of the dependency graph as a file."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Final

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from dcim.actions.questions.drawings import Asked, Shown, svg_alone
from dcim.graph.drawing.exports import Format, written
from dcim.graph.drawing.folding import Wishes, picture_of
from dcim.graph.load.record import current_graph
from dcim.graph.load.regions import sites_of_region
from dcim.graph.scopes import numbers_in
from dcim.management.base import LumbungCommand, write_file
from dcim.vocabulary.things import ThingKind

DRAWING: Final = "svg"
FORMS: Final = [*(form.value for form in Format), DRAWING]


class Command(LumbungCommand):
    """`graph SCOPE [--as node-link|graphml|dot|svg] [--output FILE]`."""

    help = "Write a part of the dependency graph for networkx, Graphviz or Gephi, or draw it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("scope", metavar="SCOPE")
        parser.add_argument("--as", dest="form", choices=FORMS, default=FORMS[0])
        parser.add_argument("--output", type=Path, metavar="FILE")

    def act(self, options: Namespace) -> None:
        graph = current_graph()
        numbers = numbers_in(graph, options.scope, sites_of_region)
        if options.form == DRAWING:
            picture = picture_of(graph, numbers, Wishes())
            kinds = {kind: kind.value for kind in ThingKind}
            pieces = iter([svg_alone(Shown(Asked(options.scope), picture), kinds), "\n"])
        else:
            pieces = written(graph.to_networkx(numbers), Format(options.form))
        if options.output is None:
            for piece in pieces:
                self.stdout.write(piece, ending="")
            return
        write_file(options.output, "".join(pieces).encode())
        self.stdout.write(
            _("%(file)s: %(count)s nodes at serial %(serial)s.")
            % {"file": options.output, "count": len(numbers), "serial": graph.serial}
        )

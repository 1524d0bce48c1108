"""Say why an app rests on a thing."""

from __future__ import annotations

from argparse import Namespace

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from dcim.graph.answers.impact import answer_of_explanation
from dcim.graph.load.record import current_graph
from dcim.graph.needs.requirements import Explanation, explain
from dcim.graph.propagation import State
from dcim.management.base import LumbungCommand
from dcim.management.impact_report import chain_text
from dcim.vocabulary.things import Ref, ThingKind


class Command(LumbungCommand):
    """`explain APP KIND:NAME [--json]`."""

    help = "Say why an app rests on a thing, and what the loss of the thing does to it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("app", metavar="APP")
        parser.add_argument("thing", metavar="KIND:NAME")
        parser.add_argument("--json", action="store_true")

    def act(self, options: Namespace) -> None:
        app = Ref(ThingKind.APP, options.app.removeprefix(f"{ThingKind.APP}:"))
        why = explain(current_graph(), app, Ref.parse(options.thing))
        if options.json:
            self.print_json(answer_of_explanation(why))
            return
        self.stdout.write(_verdict(why))
        for chain in why.chains:
            self.stdout.write(f"  {chain_text(chain)}")


def _verdict(why: Explanation) -> str:
    names = {"app": why.app.name, "thing": why.thing.id}
    if not why.rests:
        return _("%(app)s does not rest on %(thing)s.") % names
    sentences = {
        State.DOWN: _("%(app)s rests on %(thing)s and stops without it."),
        State.DEGRADED: _("%(app)s rests on %(thing)s; without it, it goes on with less to spare."),
        State.UP: _("%(app)s rests on %(thing)s, but does without it."),
    }
    return sentences[why.effect] % names

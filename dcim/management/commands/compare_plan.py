"""Say what a plan does to the answers of the dependency graph."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from dcim.actions.plans.comparison import compare_plan, plan_called
from dcim.management.base import LumbungCommand
from dcim.planning.questions.comparison import Comparison
from dcim.planning.questions.comparison_answers import answer_of_comparison
from dcim.vocabulary.things import Ref


class Command(LumbungCommand):
    """`compare_plan [--plan ID] [KIND:NAME ...] [--json]`: the newest plan unless one is named."""

    help = "Say what gets better, worse, new and gone once a plan is carried out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("failed", nargs="*", metavar="KIND:NAME")
        parser.add_argument("--plan", metavar="ID")
        parser.add_argument("--json", action="store_true")

    def act(self, options: Namespace) -> None:
        plan = plan_called(options.plan)
        found = compare_plan(plan, [Ref.parse(name) for name in options.failed])
        if options.json:
            self.print_json(answer_of_comparison(found, plan.pk))
            return
        for line in _lines(found):
            self.stdout.write(line)


def _lines(found: Comparison) -> Iterator[str]:
    before, after = found.running
    yield _("%(before)s apps run before the plan, %(after)s after it.") % {
        "before": before,
        "after": after,
    }
    for app in found.apps:
        yield "  " + _("%(app)s: %(before)s before, %(after)s after") % {
            "app": app.app.name,
            "before": app.before or "–",
            "after": app.after or "–",
        }
    for points in found.points:
        yield "  " + _("%(app)s: %(new)s single points more, %(gone)s fewer") % {
            "app": points.app.name,
            "new": len(points.new),
            "gone": len(points.gone),
        }
    for loss in found.losses:
        yield "  " + _(
            "%(thing)s alone stops %(before)s apps before, %(after)s after, and %(revived)s revived"
        ) % {
            "thing": loss.thing.id,
            "before": loss.before[0],
            "after": loss.after[0],
            "revived": loss.revived[0],
        }
    if not (found.apps or found.points or found.losses):
        yield _("Nothing changes.")

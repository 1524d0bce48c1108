"""Say what a plan takes away, who is hit, and whether it may go."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from dcim.actions.reclaim.answers import GoingAnswer, ReclaimAnswer, answer_of_overview
from dcim.actions.reclaim.overview import overview, require_reclaimable
from dcim.graph.answers.impact import HitApp
from dcim.management.base import LumbungCommand
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.sentences import told_error
from dcim.vocabulary.errors import Refused
from provisioning.engine.report import EXIT_CODES, Result
from provisioning.runs.management.running import actor_of
from provisioning.runs.stored import find_plan


class Command(LumbungCommand):
    """`reclaim [--plan NAME|FILE] [--stance NAME] [--check] [--json] [--user NAME]`.

    Exit codes: 0; with --check 3 where something stands against it; 1 error.
    """

    help = "Say what a plan takes away, who is hit, and whether it may go."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plan", default="", metavar="NAME|FILE")
        parser.add_argument(
            "--stance",
            default=Stance.AS_DECLARED.value,
            choices=[stance.value for stance in Stance],
        )
        parser.add_argument("--check", action="store_true")
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--user", default="", metavar="NAME")

    def act(self, options: Namespace) -> None:
        plan = find_plan(options.plan, Stance(options.stance), by=actor_of(options.user, "reclaim"))
        try:
            found = answer_of_overview(overview(plan))
            if options.json:
                self.print_json(found)
            else:
                self.stdout.writelines(f"{line}\n" for line in _lines(found))
            if options.check:
                require_reclaimable(plan)
        except Refused as err:
            raise CommandError(told_error(err, _), returncode=EXIT_CODES[Result.REFUSED]) from err


def _lines(found: ReclaimAnswer) -> Iterator[str]:
    if not found["going"]:
        yield _("The plan takes no machine away.")
    yield from (_line(one) for one in found["going"])
    for label, apps in (
        (_("would stop"), found["apps_down"]),
        (_("would have less to spare"), found["apps_degraded"]),
    ):
        yield from (_hit(label, one) for one in apps)


def _line(one: GoingAnswer) -> str:
    kept = [copy["last_success"] for copy in one["copies"]]
    if one["waiver"] is not None:
        kept.append(f"{one['waiver']['user']}: {one['waiver']['reason']}")
    return (
        f"{one['wave'] or '–'}  {one['machine']}  {', '.join(one['apps']) or '–'}  "
        f"{one['cover']}  {', '.join(kept)}"
    ).rstrip()


def _hit(label: str, one: HitApp) -> str:
    return f"{one['code']} {label}: {' ← '.join(one['chain'][1:])}"

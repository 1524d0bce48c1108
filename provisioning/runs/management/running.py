"""What the commands that run the engine on stored plans share: options, output, exit codes."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from dcim.actions.changes import Actor
from dcim.management.base import LumbungCommand, write_file
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.sentences import told_anew, told_error
from dcim.record.people.account import User
from dcim.record.planner.plans import Plan
from dcim.vocabulary.choices import RunKind
from dcim.vocabulary.errors import Refused, UnknownThing
from provisioning.engine.console import check_markdown
from provisioning.engine.markdown import as_markdown
from provisioning.engine.report import EXIT_CODES, Report, Result, as_json
from provisioning.engine.text import as_text
from provisioning.runs.stored import find_plan, run_inline


class RunCommand(LumbungCommand):
    """A command that runs the engine here and now, prints its report and keeps it.

    Exit codes: 0 no change or done, 2 changes, 3 refused, 1 error.
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--markdown", type=Path, metavar="FILE")
        parser.add_argument("--user", default="", metavar="NAME")

    def act(self, options: Namespace) -> None:
        os.environ.setdefault("LUMBUNG_DATA", str(settings.DATA_DIR))
        try:
            if options.markdown:
                check_markdown(options.markdown)
            self.tell(self.report(options), options)
        except Refused as err:
            raise CommandError(told_error(err, _), returncode=EXIT_CODES[Result.REFUSED]) from err

    def say(self, text: str) -> None:
        """Print a line of progress, in the language of commands."""
        self.stderr.write(told_anew(text, _))

    def report(self, options: Namespace) -> Report:
        """What came of the run that `options` ask for."""
        raise NotImplementedError

    def tell(self, report: Report, options: Namespace) -> None:
        """Print `report` and exit with its code."""
        if options.markdown:
            write_file(options.markdown, as_markdown(report).encode())
        self.stdout.write(as_json(report) if options.json else as_text(report))
        if report.exit_code:
            sys.exit(report.exit_code)


def actor_of(name: str, command: str) -> Actor:
    """Who runs `command`: the user called `name`, or nobody known where that is empty.

    Raises: UnknownThing when no user who may sign in is called so.
    """
    if not name:
        return Actor.system(command)
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise UnknownThing(
            f"no active user is called “{name}”.",
            field="user",
            hint="See ./manage.py user NAME.",
        )
    return Actor.of(user, message=command)


class LookCommand(RunCommand):
    """A command that looks at targets of a plan and changes nothing."""

    kind: RunKind

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plan", default="", metavar="NAME|FILE")
        parser.add_argument(
            "--stance",
            default=Stance.AS_DECLARED.value,
            choices=[stance.value for stance in Stance],
        )
        parser.add_argument("--target", action="append", default=[], metavar="NAME")
        super().add_arguments(parser)

    def report(self, options: Namespace) -> Report:
        by = actor_of(options.user, self.kind.value)
        plan, targets = self.plan(options, by), options.target
        report, _row = run_inline(plan, self.kind, targets=targets, say=self.say, by=by)
        return report

    def plan(self, options: Namespace, by: Actor) -> Plan:
        """The plan that `options` name."""
        return find_plan(options.plan, Stance(options.stance), by=by)

"""Preview a plan with the real engine, and keep the report."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from dcim.actions.changes import Actor
from dcim.management.base import LumbungCommand, write_file
from dcim.planning.reactivation.verdicts import Stance
from dcim.vocabulary.errors import Refused
from provisioning.engine.console import check_markdown
from provisioning.engine.markdown import as_markdown
from provisioning.engine.report import EXIT_CODES, Result, as_json
from provisioning.engine.text import as_text
from provisioning.runs.stored import find_plan, preview


class Command(LumbungCommand):
    """`preview [--plan NAME|FILE] [--stance NAME] [--target NAME] [--json] [--markdown FILE]`.

    Exit codes: 0 no change, 2 changes, 3 refused, 1 error.
    """

    help = "Preview a plan with the Pulumi engine and keep the report."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plan", default="", metavar="NAME|FILE")
        parser.add_argument(
            "--stance",
            default=Stance.AS_DECLARED.value,
            choices=[stance.value for stance in Stance],
        )
        parser.add_argument("--target", action="append", default=[], metavar="NAME")
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--markdown", type=Path, metavar="FILE")

    def act(self, options: Namespace) -> None:
        os.environ.setdefault("LUMBUNG_DATA", str(settings.DATA_DIR))
        try:
            self._preview(options)
        except Refused as err:
            raise CommandError(str(err), returncode=EXIT_CODES[Result.REFUSED]) from err

    def _preview(self, options: Namespace) -> None:
        if options.markdown:
            check_markdown(options.markdown)
        by = Actor.system("preview")
        plan = find_plan(options.plan, Stance(options.stance), by=by)
        report, _run = preview(plan, targets=options.target, say=self.stderr.write, by=by)
        if options.markdown:
            write_file(options.markdown, as_markdown(report).encode())
        self.stdout.write(as_json(report) if options.json else as_text(report))
        if report.exit_code:
            sys.exit(report.exit_code)

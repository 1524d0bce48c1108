"""Apply a preview that a second person has approved."""

from __future__ import annotations

from argparse import Namespace

from django.core.management.base import CommandParser

from dcim.record.planner.plans import ProvisioningRun
from dcim.vocabulary.errors import UnknownThing
from provisioning.engine.report import Report
from provisioning.runs.management.running import RunCommand, actor_of
from provisioning.runs.stored import apply_inline


class Command(RunCommand):
    """`apply PREVIEW [--json] [--markdown FILE] [--user NAME]`: PREVIEW is the number of one."""

    help = "Apply a preview that a second person has approved, and let the record follow."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("preview", type=int, metavar="PREVIEW")
        super().add_arguments(parser)

    def report(self, options: Namespace) -> Report:
        preview = ProvisioningRun.objects.filter(pk=options.preview).first()
        if preview is None:
            raise UnknownThing(
                f"there is no run {options.preview}.",
                field="preview",
                hint="Make one with ./manage.py preview.",
            )
        by = actor_of(options.user, "apply")
        return apply_inline(preview, say=self.say, by=by)[0]

"""Preview a plan with the real engine, and keep the report."""

from __future__ import annotations

from argparse import Namespace

from django.core.management.base import CommandParser

from dcim.actions.changes import Actor
from dcim.actions.drift.deeds import record_as_is
from dcim.actions.plans.making import store_plan
from dcim.record.planner.plans import Plan
from dcim.vocabulary.choices import RunKind
from dcim.vocabulary.errors import InvalidInput
from provisioning.runs.management.running import LookCommand


class Command(LookCommand):
    """`preview [--plan NAME|FILE | --as-is] [--stance NAME] [--target NAME] …`."""

    help = "Preview a plan, or the record as it is, with the Pulumi engine and keep the report."
    kind = RunKind.PREVIEW

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-is", action="store_true", help="how things stand, without a plan")
        super().add_arguments(parser)

    def plan(self, options: Namespace, by: Actor) -> Plan:
        if not options.as_is:
            return super().plan(options, by)
        if options.plan:
            raise InvalidInput(
                "a plan is not how things stand.",
                field="as-is",
                hint="Leave out --plan or --as-is.",
            )
        return store_plan(record_as_is(), by=by)

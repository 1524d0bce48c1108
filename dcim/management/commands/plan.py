"""Make the reactivation plan, from the record or from a snapshot file."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from django.core.management.base import CommandParser

from dcim.actions.changes import Actor
from dcim.actions.plans.making import current_snapshot, store_plan
from dcim.management.base import LumbungCommand, read_file, write_file
from dcim.management.plan_report import as_json, as_lines
from dcim.planning.document import PlanDocument, encode
from dcim.planning.reactivation.plan import plan_reactivation
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.snapshot import parse
from dcim.planning.solver import LIMIT, Effort


class Command(LumbungCommand):
    """`plan [--from SNAPSHOT] [--output FILE] [--json] [--stance NAME] [--pool POOL ...]`.

    Also `--limit SECONDS`, deterministic, for each stage.

    A plan from the record is stored in it; a plan from a snapshot touches no database.
    """

    help = "Plan what to revive, where, what to reclaim and what to ask of the PDN."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="snapshot", type=Path, metavar="SNAPSHOT")
        parser.add_argument("--output", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--pool", action="append", default=[], metavar="POOL")
        parser.add_argument("--limit", type=float, default=LIMIT, metavar="SECONDS")
        parser.add_argument(
            "--stance",
            default=Stance.AS_DECLARED.value,
            choices=[stance.value for stance in Stance],
        )

    def act(self, options: Namespace) -> None:
        effort = Effort(limit_s=options.limit)
        document = _plan(options.snapshot, Stance(options.stance), options.pool, effort)
        if options.output is not None:
            write_file(options.output, encode(document))
        if options.json:
            self.print_json(as_json(document))
            return
        for line in as_lines(document):
            self.stdout.write(line)


def _plan(
    snapshot: Path | None, stance: Stance, only: Sequence[str], effort: Effort
) -> PlanDocument:
    if snapshot is not None:
        estate = parse(read_file(snapshot))
        return plan_reactivation(estate, stance, only=only, effort=effort)
    document = plan_reactivation(current_snapshot(), stance, only=only, effort=effort)
    store_plan(document, by=Actor.system("plan"))
    return document

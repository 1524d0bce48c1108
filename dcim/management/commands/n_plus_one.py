"""Say which clusters survive the loss of the hosts that they are to survive."""

from __future__ import annotations

from argparse import Namespace

from django.core.management.base import CommandParser

from dcim.actions.capacity.n_plus_one import current_survivals, survival_of
from dcim.management.base import LumbungCommand
from dcim.management.n_plus_one_report import as_lines
from dcim.planning.capacity.n_plus_one_answers import answer_of_survival


class Command(LumbungCommand):
    """`n_plus_one [CLUSTER] [--json]`: all clusters, or one with the plan of every evacuation."""

    help = "Say whether the machines of lost hosts fit on the others, or which has no place."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("cluster", nargs="?", default="", metavar="CLUSTER")
        parser.add_argument("--json", action="store_true")

    def act(self, options: Namespace) -> None:
        found = survival_of(options.cluster) if options.cluster else current_survivals()
        if options.json:
            self.print_json([answer_of_survival(one, found.serial) for one in found.clusters])
            return
        for one in found.clusters:
            for line in as_lines(one):
                self.stdout.write(line)

"""Say how many more machines of a size pools take."""

from __future__ import annotations

from argparse import Namespace

from django.core.management.base import CommandParser

from dcim.actions.capacity.asked import size_of
from dcim.actions.capacity.pools import fitting_of
from dcim.actions.ledgers import current_books
from dcim.management.base import LumbungCommand
from dcim.management.ledger_report import fitting_lines
from dcim.planning.capacity.ledger_answers import answer_of_fitting


class Command(LumbungCommand):
    """`fitting [POOL ...] [--vcpus N] [--memory-mib N] [--storage-gib N] [--apart] [--json]`."""

    help = "Say how many more machines of a size fit, with N+1 kept, and what stops the next one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("pools", nargs="*", metavar="POOL")
        for name in ("--vcpus", "--memory-mib", "--storage-gib"):
            parser.add_argument(name, default="", metavar="N")
        parser.add_argument("--apart", action="store_true")
        parser.add_argument("--json", action="store_true")

    def act(self, options: Namespace) -> None:
        names = ("vcpus", "memory_mib", "storage_gib")
        given = {name: getattr(options, name) for name in names}
        size = size_of({**given, "apart": "1" if options.apart else ""})
        pools = options.pools or [book.pool for book in current_books().ledgers]
        found = [fitting_of(pool, size) for pool in pools]
        if options.json:
            self.print_json([answer_of_fitting(one, size) for one in found])
            return
        for one in found:
            for line in fitting_lines(one):
                self.stdout.write(line)

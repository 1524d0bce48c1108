"""Write what plans are made from to a file."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from dcim.actions.plans.making import current_snapshot
from dcim.management.base import LumbungCommand, write_file
from dcim.planning.snapshot import encode


class Command(LumbungCommand):
    """`snapshot FILE`: the same record gives the same bytes."""

    help = "Write the pools, machines and apps that plans are made from to a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")

    def act(self, options: Namespace) -> None:
        snapshot = current_snapshot()
        write_file(options.file, encode(snapshot))
        self.stdout.write(
            _("%(file)s: %(apps)s apps and %(machines)s machines at serial %(serial)s.")
            % {
                "file": options.file,
                "apps": len(snapshot.apps),
                "machines": len(snapshot.vms),
                "serial": snapshot.serial,
            }
        )

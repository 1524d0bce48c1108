"""Load an illustrative data centre into an empty record."""

from __future__ import annotations

from argparse import Namespace

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from dcim.actions.changes import Actor
from dcim.actions.sample.paser import load_paser
from dcim.management.base import LumbungCommand, Progress


class Command(LumbungCommand):
    """`load_sample paser`."""

    help = "Load a sample into an empty record."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("sample", choices=["paser"])

    def act(self, options: Namespace) -> None:
        progress = Progress(self.stdout)
        try:
            loaded = load_paser(by=Actor.system("load_sample paser"), on_step=progress.step)
        finally:
            progress.end()
        self.stdout.write(
            _("%(offices)s offices, %(apps)s apps, %(hosts)s hosts, %(machines)s machines.")
            % {
                "offices": loaded.offices,
                "apps": loaded.apps,
                "hosts": loaded.hosts,
                "machines": loaded.machines,
            }
        )

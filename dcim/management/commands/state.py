"""Print what an object was at a time, as the change log holds it."""

from __future__ import annotations

from argparse import Namespace

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from dcim.actions.log.states import public_state, state_at
from dcim.management.base import LumbungCommand, moment


class Command(LumbungCommand):
    """`state KIND ID [--at TIME]`: JSON in the API's names; exit code 1 where it did not exist."""

    help = "Print an object as it was at a time, deleted ones too."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", metavar="KIND")
        parser.add_argument("id", type=int, metavar="ID")
        parser.add_argument("--at", type=moment, metavar="TIME", default=None)

    def act(self, options: Namespace) -> None:
        at = options.at or timezone.now()
        found = state_at(options.kind, options.id, at)
        if found.state is None:
            raise CommandError(
                _("There was no %(kind)s %(id)s at %(time)s.")
                % {"kind": options.kind, "id": options.id, "time": at.isoformat()}
            )
        self.print_json(public_state(options.kind, found.state))

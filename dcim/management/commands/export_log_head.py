"""Write down the head of the change log, to be kept where the database's keepers can't reach it."""

from __future__ import annotations

from argparse import Namespace

from django.utils.translation import gettext as _

from dcim.actions.log.heads import export_head
from dcim.management.base import LumbungCommand
from dcim.vocabulary.errors import UnknownThing


class Command(LumbungCommand):
    """`export_log_head`: append the head to the file of heads, and print it."""

    help = "Append the change log's head to the file of heads, and print it."

    def act(self, options: Namespace) -> None:
        head = export_head()
        if head is None:
            raise UnknownThing(_("Nothing was ever logged."), field="head")
        self.stdout.write(head.line())

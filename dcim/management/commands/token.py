"""Make an API token for a user."""

from __future__ import annotations

from argparse import Namespace

from django.core.management.base import CommandParser

from dcim.actions.accounts import create_token
from dcim.actions.changes import Actor
from dcim.management.base import LumbungCommand
from dcim.record.account import User
from dcim.vocabulary.errors import UnknownThing


class Command(LumbungCommand):
    """`token USER`: prints the token and nothing else."""

    help = "Print a new API token of a user, and nothing else."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", metavar="USER")

    def act(self, options: Namespace) -> None:
        user = User.objects.filter(username=options.user).first()
        if user is None:
            raise UnknownThing(
                f"No user is called “{options.user}”.",
                field="user",
                hint="The first one is called admin; ./manage.py serve makes it.",
            )
        self.stdout.write(create_token(user, by=Actor.system("token"), description="manage.py"))

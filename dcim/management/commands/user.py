"""Make users and change what they are: password, roles, office, lock."""

from __future__ import annotations

import getpass
import sys
from argparse import Namespace
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from dcim.actions import record
from dcim.actions.accounts.sign_in import unlock
from dcim.actions.accounts.users import create_user, give_roles, set_password
from dcim.actions.changes import Actor
from dcim.catalog.roles import ROLES
from dcim.management.base import LumbungCommand
from dcim.record.people.account import User
from dcim.record.people.organisation import Tenant
from dcim.vocabulary.errors import InvalidInput, UnknownThing


class Command(LumbungCommand):
    """`user NAME [--create] [--password] [--role ROLE ...] [--tenant SLUG] …`."""

    help = "Show a user; make one, or change password, roles, office, standing or lock."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", metavar="NAME")
        parser.add_argument("--create", action="store_true")
        parser.add_argument("--password", action="store_true")
        parser.add_argument("--role", action="append", metavar="ROLE", choices=[*ROLES, "none"])
        parser.add_argument("--tenant", metavar="SLUG")
        parser.add_argument("--unlock", action="store_true")
        standing = parser.add_mutually_exclusive_group()
        standing.add_argument("--deactivate", dest="active", action="store_false", default=None)
        standing.add_argument("--activate", dest="active", action="store_true", default=None)

    def act(self, options: Namespace) -> None:
        by = Actor.system("user")
        user = self._user(options, by)
        if options.password and not options.create:
            set_password(user, _password(), by=by)
        if options.role is not None:
            user = give_roles(user, [one for one in options.role if one != "none"], by=by)
        values = _values(options)
        if values:
            user = record.update(user, values, by=by)
        if options.unlock:
            unlock(user, by=by)
        self.stdout.write(describe(user))

    def _user(self, options: Namespace, by: Actor) -> User:
        found = User.objects.filter(username=options.user).first()
        if options.create and found is None:
            password = _password() if options.password else None
            return create_user({"username": options.user}, password=password, by=by)
        if options.create:
            raise InvalidInput(
                _("The user “%(name)s” is there already.") % {"name": options.user},
                field="user",
                hint=_("Leave out --create."),
            )
        if found is None:
            raise UnknownThing(
                _("No user is called “%(name)s”.") % {"name": options.user},
                field="user",
                hint=_("Make it with --create."),
            )
        return found


def describe(user: User) -> str:
    """A user on one line: standing, roles, office."""
    groups = ", ".join(user.groups.values_list("name", flat=True)) or _("no role")
    standing = _("may sign in") if user.is_active else _("deactivated")
    parts = [user.username, standing, _("superuser") if user.is_superuser else groups]
    return ", ".join([*parts, *([str(user.tenant)] if user.tenant else [])])


def _values(options: Namespace) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if options.active is not None:
        values["is_active"] = options.active
    if options.tenant is not None:
        values["tenant"] = _tenant(options.tenant)
    return values


def _tenant(slug: str) -> Tenant | None:
    if slug == "none":
        return None
    found = Tenant.objects.filter(slug=slug).first()
    if found is None:
        raise UnknownThing(
            _("There is no office “%(slug)s”.") % {"slug": slug},
            field="tenant",
            hint=_("Look up its slug in the list of tenants."),
        )
    return found


def _password() -> str:
    """What is typed unseen, or the first line of what is piped in; never an argument."""
    if sys.stdin.isatty():
        return getpass.getpass(_("New password: "))
    return sys.stdin.readline().rstrip("\n")

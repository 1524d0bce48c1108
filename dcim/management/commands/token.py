"""Make, list and revoke the API tokens of users."""

from __future__ import annotations

from argparse import Namespace
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from dcim.actions.accounts.users import create_token, revoke_token
from dcim.actions.changes import Actor
from dcim.management.base import LumbungCommand
from dcim.record.people.account import METHODS, ApiToken, TokenVersion, User
from dcim.vocabulary.errors import InvalidInput, UnknownThing

MOST_DAYS: Final = 3_650


class Command(LumbungCommand):
    """`token USER [--read-only] [--expires DAYS]`, `token --list USER`, `token --revoke KEY`.

    `token USER` prints the token and nothing else.
    """

    help = "Print a new API token of a user, and nothing else; or list or revoke tokens."

    def add_arguments(self, parser: CommandParser) -> None:
        deed = parser.add_mutually_exclusive_group(required=True)
        deed.add_argument("user", metavar="USER", nargs="?")
        deed.add_argument("--list", dest="listed", metavar="USER")
        deed.add_argument("--revoke", dest="revoked", metavar="KEY")
        parser.add_argument("--read-only", action="store_true")
        parser.add_argument("--from", dest="networks", action="append", metavar="NETWORK")
        parser.add_argument("--path", dest="paths", action="append", metavar="PREFIX")
        parser.add_argument("--method", dest="methods", action="append", choices=METHODS)
        parser.add_argument("--v1", action="store_true")
        parser.add_argument("--expires", type=int, metavar="DAYS")

    def act(self, options: Namespace) -> None:
        if options.user is None and _limits(options):
            raise InvalidInput(
                _("Only a new token can be limited."),
                field="user",
                hint=_("Name the user: token USER --read-only --expires DAYS."),
            )
        by = Actor.system("token")
        if options.listed is not None:
            for token in _user(options.listed).api_tokens.all():
                self.stdout.write(describe(token))
        elif options.revoked is not None:
            token = revoke_token(options.revoked, by=by)
            self.stdout.write(_("%(token)s is revoked.") % {"token": token})
        else:
            limits = {**_limits(options), "expires": _end(options.expires)}
            version = TokenVersion.V1 if limits.pop("v1", False) else TokenVersion.V2
            made = create_token(
                _user(options.user), by=by, description="manage.py", version=version, **limits
            )
            self.stdout.write(made)


def _limits(options: Namespace) -> dict[str, Any]:
    """What was asked for beyond a token that opens all its user may."""
    asked = {
        "read_only": options.read_only,
        "expires": options.expires,
        "allowed_ips": options.networks,
        "allowed_paths": options.paths,
        "allowed_methods": options.methods,
        "v1": options.v1,
    }
    return {name: value for name, value in asked.items() if value not in (None, False)}


def describe(token: ApiToken) -> str:
    """A token on one line: what it may, how long, and when it was last used."""
    used = _("last used %(day)s") % {"day": _day(token.last_used)} if token.last_used else ""
    parts = [
        str(token),
        _("reads and writes") if token.write_enabled else _("reads only"),
        _validity(token),
        *token.allowed_ips,
        *token.allowed_paths,
        *token.allowed_methods,
        used or _("never used"),
        token.description,
    ]
    return ", ".join(part for part in parts if part)


def _validity(token: ApiToken) -> str:
    if not token.enabled:
        return _("revoked")
    if token.expires is None:
        return _("without end")
    if token.is_valid():
        return _("until %(day)s") % {"day": _day(token.expires)}
    return _("expired %(day)s") % {"day": _day(token.expires)}


def _day(moment: datetime) -> str:
    return timezone.localtime(moment).date().isoformat()


def _end(days: int | None) -> datetime | None:
    if days is None:
        return None
    if not 0 < days <= MOST_DAYS:
        raise InvalidInput(
            _("A token can't be valid for %(days)s days.") % {"days": days},
            field="expires",
            hint=_("Write a number of days from 1 to %(most)s.") % {"most": MOST_DAYS},
        )
    return timezone.now() + timedelta(days=days)


def _user(name: str) -> User:
    user = User.objects.filter(username=name).first()
    if user is None:
        raise UnknownThing(
            _("No user is called “%(name)s”.") % {"name": name},
            field="user",
            hint=_("The first one is called admin; ./manage.py serve makes it."),
        )
    return user

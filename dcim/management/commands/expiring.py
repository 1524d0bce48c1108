"""Say which grants end soon, what draws on each and who is hit."""

from __future__ import annotations

from argparse import Namespace
from typing import Final

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from dcim.actions.grants.expiries import ExpiringAnswer, answer_of, expiring_grants
from dcim.management.base import LumbungCommand
from dcim.planning.grants.expiry import WARN_AT

FOUND: Final = 2


class Command(LumbungCommand):
    """`expiring [--within-days DAYS] [--json]`: exit code 2 where a grant ends soon or is over."""

    help = "List the grants that end soon or are over; exit with 2 when there are any."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--within-days", type=int, default=max(WARN_AT), metavar="DAYS")
        parser.add_argument("--json", action="store_true")

    def act(self, options: Namespace) -> None:
        found = [answer_of(one) for one in expiring_grants(within_days=options.within_days)]
        if options.json:
            self.print_json(found)
        else:
            for one in found:
                self.stdout.write(_line(one))
        if found:
            raise CommandError(
                _("%(count)s grants end soon or are over.") % {"count": len(found)},
                returncode=FOUND,
            )


def _line(one: ExpiringAnswer) -> str:
    values = {
        "grant": one["grant"],
        "day": one["valid_until"],
        "days": one["days_left"],
        "machines": len(one["machines"]),
        "apps": ", ".join(one["apps_down"]) or "–",
    }
    return (
        _("%(grant)s: until %(day)s (%(days)s days), %(machines)s machines, stops: %(apps)s")
        % values
    )

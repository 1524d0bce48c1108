"""Count what is drawn on every grant anew, tell what differs, and put it right."""

from __future__ import annotations

from argparse import Namespace

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from dcim.actions.changes import Actor
from dcim.actions.grants.counters import LedgerCheck, check_ledgers, repair_ledgers
from dcim.management.base import LumbungCommand


class Command(LumbungCommand):
    """`check_ledgers [--repair] [--json]`; exit code 1 when something is, or stays, wrong."""

    help = "Count what is drawn on every grant anew, and tell where its counters differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true")
        parser.add_argument("--json", action="store_true")

    def act(self, options: Namespace) -> None:
        found = check_ledgers()
        if options.repair and not found.is_clean:
            self._print(found, as_json=False)
            repair_ledgers(by=Actor.system("check_ledgers --repair"))
            found = check_ledgers()
        self._print(found, as_json=options.json)
        if not found.is_clean:
            raise CommandError(_("The ledgers of grants are wrong."))
        if not options.json:
            count = {"count": found.grants}
            self.stdout.write(_("%(count)s grants counted: every counter is right.") % count)

    def _print(self, found: LedgerCheck, *, as_json: bool) -> None:
        if as_json:
            self.print_json(_json_of(found))
            return
        for table in found.uncounted:
            self.stdout.write(
                _("%(table)s: a trigger is missing, so its writes are not counted.")
                % {"table": table}
            )
        for one in found.miscounts:
            told = _("%(grant)s: %(counter)s is %(kept)s, but comes to %(counted)s.") % {
                "grant": one.grant,
                "counter": one.counter,
                "kept": one.kept,
                "counted": one.counted,
            }
            over = _("That is beyond its ceiling: grant more, or move machines, then repair.")
            self.stdout.write(f"{told} {over}" if one.is_over else told)


def _json_of(found: LedgerCheck) -> dict[str, object]:
    return {
        "grants": found.grants,
        "uncounted": list(found.uncounted),
        "miscounts": [
            {
                "grant": one.grant.reference,
                "counter": one.counter,
                "kept": one.kept,
                "counted": one.counted,
                "beyond_ceiling": one.is_over,
            }
            for one in found.miscounts
        ],
    }

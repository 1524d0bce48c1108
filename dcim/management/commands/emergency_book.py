"""Make the emergency book, and bring it to where it can be read when nothing else can."""

from __future__ import annotations

import getpass
from argparse import Namespace

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from dcim.actions.emergency_book.making import Last, folder, make_emergency_book
from dcim.actions.emergency_book.reading import current_book
from dcim.management.base import LumbungCommand


class Command(LumbungCommand):
    """`emergency_book [--to FOLDER|URL] [--html-only] [--by NAME]`, or `--json` to look only."""

    help = "Make the emergency book (HTML and PDF), keep it, and bring it to a folder or address."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", metavar="FOLDER|URL")
        parser.add_argument("--html-only", action="store_true")
        parser.add_argument("--by", metavar="NAME")
        parser.add_argument("--json", action="store_true")

    def act(self, options: Namespace) -> None:
        if options.json:
            self.print_json(current_book().as_json())
            return
        by = options.by or getpass.getuser()
        last = make_emergency_book(by=by, to=options.to, html_only=options.html_only)
        for line in lines_of(last):
            self.stdout.write(line)


def lines_of(last: Last) -> list[str]:
    """What was made, and where it is."""
    lines = [
        _("Emergency book of change %(serial)s, digest %(digest)s.")
        % {"serial": last.serial, "digest": last.digest},
        *(f"  {folder() / name}" for name in last.files),
    ]
    if not any(name.endswith(".pdf") for name in last.files):
        lines.append(_("Without a PDF: not asked for, or too large for paper."))
    if last.sent_to:
        lines.append(_("Brought to %(target)s.") % {"target": last.sent_to})
    return lines

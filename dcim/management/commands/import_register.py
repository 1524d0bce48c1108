"""Import the offices and apps of a regency from two CSV files."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from dcim.actions.changes import Actor
from dcim.actions.refusals import writing
from dcim.actions.register.imports import import_apps, import_offices
from dcim.actions.register.rows import Row, read_rows
from dcim.management.base import LumbungCommand
from dcim.vocabulary.errors import BadRow, BadRows, InvalidInput


class Command(LumbungCommand):
    """`import_register [--offices FILE] [--apps FILE]`: both files, all or nothing."""

    help = "Import offices and apps from CSV files, all or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--offices", type=Path, metavar="FILE")
        parser.add_argument("--apps", type=Path, metavar="FILE")

    def act(self, options: Namespace) -> None:
        if options.offices is None and options.apps is None:
            raise InvalidInput(
                "No file was named.", field="file", hint="Name --offices FILE, --apps FILE or both."
            )
        by = Actor.system("import_register")
        with writing():
            offices = _import(options.offices, import_offices, by)
            apps = _import(options.apps, import_apps, by)
        self.stdout.write(
            _("%(offices)s offices and %(apps)s apps imported.")
            % {"offices": offices, "apps": apps}
        )


def _import(path: Path | None, action: Action, by: Actor) -> int:
    """How many rows of the file at `path` were imported; a row that is refused names the file."""
    if path is None:
        return 0
    try:
        return len(action(read_rows(path), by=by))
    except (BadRow, BadRows) as err:
        raise CommandError(f"{path}, {err}") from err


class Action(Protocol):
    """What imports rows."""

    def __call__(self, rows: Sequence[Row], *, by: Actor) -> Sequence[object]: ...

"""What every command shares: errors on one line with exit code 1, and steps with their time.

A command parses, calls one action or pure function, and prints. Texts go through gettext; `--json`
prints stable English keys.
"""

from __future__ import annotations

import json
import os
import sys
import time
from argparse import Namespace
from datetime import datetime
from pathlib import Path
from typing import Final

from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.db import Error as DatabaseError
from django.db import connections
from django.utils import timezone
from django.utils.translation import gettext as _

from dcim.planning.sentences import told_error
from dcim.vocabulary.errors import InvalidInput, LumbungError

INTERRUPTED: Final = 130  # what shells report for Ctrl-C


class LumbungCommand(BaseCommand):
    """A command whose refusals are one line on stderr."""

    requires_system_checks = ()  # they load every page and route; `make check` runs them

    def act(self, options: Namespace) -> None:
        """Do what the command is for."""
        raise NotImplementedError

    def handle(self, *_args: object, **options: object) -> None:
        """Run `act`; turn what a user can put right into a CommandError."""
        try:
            self.act(Namespace(**options))
        except LumbungError as err:
            raise CommandError(_one_line(told_error(err, _))) from err
        except DatabaseError as err:
            raise CommandError(_one_line(_database_trouble(err))) from err

    def run_from_argv(self, argv: list[str]) -> None:
        """Run from the command line: whatever is wrong is told on one line, with exit code 1."""
        try:
            parser = self.create_parser(argv[0], argv[1])
            options = vars(parser.parse_args(argv[2:]))
            self.execute(*options.pop("args", ()), **options)
        except CommandError as err:
            self.stderr.write(str(err))
            sys.exit(err.returncode)
        except BrokenPipeError:  # the reader of a pipe had enough; Python flushes once more
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        finally:
            connections.close_all()

    def print_json(self, content: object) -> None:
        """Print `content` as JSON for programs."""
        self.stdout.write(json.dumps(content, ensure_ascii=False, indent=2))


class Progress:
    """Tells each step as it begins, and its seconds when it has ended."""

    def __init__(self, out: OutputWrapper) -> None:
        self._out = out
        self._begun: float | None = None

    def step(self, label: str) -> None:
        """End the step before and begin the one called `label`."""
        self.end()
        self._begun = time.monotonic()
        self._out.write(f"{label} … ", ending="")
        self._out.flush()

    def end(self) -> None:
        """End the step that runs, if any."""
        if self._begun is not None:
            self._out.write(f"{time.monotonic() - self._begun:.1f} s")
            self._begun = None


def moment(text: str) -> datetime:
    """A day or a moment, where the data centre is unless it says otherwise."""
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else timezone.make_aware(read)


def write_file(path: Path, data: bytes) -> None:
    """Write `data` to `path`, wholly or not at all.

    Raises: InvalidInput when the file can't be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as err:
        beside.unlink(missing_ok=True)
        raise InvalidInput(
            f"{path} can't be written: {err.strerror}.",
            field="file",
            hint="Name a file in a folder that exists and is writable.",
        ) from err


def read_file(path: Path) -> bytes:
    """The content of `path`.

    Raises: InvalidInput when the file can't be read.
    """
    try:
        return path.read_bytes()
    except OSError as err:
        raise InvalidInput(
            f"{path} can't be read: {err.strerror}.",
            field="file",
            hint="Name a file that exists and is readable.",
        ) from err


def _database_trouble(err: DatabaseError) -> str:
    reason = str(err).strip().rstrip(".?")
    return _("The database can't be used: %(reason)s. Check %(setting)s, or run %(command)s.") % {
        "reason": reason,
        "setting": "DATABASE_URL",
        "command": "./manage.py migrate",
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())

"""Plan many regencies at once, under one ceiling on what the PDN may be asked."""

from __future__ import annotations

import signal
import time
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from django.core.management.base import CommandParser, OutputWrapper
from django.utils.translation import gettext as _

from dcim.management.base import LumbungCommand, read_file, write_file
from dcim.management.regencies_report import as_lines
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.regencies.ceiling import ceiling_of
from dcim.planning.regencies.document import answer, encode
from dcim.planning.regencies.nation import NationalPlan, plan_regencies
from dcim.planning.regencies.regency import Regency
from dcim.planning.regencies.workers import dask_at, dask_here
from dcim.planning.solver import LIMIT, Effort
from dcim.vocabulary.errors import InvalidInput

SUMMARY = "regencies.json"


class Command(LumbungCommand):
    """`plan_regencies SNAPSHOT|FOLDER ... --ceiling vcpus=N,memory=NGiB,storage=NTiB`.

    Also `--scheduler ADDRESS`, `--threads N`, `--stance NAME`, `--limit SECONDS`, `--output FOLDER`
    and `--json`. Touches no database. Ctrl-C ends the search with the best so far; twice, at once.
    """

    help = "Plan many regencies at once, under one ceiling on what the PDN may be asked."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("snapshots", nargs="+", type=Path, metavar="SNAPSHOT|FOLDER")
        parser.add_argument("--ceiling", required=True, metavar="AMOUNTS")
        parser.add_argument("--scheduler", metavar="ADDRESS")
        parser.add_argument("--threads", type=int, metavar="N")
        parser.add_argument("--limit", type=float, default=LIMIT, metavar="SECONDS")
        parser.add_argument("--output", type=Path, metavar="FOLDER")
        parser.add_argument("--json", action="store_true")
        parser.add_argument(
            "--stance",
            default=Stance.AS_DECLARED.value,
            choices=[stance.value for stance in Stance],
        )

    def act(self, options: Namespace) -> None:
        ceiling = ceiling_of(options.ceiling)
        regencies = [Regency.of(one.stem, read_file(one)) for one in _files(options.snapshots)]
        begun = time.monotonic()
        with _watching(self.stderr) as watch:
            effort = Effort(limit_s=options.limit, watch=watch)
            reached = (
                dask_at(options.scheduler) if options.scheduler else dask_here(options.threads)
            )
            with reached as workers:
                found = plan_regencies(
                    regencies,
                    ceiling,
                    workers,
                    stance=Stance(options.stance),
                    effort=effort,
                )
        seconds = time.monotonic() - begun
        if options.output is not None:
            _write(options.output, found)
        if options.json:
            self.print_json(answer(found))
            return
        for line in as_lines(found, seconds):
            self.stdout.write(line)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """The snapshot files, those of folders by name.

    Raises: InvalidInput: a folder holds none.
    """
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        files = sorted(path.glob("*.json"))
        if not files:
            raise InvalidInput(
                f"{path} holds no snapshots.",
                field="snapshots",
                hint="Write one for each regency with ./manage.py snapshot REGENCY.json.",
            )
        yield from files


def _write(folder: Path, found: NationalPlan) -> None:
    """The plan of every regency and, last, of all."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise InvalidInput(
            f"{folder} can't be made: {err.strerror}.",
            field="output",
            hint="Name a folder, or one that can be made.",
        ) from err
    for share in found.shares:
        write_file(folder / f"{share.name}.plan.json", share.plan.document)
    write_file(folder / SUMMARY, encode(found))


class _Terminal:
    """Tells how far the work is, and that Ctrl-C was pressed."""

    def __init__(self, out: OutputWrapper) -> None:
        self.out, self.stopped, self.told = out, False, ""
        self.is_live = out.isatty()

    def report(self, done: int, total: int, text: str = "") -> None:
        """One line that changes on a terminal; elsewhere a line per step."""
        if self.is_live:
            self.out.write(f"\r\x1b[K{done}/{total} {text}", ending="")
            self.out.flush()
        elif text != self.told:
            self.out.write(f"{text} …")
        self.told = text

    def is_stopped(self) -> bool:
        """Whether Ctrl-C was pressed."""
        return self.stopped

    def stop(self, _signal: int, _frame: FrameType | None) -> None:
        """Stop; the next Ctrl-C ends the command at once."""
        self.stopped = True
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.out.write("\n" + _("Stopping with the best so far; press Ctrl-C again to end now."))


@contextmanager
def _watching(out: OutputWrapper) -> Iterator[_Terminal]:
    watch = _Terminal(out)
    before = signal.signal(signal.SIGINT, watch.stop)
    try:
        yield watch
    finally:
        signal.signal(signal.SIGINT, before)
        if watch.is_live:
            out.write("\r\x1b[K", ending="")

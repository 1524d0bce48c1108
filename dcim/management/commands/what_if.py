"""Say what a scenario changes: ledgers, N+1, apps that come back, the ask; when pools are full."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from dcim.actions.rules.scenarios import scenario_of
from dcim.actions.scenarios.standings import day_of_text, scenario_called
from dcim.management.base import LumbungCommand, read_file
from dcim.planning.estate import Snapshot
from dcim.planning.load.record import load_snapshot
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.scenarios.answers import answer_of_difference, answer_of_series
from dcim.planning.scenarios.apply import apply
from dcim.planning.scenarios.overlays import Scenario
from dcim.planning.scenarios.overlays import parse as parse_scenario
from dcim.planning.scenarios.series import FullDay, Series, series
from dcim.planning.scenarios.standing import Difference, LineChange, difference, standing
from dcim.planning.snapshot import parse
from dcim.vocabulary.amounts import Amounts


class Command(LumbungCommand):
    """`what_if FILE|NAME [--with FILE|NAME] [--on DATE] [--years N] [--from SNAPSHOT] …`.

    A scenario file against the record, a snapshot file, or another scenario; nothing is written.
    """

    help = "Say what a scenario changes, and when pools run full in it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("scenario", metavar="FILE|NAME")
        parser.add_argument("--with", dest="other", metavar="FILE|NAME")
        parser.add_argument("--on", type=day_of_text, metavar="DATE")
        parser.add_argument("--years", type=int, metavar="N")
        parser.add_argument("--from", dest="snapshot", type=Path, metavar="SNAPSHOT")
        parser.add_argument(
            "--stance",
            default=Stance.AS_DECLARED.value,
            choices=[stance.value for stance in Stance],
        )
        parser.add_argument("--json", action="store_true")

    def act(self, options: Namespace) -> None:
        file = options.snapshot
        snapshot = load_snapshot() if file is None else parse(read_file(file))
        scenario = _scenario(options.scenario)
        if options.years is not None:
            found = series(snapshot, scenario, years=options.years)
            answer: object = answer_of_series(found, snapshot.serial)
            lines = _series_lines(found)
        else:
            compared, names = _compared(snapshot, scenario, options)
            answer = answer_of_difference(compared, names, snapshot.serial)
            lines = _lines(compared, names)
        if options.json:
            self.print_json(answer)
            return
        for line in lines:
            self.stdout.write(line)


def _scenario(named: str) -> Scenario:
    """From a file where there is one of that name, else the stored one."""
    path = Path(named)
    if path.suffix == ".json" or path.is_file():
        return parse_scenario(read_file(path))
    return scenario_of(scenario_called(named))


def _compared(
    snapshot: Snapshot, scenario: Scenario, options: Namespace
) -> tuple[Difference, tuple[str, str]]:
    day = options.on or max(scenario.base_date, snapshot.as_of or timezone.localdate())
    other = _scenario(options.other) if options.other else _nothing(day)
    stance = Stance(options.stance)
    sides = [standing(apply(snapshot, one, on=day), stance) for one in (other, scenario)]
    return difference(*sides), (other.name, scenario.name)


def _nothing(day: date) -> Scenario:
    return Scenario(name=_("the record"), base_date=day)


def _lines(found: Difference, names: tuple[str, str]) -> Iterator[str]:
    yield _("%(day)s: “%(after)s” against “%(before)s”") % {
        "day": found.after.on,
        "before": names[0],
        "after": names[1],
    }
    if found.is_empty:
        yield _("Nothing changes.")
        return
    yield from (_line(one) for one in found.lines)
    for one in found.survivals:
        yield f"  {one.cluster:<24} N+1: {one.before or '–'} → {one.after or '–'}"
    yield _("Weight that comes back: %(before)s before, %(after)s after") % {
        "before": found.weight[0],
        "after": found.weight[1],
    }
    changes = [*(f"+{code}" for code in found.gained), *(f"-{code}" for code in found.lost)]
    if changes:
        yield f"  {' '.join(changes)}"
    yield _("Asked: %(before)s before, %(after)s after") % {
        "before": _text(found.asked[0]),
        "after": _text(found.asked[1]),
    }


def _line(one: LineChange) -> str:
    figures = [
        "–" if line is None else f"{line.used + line.planned}/{line.inventory.capacity}"
        for line in (one.before, one.after)
    ]
    closed = "" if one.is_open or not one.was_open else " " + _("(closed)")
    return f"  {one.pool:<24} {one.resource_class:<12} {figures[0]:>17} → {figures[1]}{closed}"


def _series_lines(found: Series) -> Iterator[str]:
    yield _("When nothing is free any more, from %(first)s to %(last)s:") % {
        "first": found.points[0].on,
        "last": found.points[-1].on,
    }
    yield from (f"  {one.pool:<24} {one.resource_class:<12} {_full(one)}" for one in found.full)


def _full(one: FullDay) -> str:
    if one.on is None:
        return _("not in these years")
    return f"{one.on} {_('(closed)')}" if one.is_closed else str(one.on)


def _text(amounts: Amounts) -> str:
    return f"{amounts.vcpus} vCPU, {amounts.memory_mib} MiB, {amounts.storage_gib} GiB"

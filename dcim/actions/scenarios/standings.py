"""How things stand in a scenario: laid over the record as it is now, asked for any day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from dcim.actions.rights import may_all, visible
from dcim.actions.rules.scenarios import scenario_of
from dcim.graph.load.record import current_graph
from dcim.planning.capacity.dates import on_day
from dcim.planning.estate import Snapshot
from dcim.planning.load.hosts import load_hosts
from dcim.planning.load.record import load_snapshot
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.scenarios.apply import apply
from dcim.planning.scenarios.falling import Falls, falls
from dcim.planning.scenarios.series import MOST_YEARS, Series, series
from dcim.planning.scenarios.standing import Difference, Standing, difference, standing
from dcim.planning.watch import UNWATCHED, Watch
from dcim.record.log.reading import one_view
from dcim.record.networks.virtualization import Cluster
from dcim.record.people.account import User
from dcim.record.planner.scenarios import Scenario
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.errors import InvalidInput, NotPermitted, UnknownThing
from dcim.vocabulary.things import Ref

KEPT: Final = 16


def estate_of(row: Scenario | None, on: date) -> Snapshot:
    """The record as it is now, with the scenario laid over it, on a day; without one, the record.

    Raises: InvalidInput for a day before the base date; BadDocument for what can't be laid.
    """
    snapshot = load_snapshot()
    if row is None:
        return on_day(snapshot, on)
    return apply(snapshot, scenario_of(row), on=on)


def standing_of(row: Scenario | None, on: date, stance: Stance = Stance.AS_DECLARED) -> Standing:
    """The answers for a scenario on a day, or for the record.

    Notes: the last few are kept in this process, by what they were made of.
    """
    return _kept(estate_of(row, on), stance)


def compare_with(
    row: Scenario, other: Scenario | None, on: date, stance: Stance = Stance.AS_DECLARED
) -> Difference:
    """What is otherwise in the scenario than in the other one, or than in the record."""
    return difference(standing_of(other, on, stance), standing_of(row, on, stance))


def falls_of(row: Scenario | None, on: date, failed: Sequence[Ref] = ()) -> Falls:
    """What falls in the scenario on the day, or in the record, when `failed` fail beside it.

    Raises: as `estate_of`; UnknownThing for what is not in the graph.
    """
    with one_view():
        graph, snapshot, hosts = current_graph(), load_snapshot(), load_hosts()
    laid = None if row is None else scenario_of(row)
    then = on_day(snapshot, on) if laid is None else apply(snapshot, laid, on=on)
    return falls(graph, snapshot, then, hosts, laid, failed)


def series_of(row: Scenario, years: int = MOST_YEARS, watch: Watch = UNWATCHED) -> Series:
    """The scenario along time, from its base date on."""
    return series(load_snapshot(), scenario_of(row), years=years, watch=watch)


def day_asked(text: str, row: Scenario) -> date:
    """The day that is asked for; unless given, today or the base date, whichever is later.

    Raises: InvalidInput.
    """
    return day_of_text(text) if text else max(row.base_date, timezone.localdate())


def day_of_text(text: str) -> date:
    """A day as it is written in addresses and on the command line.

    Raises: InvalidInput.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as err:
        raise InvalidInput(
            _("“%(text)s” is not a date.") % {"text": text},
            field="on",
            hint=_("Write year, month and day, like 2027-12-31."),
        ) from err


def stance_asked(text: str) -> Stance:
    """The stance that is asked for, as declared unless given.

    Raises: InvalidInput.
    """
    if text and text not in set(Stance):
        raise InvalidInput(
            _("“%(text)s” is not a stance.") % {"text": text},
            field="stance",
            hint=_("Choose one of: %(known)s.") % {"known": ", ".join(Stance)},
        )
    return Stance(text) if text else Stance.AS_DECLARED


def scenario_seen(pk: int, reader: User) -> Scenario:
    """The scenario with the id, for who sees it, and all pools and apps that it tells of.

    Raises: UnknownThing, NotPermitted.
    """
    row = visible(Scenario.objects.filter(pk=pk), reader).first()
    if row is None:
        raise _unknown(str(pk))
    if not (may_all(reader, "view", ServiceApp) and may_all(reader, "view", Cluster)):
        raise NotPermitted(
            _("This tells of all apps and pools; your account sees a part of them only."),
            hint=_("Ask an administrator for the right."),
        )
    return row


def other_seen(text: str, reader: User) -> Scenario | None:
    """The scenario to compare with, by its id; None for the record.

    Raises: UnknownThing, NotPermitted.
    """
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise _unknown(text)
    return scenario_seen(int(text), reader)


def scenario_called(name: str) -> Scenario:
    """The scenario of that name.

    Raises: UnknownThing.
    """
    row = Scenario.objects.filter(name=name).first()
    if row is None:
        raise _unknown(name)
    return row


def _unknown(name: str) -> UnknownThing:
    return UnknownThing(
        _("There is no scenario %(name)s.") % {"name": name},
        field="scenario",
        hint=_("Look it up in the list."),
    )


@lru_cache(maxsize=KEPT)
def _kept(snapshot: Snapshot, stance: Stance) -> Standing:
    return standing(snapshot, stance)

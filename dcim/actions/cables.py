"""Plug cables: one kind of endpoint on each side, one cable in each endpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Final

from django.db.models import Model
from django.utils.translation import gettext as _

from dcim.actions import record
from dcim.actions.changes import Actor, Change, log_changes, state_of
from dcim.actions.refusals import writing
from dcim.record.equipment.cables import (
    FIELD_OF_ENDPOINT,
    MODEL_OF_FIELD,
    Cable,
    CableTermination,
    Endpoint,
)
from dcim.record.equipment.devices import Interface
from dcim.record.equipment.ports import ConsolePort, ConsoleServerPort, FrontPort, RearPort
from dcim.record.equipment.power import PowerFeed, PowerOutlet, PowerPort
from dcim.vocabulary.choices import CableEnd
from dcim.vocabulary.errors import InvalidInput

Side = Sequence[Endpoint]
Link = tuple[Side, Side, record.Values]
PANEL: Final = frozenset({FrontPort, RearPort})
SERIAL: Final = frozenset({ConsolePort, ConsoleServerPort})
# Network goes to network, serial lines to serial lines, both by way of panels; a power port is fed
# by an outlet or straight by a feed.
MATES: Final[Mapping[type[Model], frozenset[type[Model]]]] = {
    Interface: frozenset({Interface}) | PANEL,
    ConsolePort: frozenset({ConsoleServerPort}) | PANEL,
    ConsoleServerPort: frozenset({ConsolePort}) | PANEL,
    FrontPort: frozenset({Interface}) | SERIAL | PANEL,
    RearPort: frozenset({Interface}) | SERIAL | PANEL,
    PowerPort: frozenset({PowerOutlet, PowerFeed}),
    PowerOutlet: frozenset({PowerPort}),
    PowerFeed: frozenset({PowerPort}),
}
SIDES: Final = {CableEnd.A: "a_terminations", CableEnd.B: "b_terminations"}


def connect(a: Endpoint, b: Endpoint, values: record.Values, *, by: Actor) -> Cable:
    """A new cable from `a` to `b`.

    Raises: InvalidInput when an endpoint has a cable already or the two can't be mated.
    """
    return connect_many([(a, b, values)], by=by)[0]


def connect_many(
    links: Sequence[tuple[Endpoint, Endpoint, record.Values]], *, by: Actor
) -> list[Cable]:
    """New cables, all or none; see `connect`."""
    return connect_sides([([a], [b], values) for a, b, values in links], by=by)


def connect_sides(links: Sequence[Link], *, by: Actor, messages: Sequence[str] = ()) -> list[Cable]:
    """New cables, all or none, each with the endpoints of its two sides; see `connect`."""
    with writing():
        values = [one for _, _, one in links]
        cables = record.create_many(Cable, values, by=by, messages=messages)
        sides = [(cable, a, b) for cable, (a, b, _) in zip(cables, links, strict=True)]
        _plug(sides, by)
    return cables


def reconnect(cable: Cable, sides: Mapping[CableEnd, Side], *, by: Actor) -> None:
    """Move `cable` to the endpoints of `sides`; a side that is not named stays as it is.

    Raises: InvalidInput as for `connect`.
    """
    with writing():
        Cable.objects.select_for_update(of=("self",)).filter(pk=cable.pk).first()
        plugged = list(CableTermination.objects.filter(cable=cable).select_related(*MODEL_OF_FIELD))
        ends = {end: [one.endpoint for one in plugged if one.end == end] for end in CableEnd}
        wanted = ends | {end: list(endpoints) for end, endpoints in sides.items()}
        if wanted == ends:
            return
        gone = [Change(one, one.pk, state_of(one), None, str(one)) for one in plugged]
        CableTermination.objects.filter(cable=cable).delete()
        log_changes(gone, by=by)
        _plug([(cable, wanted[CableEnd.A], wanted[CableEnd.B])], by)


def update_many(
    changes: Sequence[tuple[Cable, record.Values]],
    moves: Sequence[tuple[Cable, Mapping[CableEnd, Side]]],
    *,
    by: Actor,
    messages: Sequence[str] = (),
) -> list[Cable]:
    """The cables of `changes` with new values, and moved as `moves` say, all or none.

    Raises: as `record.update_many` and `reconnect`.
    """
    with writing():
        for cable, sides in moves:
            if sides:
                reconnect(cable, sides, by=by)
        return record.update_many(Cable, changes, by=by, messages=messages)


def _plug(sides: Sequence[tuple[Cable, Side, Side]], by: Actor) -> None:
    for _cable, a, b in sides:
        _check_mates(a, b)
    _check_free(SIDES[CableEnd.A], [one for _, a, _ in sides for one in a])
    _check_free(SIDES[CableEnd.B], [one for _, _, b in sides for one in b])
    rows = [
        {"cable": cable, "end": end.value, FIELD_OF_ENDPOINT[type(one)]: one}
        for cable, a, b in sides
        for end, side in ((CableEnd.A, a), (CableEnd.B, b))
        for one in side
    ]
    record.create_many(CableTermination, rows, by=by)


def _check_mates(a: Side, b: Side) -> None:
    for one, other in product(a, b):
        if type(other) not in MATES[type(one)] or one == other:
            raise InvalidInput(
                _("%(a)s can't be plugged into %(b)s.") % {"a": named(one), "b": named(other)},
                field="b_terminations",
                hint=_("Plug interfaces into interfaces, and power ports into outlets or feeds."),
            )
    for end, side in ((CableEnd.A, a), (CableEnd.B, b)):
        if len({type(one) for one in side}) > 1 or len(set(side)) < len(side):
            raise InvalidInput(
                _("One side of a cable ends in different endpoints of one kind."),
                field=SIDES[end],
                hint=_("Name each endpoint once."),
            )


def _check_free(side: str, endpoints: Sequence[Endpoint]) -> None:
    """Refuse endpoints that have a cable, with one query per kind of endpoint."""
    for model, field in FIELD_OF_ENDPOINT.items():
        keys = [one.pk for one in endpoints if isinstance(one, model)]
        plugged = CableTermination.objects.filter(**{f"{field}__in": keys})
        taken = plugged.select_related(field).first() if keys else None
        if taken is not None:
            raise InvalidInput(
                _("%(endpoint)s has a cable already.") % {"endpoint": named(taken.endpoint)},
                field=side,
                hint=_("Remove that cable first."),
            )


def named(endpoint: Endpoint) -> str:
    """An endpoint with the kind of thing it is, as a sentence names it."""
    return f"{endpoint._meta.verbose_name} {endpoint}"

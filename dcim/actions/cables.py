"""Plug cables: one termination on each side, one cable in each endpoint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Model
from django.utils.translation import gettext as _

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.actions.refusals import writing
from dcim.record.cables import Cable, CableTermination
from dcim.record.devices import Interface
from dcim.record.power import PowerFeed, PowerOutlet, PowerPort
from dcim.vocabulary.choices import CableEnd
from dcim.vocabulary.errors import InvalidInput

Endpoint = Interface | PowerPort | PowerOutlet | PowerFeed

FIELD_OF_ENDPOINT: Final[dict[type[Model], str]] = {
    Interface: "interface",
    PowerPort: "power_port",
    PowerOutlet: "power_outlet",
    PowerFeed: "power_feed",
}
# Network goes to network; a power port is fed by an outlet or straight by a feed.
MATES: Final[dict[type[Model], frozenset[type[Model]]]] = {
    Interface: frozenset({Interface}),
    PowerPort: frozenset({PowerOutlet, PowerFeed}),
    PowerOutlet: frozenset({PowerPort}),
    PowerFeed: frozenset({PowerPort}),
}


def connect(a: Endpoint, b: Endpoint, values: record.Values, *, by: Actor) -> Cable:
    """A new cable from `a` to `b`.

    Raises: InvalidInput when an endpoint has a cable already or the two can't be mated.
    """
    return connect_many([(a, b, values)], by=by)[0]


def connect_many(
    links: Sequence[tuple[Endpoint, Endpoint, record.Values]], *, by: Actor
) -> list[Cable]:
    """New cables, all or none; see `connect`."""
    for a, b, _values in links:
        _check_mates(a, b)
    with writing():
        _check_free("a_terminations", [a for a, _, _ in links])
        _check_free("b_terminations", [b for _, b, _ in links])
        cables = record.create_many(Cable, [values for _, _, values in links], by=by)
        ends: list[dict[str, Any]] = []
        for cable, (a, b, _) in zip(cables, links, strict=True):
            ends.append({"cable": cable, "end": CableEnd.A.value, FIELD_OF_ENDPOINT[type(a)]: a})
            ends.append({"cable": cable, "end": CableEnd.B.value, FIELD_OF_ENDPOINT[type(b)]: b})
        record.create_many(CableTermination, ends, by=by)
    return cables


def _check_mates(a: Endpoint, b: Endpoint) -> None:
    if type(b) not in MATES[type(a)] or a == b:
        raise InvalidInput(
            _("%(a)s can't be plugged into %(b)s.") % {"a": named(a), "b": named(b)},
            field="b_terminations",
            hint=_("Plug interfaces into interfaces, and power ports into outlets or feeds."),
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

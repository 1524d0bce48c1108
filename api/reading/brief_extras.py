"""What briefs show beside stored fields: the cable in an endpoint, the members of a chassis."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from django.db.models import Count, Model

from api.reading.briefs import CABLE, MEMBERS, OCCUPIED, extras_of
from api.reading.fetching import Source, statement
from api.reading.page import Column, Finish, Page, Reader
from dcim.record.equipment.cables import FIELD_OF_ENDPOINT, Cable, CableTermination
from dcim.record.equipment.devices import Device


@cache
def extra_readers(model: type[Model]) -> Mapping[str, Reader]:
    """How what briefs of `model` show beside its fields is read, by its name."""
    return {name: READERS[name](model) for name in extras_of(model)}


def _plugged(model: type[Model], page: Page) -> Mapping[int, int]:
    """The cable in each endpoint of the page that has one, asked once per page."""
    column = f"{FIELD_OF_ENDPOINT[model]}_id"
    ends = statement(CableTermination, (column, "cable_id"), key=column)
    found: dict[int, int] = page.once(_plugged, lambda: _pairs(ends.rows(page.keys)))
    return found


def _pairs(rows: Sequence[Sequence[int]]) -> dict[int, int]:
    return {end: cable for end, cable in rows}  # noqa: C416  a row is a sequence, no pair


class InCable:
    """The cable in an endpoint, as its brief."""

    columns: Sequence[Source] = ()
    shows = (Cable,)

    def __init__(self, model: type[Model]) -> None:
        self.model = model

    def read(self, page: Page) -> Finish:
        plugged = _plugged(self.model, page)
        seen = page.references.seen_keys(Cable, plugged.values())
        fragment = page.references.want(Cable, seen)
        cables = {end: cable for end, cable in plugged.items() if cable in seen}
        return lambda: [fragment(cables.get(key)) for key in page.keys]


class Occupied:
    """Whether a cable is in an endpoint, or is said to be."""

    columns: Sequence[Source] = ("mark_connected",)
    shows: Sequence[type[Model]] = ()

    def __init__(self, model: type[Model]) -> None:
        self.model = model

    def read(self, page: Page) -> Finish:
        plugged, marked = _plugged(self.model, page), page.column("mark_connected")
        return lambda: [
            is_marked or key in plugged for key, is_marked in zip(page.keys, marked, strict=True)
        ]


class MemberCount:
    """How many devices stand in a chassis."""

    columns: Sequence[Source] = ()
    shows: Sequence[type[Model]] = ()

    def __init__(self, model: type[Model]) -> None:
        self.model = model

    def read(self, page: Page) -> Finish:
        return lambda: self._counts(page)

    def _counts(self, page: Page) -> Column:
        devices = page.references.seen(Device.objects.order_by())
        members = devices.filter(virtual_chassis__in=page.keys)
        counts = dict(members.values_list("virtual_chassis").annotate(Count("pk")))
        return [counts.get(key, 0) for key in page.keys]


READERS: Final[Mapping[str, Callable[[type[Model]], Reader]]] = {
    CABLE: InCable,
    OCCUPIED: Occupied,
    MEMBERS: MemberCount,
}
SHAPES: Final[Mapping[str, dict[str, Any]]] = {
    OCCUPIED: {"type": "boolean"},
    MEMBERS: {"type": "integer"},
}

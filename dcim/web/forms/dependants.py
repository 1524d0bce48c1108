"""What hangs on an object: the parts that go with it, and what keeps it from being deleted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from django.db.models import Model, ProtectedError
from django.db.models.deletion import Collector
from django.utils.text import capfirst

from dcim.catalog import BY_MODEL
from dcim.web.values import formats
from dcim.web.values.formats import Shown

MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Kind:
    """Dependants of one kind: the first of them and how many there are."""

    label: str
    first: list[Shown]
    count: int


@dataclass(frozen=True, slots=True)
class Dependants:
    """`parts` go with the object; while there are `keepers`, it stays."""

    parts: list[Kind]
    keepers: list[Kind]


def dependants_of(obj: Model) -> Dependants:
    """What would go with `obj`, and what forbids that it goes."""
    collector = Collector(using="default", origin=obj)
    try:
        collector.collect([obj])
    except ProtectedError as err:
        return Dependants([], _by_kind(err.protected_objects))
    collected = chain(
        chain.from_iterable(collector.data.values()),
        chain.from_iterable(collector.fast_deletes),
    )
    return Dependants(_by_kind(one for one in collected if one != obj), [])


def _by_kind(objects: Iterable[Model]) -> list[Kind]:
    found: dict[type[Model], list[Model]] = {}
    for one in objects:
        if type(one) in BY_MODEL:
            found.setdefault(type(one), []).append(one)
    return [_kind(model, some) for model, some in found.items()]


def _kind(model: type[Model], objects: list[Model]) -> Kind:
    label = str(capfirst(model._meta.verbose_name_plural))
    named = [formats.shown_object(one) for one in objects[:MOST_NAMED]]
    return Kind(label, named, len(objects))

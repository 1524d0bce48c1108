"""Readers: how each kind of value is made for a whole page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import orjson
from django.db import models
from django.db.models import Model

from api.reading.briefs import Make, pair_of, related
from api.reading.display import names_in, unfilled
from api.reading.fetching import Source, statement
from api.reading.page import Column, Finish, Page, Reader
from api.reading.texts import JSONText, MomentText
from dcim.catalog import BY_MODEL, RESOURCES
from dcim.catalog.resource import AnyField

NO_MODELS: Final[tuple[type[Model], ...]] = ()


@dataclass(frozen=True, slots=True)
class Ids:
    """The row's own id."""

    columns: Sequence[Source] = ("id",)
    shows: Sequence[type[Model]] = NO_MODELS

    def read(self, page: Page) -> Finish:
        return lambda: page.keys


@dataclass(frozen=True, slots=True)
class Address:
    """Where the object is found: the answer's root, the resource's path, the id."""

    path: str
    for_programs: bool
    columns: Sequence[Source] = ()
    shows: Sequence[type[Model]] = NO_MODELS

    def read(self, page: Page) -> Finish:
        root = page.references.api_root if self.for_programs else page.references.pages_root
        start = f"{root}{self.path}/"
        return lambda: [f"{start}{pk}/" for pk in page.keys]


def address_of(model: type[Model], *, for_programs: bool) -> Address:
    """Where objects of `model` are found."""
    return Address(BY_MODEL[model].path, for_programs)


@dataclass(frozen=True, slots=True)
class Constant:
    """One value, whatever the object."""

    value: Any
    columns: Sequence[Source] = ()
    shows: Sequence[type[Model]] = NO_MODELS

    def read(self, page: Page) -> Finish:
        return lambda: [self.value] * len(page.keys)


class Values:
    """A stored value, as it is or converted; unset stays unset."""

    shows = NO_MODELS

    def __init__(self, column: Source, convert: Callable[[Any], Any] | None = None) -> None:
        self.columns = (column,)
        self.convert = convert

    def read(self, page: Page) -> Finish:
        stored, convert = page.column(self.columns[0]), self.convert
        if convert is None:
            return lambda: stored
        return lambda: [None if one is None else convert(one) for one in stored]


class Mapped:
    """A value of its own for each stored value of a closed list, encoded once."""

    shows = NO_MODELS

    def __init__(self, column: str, make: Callable[[Any], Any]) -> None:
        self.columns = (column,)
        self.made = _Made(make)

    def read(self, page: Page) -> Finish:
        made = self.made
        return lambda: [made[one] for one in page.column(self.columns[0])]


class _Made(dict[Any, Any]):
    """What `make` makes of a value, encoded; only what is stored is ever asked for."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, value: Any) -> Any:
        made = self._make(value)
        found = made if made is None else orjson.Fragment(orjson.dumps(made))
        if len(self) < 1000:  # the list is closed, the database need not be
            self[value] = found
        return found


class One:
    """What a reference points at, as its brief."""

    def __init__(self, column: str, model: type[Model]) -> None:
        self.columns = (column,)
        self.shows = (model,)

    def read(self, page: Page) -> Finish:
        keys = page.column(self.columns[0])
        fragment = page.references.want(self.shows[0], keys)
        return lambda: [fragment(key) for key in keys]


class FirstOf:
    """What the first set of several references points at, as its brief."""

    def __init__(self, members: Mapping[str, type[Model]]) -> None:
        self.columns = tuple(members)
        self.shows = tuple(dict.fromkeys(members.values()))
        self.members = [One(column, model) for column, model in members.items()]

    def read(self, page: Page) -> Finish:
        each = [one.read(page) for one in self.members]
        return lambda: first_set([finish() for finish in each])


class FirstSet:
    """The first set one of several stored values, or what stands for its column."""

    shows = NO_MODELS

    def __init__(self, columns: Sequence[str], instead: Sequence[Any] | None = None) -> None:
        self.columns = tuple(columns)
        self.instead = instead

    def read(self, page: Page) -> Finish:
        stored = [page.column(name) for name in self.columns]
        if self.instead is not None:
            pairs = zip(stored, self.instead, strict=True)
            stored = [[None if one is None else word for one in column] for column, word in pairs]
        return lambda: first_set(stored)


def first_set(columns: Sequence[Column]) -> Column:
    """Row by row, the first value that is set."""
    if len(columns) == 1:
        return columns[0]
    return [next((one for one in row if one is not None), None) for row in zip(*columns)]  # noqa: B905


class Many:
    """Several objects that a row refers to, as briefs in their own order."""

    columns: Sequence[Source] = ()

    def __init__(self, one: Any) -> None:
        self.shows = (related(one),)
        self.through: type[Model] = one.remote_field.through
        self.source, self.target = one.m2m_field_name(), one.m2m_reverse_field_name()

    def read(self, page: Page) -> Finish:
        columns = (f"{self.source}_id", f"{self.target}_id")
        links = statement(self.through, columns, key=columns[0], order=(self.target,))
        targets: dict[int, list[int]] = {}
        for owner, target in links.rows(page.keys):
            targets.setdefault(owner, []).append(target)
        keys = {key for found in targets.values() for key in found}
        fragment = page.references.want(self.shows[0], keys)
        return lambda: [
            [fragment(target) for target in targets.get(owner, ())] for owner in page.keys
        ]


class Made:
    """What is made for all objects of a page at once."""

    columns: Sequence[Source] = ()
    shows = NO_MODELS

    def __init__(self, make: Make, missing: Any) -> None:
        self.make = make
        self.missing = missing

    def read(self, page: Page) -> Finish:
        return lambda: self._values(page)

    def _values(self, page: Page) -> Column:
        made = self.make(page.keys, page.references) if page.keys else {}
        values = (made.get(key) for key in page.keys)
        return [self.missing if one is None else one for one in values]


class Display:
    """The object's name for people, told by the model's own `__str__`."""

    def __init__(self, model: type[Model]) -> None:
        self.model = model
        fields = names_in(model)
        self.columns = tuple(one.attname for one in fields)
        self.references = {
            one.attname: (one.name, related(one)) for one in fields if one.is_relation
        }
        self.shows = tuple(dict.fromkeys(model for _, model in self.references.values()))
        self.own_name: str = getattr(model, "own_name", "")

    def is_named(self, row: Mapping[str, Any]) -> bool:
        """Whether the object's name asks for no others."""
        return bool(self.own_name and row[self.own_name])

    def read(self, page: Page) -> Finish:
        columns = {name: page.column(name) for name in ("id", *self.columns)}
        rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        alone = not self.references or all(map(self.is_named, rows))
        if alone and self.model not in named_by_others():
            return lambda: _names(self.model, rows)
        objects = [unfilled(self.model, row) for row in rows]
        page.references.keep_named(self.model, dict(zip(page.keys, objects, strict=True)))
        for column, (name, model) in self.references.items():
            keys = [None if self.is_named(row) else row[column] for row in rows]
            named = page.references.want_named(model, keys)
            for one, key in zip(objects, keys, strict=True):
                late = _Late(named, key) if key is not None else None
                one._state.fields_cache[name] = late
        return lambda: [str(one) for one in objects]


def _names(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The names of objects, told by one that takes each one's columns in turn."""
    one = unfilled(model, {})
    names = []
    for row in rows:
        one.__dict__.update(row)
        names.append(str(one))
    return names


@cache
def named_by_others() -> frozenset[type[Model]]:
    """The models whose objects are named in the names of others."""
    fields = [one for resource in RESOURCES for one in names_in(resource.model)]
    return frozenset(related(one) for one in fields if one.is_relation)


@dataclass(frozen=True, slots=True)
class _Late:
    """An object that is known by the time its name is asked for."""

    named: Mapping[int, Model]
    key: int

    def __str__(self) -> str:
        return str(self.named[self.key])

    def __getattr__(self, name: str) -> Any:
        return getattr(self.named[self.key], name)


def reader_of(one: AnyField) -> Reader:
    """How the value of a stored field is read."""
    if one.many_to_many:
        return Many(one)
    if one.is_relation:
        return One(one.attname, related(one))
    if one.choices:
        return Mapped(one.attname, pair_of({str(key): str(name) for key, name in one.flatchoices}))
    if isinstance(one, models.DecimalField):
        return Values(one.attname, float)
    if isinstance(one, models.DateTimeField):
        return Values(MomentText(one.attname))
    if isinstance(one, models.JSONField):
        return Values(JSONText(one.attname), orjson.Fragment)
    return Values(one.attname)

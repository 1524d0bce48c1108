"""What an answer shows of other objects: each one's brief, encoded once however often it is shown.

A table is asked once per answer: first come the objects that refer to others, then those they
refer to; encoding goes the other way round.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

import orjson
from django.db.models import Model
from rest_framework.request import Request

from api.reading.brief_extras import extra_readers
from api.reading.briefs import brief_fields
from api.reading.counting import Counts
from api.reading.fetching import statement
from api.reading.page import Layout, Reader, References
from api.reading.readers import Address, Display, Ids, reader_of
from dcim.catalog import BY_MODEL

ENCODING: Final = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
Known = dict[int, orjson.Fragment]


class Fragments(References):
    """The encoded briefs of one answer, and their objects as far as their names rest on them."""

    def __init__(self, request: Request | None, page: Sequence[int] = ()) -> None:
        super().__init__(request, page)
        self.counts = Counts(self)
        self._known: defaultdict[type[Model], Known] = defaultdict(dict)
        self._wanted: defaultdict[type[Model], set[int]] = defaultdict(set)
        self._named: defaultdict[type[Model], dict[int, Model]] = defaultdict(dict)

    def want(self, model: type[Model], keys: Iterable[int | None]) -> Callable[[Any], Any]:
        self._wanted[model].update(key for key in set(keys) if key is not None)
        return self._known[model].get

    def want_named(self, model: type[Model], keys: Iterable[int | None]) -> Mapping[int, Model]:
        self.want(model, keys)
        return self._named[model]

    def keep_named(self, model: type[Model], objects: Mapping[int, Model]) -> None:
        self._named[model].update(objects)

    def by_id(self, model: type[Model], keys: Iterable[int]) -> dict[int, Any]:
        """Encoded briefs of those objects of `model` with the `keys` that the reader may see."""
        keys = list(keys)
        if not self.sees_all(model):
            rows = model._default_manager.order_by().filter(pk__in=keys)
            keys = list(self.seen(rows).values_list("pk", flat=True))
        known = self.want(model, keys)
        self.load()
        return {key: found for key in keys if (found := known(key)) is not None}

    def load(self) -> None:
        self.counts.load()
        begun: list[tuple[type[Model], list[int], Callable[[], Iterator[Any]]]] = []
        while self._wanted:
            model = max(self._wanted, key=depth_of)
            keys = self._wanted.pop(model) - self._known[model].keys()
            if keys:
                begun.append((model, *self._fetch(model, keys)))
        for model, found, finish in reversed(begun):
            made = (orjson.Fragment(orjson.dumps(one, option=ENCODING)) for one in finish())
            self._known[model].update(zip(found, made, strict=True))

    def _fetch(
        self, model: type[Model], keys: set[int]
    ) -> tuple[list[int], Callable[[], Iterator[Any]]]:
        layout = layout_of(model)
        rows = statement(model, layout.columns).rows(keys)
        return [row[0] for row in rows], layout.start(rows, self)


@cache
def layout_of(model: type[Model]) -> Layout:
    """The fields of a brief of `model`."""
    resource = BY_MODEL.get(model)
    readers: dict[str, Reader] = {"id": Ids()}
    if resource is not None:
        readers["url"] = Address(resource.path, for_programs=True)
        readers["display_url"] = Address(resource.path, for_programs=False)
    readers["display"] = Display(model)
    for one in brief_fields(model):
        readers[resource.wire_name(one.name) if resource else one.name] = reader_of(one)
    return Layout(model, {**readers, **extra_readers(model)})


@cache
def depth_of(model: type[Model]) -> int:
    """How many briefs lie inside one another in a brief of `model`."""
    shown = {one for reader in layout_of(model).readers.values() for one in reader.shows}
    return 1 + max(map(depth_of, shown - {model}), default=0)

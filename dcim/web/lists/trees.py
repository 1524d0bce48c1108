"""Lists of objects that stand under one another: each below its parent, in the order of names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, overload

from django.db.models import Model, QuerySet


class InPathOrder(Sequence[Model]):
    """The rows of a tree in the order of their paths; a slice reads its rows with one query.

    Who stands under whom is read of the whole tree, keys only: two queries, however deep it is.
    """

    def __init__(self, rows: QuerySet[Model]) -> None:
        self._rows = rows
        wanted = set(rows.order_by().values_list("pk", flat=True))
        self._keys = [key for key in _path_order(rows.model) if key in wanted]

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, place: int) -> Model: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Model]: ...
    def __getitem__(self, place: int | slice) -> Model | Sequence[Model]:
        if isinstance(place, int):
            return self._rows.get(pk=self._keys[place])
        keys = self._keys[place]
        rows = self._rows.in_bulk(keys)
        return [rows[key] for key in keys if key in rows]


def _path_order(model: type[Model]) -> Iterator[Any]:
    """The keys of all of the tree, each after its parent's; what stands in a circle last."""
    children: defaultdict[Any, list[Any]] = defaultdict(list)
    pairs = model._default_manager.order_by("name", "pk").values_list("pk", "parent_id")
    for key, parent in pairs:
        children[parent].append(key)
    rest = list(reversed(children.pop(None, ())))
    while rest:
        key = rest.pop()
        yield key
        rest.extend(reversed(children.pop(key, ())))
    for keys in children.values():
        yield from keys

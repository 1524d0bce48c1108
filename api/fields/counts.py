"""How many objects refer to each object of a page, counted for the whole page at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import models
from django.db.models import Model, QuerySet

from api.fields.wire import Computed
from api.reading.briefs import Briefs
from dcim.record.tree import Tree, TreeRecord

INTEGER: Final = {"type": "integer"}
NOTHING: Final = {"type": "object", "nullable": True}


@dataclass(frozen=True, slots=True)
class Count:
    """Counts the objects of `model` whose references along `back` lead to an object."""

    model: type[Model]
    back: str

    def __call__(self, keys: Sequence[int], briefs: Briefs) -> Mapping[int, int]:
        """The count by each of `keys` that has any."""
        return self.by_owner(keys, briefs)

    def rows(self, keys: Collection[int], briefs: Briefs) -> QuerySet[Any]:
        """What belongs to any of `keys` and may be seen."""
        rows = self.model._default_manager.order_by().filter(**{f"{self.back}__in": keys})
        return briefs.seen(rows)

    def by_owner(self, keys: Collection[int], briefs: Briefs) -> dict[int, int]:
        """The count by each of `keys` that has any, with one query."""
        return dict(self.rows(keys, briefs).values_list(self.back).annotate(models.Count("pk")))


@dataclass(frozen=True, slots=True)
class CountBelow(Count):
    """As `Count`, with what belongs to the objects that stand under an object of a tree."""

    tree: type[TreeRecord]
    is_many: bool

    def __call__(self, keys: Sequence[int], briefs: Briefs) -> Mapping[int, int]:
        """The count by each of `keys`, with two queries."""
        tree = Tree.of(self.tree)
        below = tree.under(keys)
        if self.is_many:
            return self._once_each(tree, keys, below, briefs)
        totals = tree.totals(self.by_owner(below, briefs))
        return {key: totals[key] for key in keys}

    def _once_each(
        self, tree: Tree, keys: Sequence[int], below: Collection[int], briefs: Briefs
    ) -> Mapping[int, int]:
        """What belongs to several objects below one is counted once for it."""
        owned: defaultdict[int, set[int]] = defaultdict(set)
        for owner, pk in self.rows(below, briefs).values_list(self.back, "pk"):
            owned[owner].add(pk)
        return {key: len(set().union(*(owned[one] for one in tree.under([key])))) for key in keys}


def counted(model: type[Model], path: str) -> Computed:
    """How many objects refer to each object of `model` by the reverse references of `path`.

    In a tree, what belongs to the objects below counts too.
    """
    counting, back, is_many = way_back(model, path)
    if issubclass(model, TreeRecord):
        return Computed(CountBelow(counting, back, model, is_many), INTEGER, missing=0)
    return Computed(Count(counting, back), INTEGER, missing=0)


def way_back(model: type[Model], path: str) -> tuple[type[Model], str, bool]:
    """The counted model, its path of fields to `model`, and whether one of them is to many.

    Raises: ValueError where no reference has that name.
    """
    fields: list[str] = []
    is_many = False
    for name in path.split("__"):
        reverse = next((one for one in model._meta.related_objects if one.name == name), None)
        if reverse is None or not isinstance(reverse.related_model, type):
            raise ValueError(f"nothing refers to {model.__name__} as “{name}”")
        fields.insert(0, reverse.field.name)
        is_many = is_many or reverse.many_to_many
        model = reverse.related_model
    return model, "__".join(fields), is_many


def never(value: Any, shape: dict[str, Any]) -> Computed:
    """A key that NetBox's clients read and for which the record has no objects yet."""
    return Computed(lambda keys, briefs: {}, shape, missing=value)

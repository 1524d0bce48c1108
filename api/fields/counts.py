"""How many objects refer to each object of a page, counted for the whole page at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Model

from api.fields.wire import Computed, Shown
from api.reading.briefs import Briefs
from api.reading.counting import Count, Counts
from api.reading.fetching import Source
from api.reading.page import Finish, Page, Reader
from api.reading.readers import Constant, Made
from dcim.record.tree import TreeRecord

INTEGER: Final = {"type": "integer"}
NOTHING: Final = {"type": "object", "nullable": True}


class Counted(Computed):
    """How many objects refer to an object."""

    def __init__(self, count: Count) -> None:
        super().__init__(self._make, INTEGER, missing=0)
        self.count = count

    def _make(self, keys: Sequence[int], briefs: Briefs) -> Mapping[int, int]:
        counts = Counts(briefs)
        numbers = counts.want(self.count, keys)
        counts.load()
        return numbers

    def reader(self, model: type[Model]) -> Reader:
        return Numbers(self.count)


class CountedBelow(Counted):
    """As `Counted`, with what belongs to the objects that stand under an object of a tree."""

    def __init__(self, count: Count, tree: type[TreeRecord]) -> None:
        super().__init__(count)
        self.tree = tree

    def _make(self, keys: Sequence[int], briefs: Briefs) -> Mapping[int, int]:
        tree = briefs.tree(self.tree)
        return tree.totals(super()._make(list(tree.under(keys)), briefs))

    def reader(self, model: type[Model]) -> Reader:
        return NumbersBelow(self.count, self.tree)


class CountedOnceBelow(CountedBelow):
    """As `CountedBelow`; what belongs to several objects below one is counted once for it."""

    def _make(self, keys: Sequence[int], briefs: Briefs) -> Mapping[int, int]:
        tree = briefs.tree(self.tree)
        owned: defaultdict[int, set[int]] = defaultdict(set)
        rows = briefs.seen(self.count.rows(tree.under(keys)))
        for owner, pk in rows.values_list(self.count.back, "pk"):
            owned[owner].add(pk)
        return {key: len(set().union(*(owned[one] for one in tree.under([key])))) for key in keys}

    def reader(self, model: type[Model]) -> Reader:
        return Made(self.make, self.missing)


@dataclass(frozen=True, slots=True)
class Numbers:
    """A number of objects; those of all fields are counted by one statement."""

    count: Count
    columns: Sequence[Source] = ()
    shows: Sequence[type[Model]] = ()

    def read(self, page: Page) -> Finish:
        numbers = page.references.counts.want(self.count, page.keys)
        return lambda: [numbers.get(key, 0) for key in page.keys]


@dataclass(frozen=True, slots=True)
class NumbersBelow:
    """As above, with the numbers of the objects below."""

    count: Count
    tree: type[TreeRecord]
    columns: Sequence[Source] = ()
    shows: Sequence[type[Model]] = ()

    def read(self, page: Page) -> Finish:
        tree = page.references.tree(self.tree)
        numbers = page.references.counts.want(self.count, tree.under(page.keys))

        def finish() -> list[int]:
            totals = tree.totals(numbers)
            return [totals[key] for key in page.keys]

        return finish


class Sum(Computed):
    """What several counts of an object come to."""

    def __init__(self, counts: Sequence[Computed]) -> None:
        super().__init__(self._make, INTEGER, missing=0)
        self.counts = counts

    def _make(self, keys: Sequence[int], briefs: Briefs) -> Mapping[int, int]:
        made = [one.make(keys, briefs) for one in self.counts]
        return {key: sum(one.get(key, 0) for one in made) for key in keys}

    def reader(self, model: type[Model]) -> Reader:
        return Sums([one.reader(model) for one in self.counts])


@dataclass(frozen=True, slots=True)
class Sums:
    """What several numbers of objects come to."""

    parts: Sequence[Reader]
    columns: Sequence[Source] = ()
    shows: Sequence[type[Model]] = ()

    def read(self, page: Page) -> Finish:
        begun = [one.read(page) for one in self.parts]
        return lambda: list(map(sum, zip(*(finish() for finish in begun), strict=True)))


def counted(model: type[Model], paths: str) -> Computed:
    """How many objects refer to each object of `model` by the reverse references of `paths`.

    In a tree, what belongs to the objects below counts too.
    """
    ways = [_counted(model, path) for path in paths.split()]
    return ways[0] if len(ways) == 1 else Sum(ways)


def _counted(model: type[Model], path: str) -> Computed:
    counting, back, is_many = way_back(model, path)
    count = Count(counting, back)
    if not issubclass(model, TreeRecord):
        return Counted(count)
    return (CountedOnceBelow if is_many else CountedBelow)(count, model)


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


def never(value: Any, shape: dict[str, Any]) -> Shown:
    """A key that NetBox's clients read and for which the record has no objects yet."""
    return Shown(lambda briefs, obj: value, shape, reads=lambda model: Constant(value))

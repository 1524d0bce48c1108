"""How many objects refer to others: all that a page shows is counted by one statement.

A resource may have ten counts; a statement for each would cost more than all the rest of its rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.models import F, Model, QuerySet, Value

from api.reading.briefs import Briefs
from api.reading.fetching import Among, keys_given, selected


@dataclass(frozen=True, slots=True)
class Count:
    """Counts the objects of `model` whose references along `back` lead to an object."""

    model: type[Model]
    back: str

    def rows(self, keys: Collection[int]) -> QuerySet[Any]:
        """What belongs to any of `keys`."""
        return self.among(keys_given(keys))

    def among(self, given: Any) -> QuerySet[Any]:
        """What belongs to any of the keys that the parameter `given` holds."""
        return self.model._default_manager.order_by().filter(Among(F(self.back), given))


class Counts:
    """The numbers that several counts give for objects, all asked for in one go.

    Only what the reader of the answer may see is counted; what is hidden from a reader takes a
    statement of its own.
    """

    def __init__(self, briefs: Briefs) -> None:
        self._briefs = briefs
        self._wanted: dict[Count, Collection[int]] = {}
        self._numbers: defaultdict[Count, dict[int, int]] = defaultdict(dict)

    def want(self, one: Count, keys: Collection[int]) -> dict[int, int]:
        """What is given back holds the number of each key that has any once `load` has run."""
        self._wanted[one] = keys
        return self._numbers[one]

    def load(self) -> None:
        """Count all that is asked for."""
        wanted, self._wanted = self._wanted, {}
        whole = tuple(one for one in wanted if self._briefs.sees_all(one.model))
        limited = [one for one in wanted if one not in whole]
        if whole:
            self._keep(whole, _statement(whole).rows([wanted[one] for one in whole]))
        if limited:
            rows = [self._briefs.seen(one.rows(wanted[one])) for one in limited]
            self._keep(limited, _counted(limited, rows))

    def _keep(self, counts: Sequence[Count], found: Iterable[Sequence[int]]) -> None:
        for place, owner, number in found:
            self._numbers[counts[place]][owner] = number


class _Statement:
    """Several counts of all objects; its text does not depend on the number of keys."""

    def __init__(self, counts: Sequence[Count]) -> None:
        rows = _counted(counts, [one.among(()) for one in counts])
        self.text, self._parameters = rows.query.get_compiler(connection=connection).as_sql()

    def rows(self, keys: Sequence[Collection[int]]) -> Sequence[Sequence[int]]:
        """Place of the count, key and number; `keys` are those of each count."""
        given = map(keys_given, keys)
        filled = [next(given) if one == () else one for one in self._parameters]
        return selected(self.text, filled)


_statement = cache(_Statement)


def _counted(counts: Sequence[Count], rows: Sequence[QuerySet[Any]]) -> QuerySet[Any, Any]:
    """Place, key and number of what each count counts among its rows."""
    each: list[QuerySet[Any, Any]] = [
        those.values_list(Value(place), F(one.back)).annotate(number=models.Count("pk"))
        for place, (one, those) in enumerate(zip(counts, rows, strict=True))
    ]
    return each[0].union(*each[1:], all=True) if len(each) > 1 else each[0]

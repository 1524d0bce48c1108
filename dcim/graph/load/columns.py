"""A query's rows as columns: whole tables in one answer, without an object per row.

The database joins the rows into one text, which numpy takes apart; on both databases that is
several times faster than fetching rows, and a fixed number of queries reads a nation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeAlias, overload

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.functions import Coalesce

from dcim.graph.wiring import NOBODY, Flags

Column: TypeAlias = npt.NDArray[np.int64]

NONE: Final = NOBODY  # a column's word for null
SEPARATOR: Final = 31  # the character between two texts; no text that is read keeps one


class Texts(Sequence[str]):
    """Many texts kept as one, taken apart when the first is asked for."""

    def __init__(self, joined: str, order: Column) -> None:
        self._joined, self._order = joined, order

    @cached_property
    def _parts(self) -> list[str]:
        parts = self._joined.split(chr(SEPARATOR))
        return [parts[place] for place in self._order.tolist()]

    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> list[str]: ...

    def __getitem__(self, at: int | slice) -> str | list[str]:
        return self._parts[at]

    def are_among(self, words: Iterable[str]) -> Flags:
        """For each text whether it is one of `words`."""
        known = frozenset(words)
        return np.array([text in known for text in self._parts], np.bool_)


@dataclass(frozen=True, slots=True)
class Columns:
    """The rows of a query, ascending by their first number."""

    numbers: dict[str, Column]
    texts: dict[str, Texts]

    def __getitem__(self, name: str) -> Column:
        return self.numbers[name]

    def __len__(self) -> int:
        return len(next(iter(self.numbers.values())))


def columns(rows: QuerySet[Any], numbers: Sequence[str], texts: Sequence[str] = ()) -> Columns:
    """The named values of `rows`: whole numbers, null as -1, and texts, null as empty.

    Notes: one query; the answer is one row, however many there are.
    """
    query = rows.order_by().values_list(*numbers, *texts).query
    inner, parameters = query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_joining(inner, len(numbers), len(texts)), parameters)
        joined, *joined_texts = cursor.fetchone()
    table = np.fromstring(joined or "", np.int64, sep=" ").reshape(-1, len(numbers))
    # Sorted here: no database promises the order in which it joins rows, only that it is one.
    order = np.argsort(table[:, 0], kind="stable")
    return Columns(
        {name: table[order, at] for at, name in enumerate(numbers)},
        {name: Texts(text or "", order) for name, text in zip(texts, joined_texts, strict=True)},
    )


def _joining(inner: str, numbers: int, texts: int) -> str:
    """The statement that makes one text of all numbers, row by row, and one of each text."""
    is_postgresql = connection.vendor == "postgresql"
    join, char = ("string_agg", "chr") if is_postgresql else ("group_concat", "char")
    names = [f"c{at}" for at in range(numbers + texts)]
    separator = f"{char}({SEPARATOR})"
    row = " || ' ' || ".join(f"cast(coalesce({name}, {NONE}) AS text)" for name in names[:numbers])
    joined = [f"{join}({row}, ' ')"]
    for name in names[numbers:]:
        text = f"replace(coalesce(cast({name} AS text), ''), {separator}, '')"
        joined.append(f"{join}({text}, {separator})")
    return (
        f"WITH found({', '.join(names)}) AS ({inner}) "  # noqa: S608  # all of it is ours
        f"SELECT {', '.join(joined)} FROM found"
    )


def coded(field: str, words: Iterable[str]) -> Case:
    """The position of a text among `words`, -1 where it is none of them."""
    cases = [When(**{field: word, "then": Value(at)}) for at, word in enumerate(words)]
    return Case(*cases, default=Value(NONE))


def flag(**condition: object) -> Case:
    """1 where the condition holds, else 0."""
    return Case(When(**condition, then=Value(1)), default=Value(0))


def first_of(*fields: str) -> Coalesce:
    """The first of `fields` that is stated, else 0."""
    return Coalesce(*(F(field) for field in fields), Value(0))

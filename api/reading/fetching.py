"""Rows by keys, with statements that are built once.

Django takes longer to build such a statement than a database to run it. Its text stays the same
however many keys there are: one parameter holds them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Func, Lookup, Model
from django.db.models.sql.compiler import SQLCompiler

# A stored column by its name, or what the database makes of one.
Source = str | Func
AMONG: Final = {
    "postgresql": "{} = ANY(%s::bigint[])",
    "sqlite": "{} IN (SELECT value FROM json_each(%s))",
}


class Among(Lookup):
    """Whether a column holds one of the keys that are given when the statement is run."""

    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        column, _ = self.process_lhs(compiler, connection)
        return AMONG[connection.vendor].format(column), [self.rhs]


def keys_given(keys: Iterable[int]) -> str:
    """The one parameter that holds all of `keys`: text, since drivers are slow with lists."""
    listed = ",".join(map(str, keys))
    return f"{{{listed}}}" if connection.vendor == "postgresql" else f"[{listed}]"


def selected(text: str, parameters: Sequence[Any]) -> Sequence[Sequence[Any]]:
    """The rows of a selection that Django has built."""
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)
        rows: Sequence[Sequence[Any]] = cursor.fetchall()
    return rows


class Statement:
    """Reads columns of the rows of `model` whose column `key` holds one of some keys."""

    def __init__(
        self, model: type[Model], columns: Sequence[Source], key: str, order: Sequence[str]
    ) -> None:
        rows = model._default_manager.filter(Among(F(key), ())).order_by(*order)
        compiler = rows.values_list(*columns).query.get_compiler(connection=connection)
        self.text, _ = compiler.as_sql()
        self._compiler = compiler
        self._converters = compiler.get_converters([column[0] for column in compiler.select])

    def rows(self, keys: Iterable[int]) -> Sequence[Sequence[Any]]:
        """The rows that hold one of `keys`."""
        rows = selected(self.text, [keys_given(keys)])
        if self._converters:
            return list(self._compiler.apply_converters(rows, self._converters))
        return rows


@cache
def statement(
    model: type[Model], columns: tuple[Source, ...], *, key: str = "id", order: tuple[str, ...] = ()
) -> Statement:
    """The statement for these columns, built at the first call."""
    return Statement(model, columns, key, order)

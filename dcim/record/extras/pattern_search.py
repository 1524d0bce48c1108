"""Rows whose text fits a pattern, on either engine in a time that no pattern can stretch."""

from __future__ import annotations

from typing import Any, Final

from django.db import DataError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Func, Value
from django.db.models.expressions import Combinable
from django.db.models.sql.compiler import SQLCompiler

from dcim.record.extras.patterns import NotAPattern, compiled

FUNCTION: Final = "lumbung_fits"
Sql = tuple[str, tuple[Any, ...]]


class Fits(Func):
    """Whether a part of a text fits a pattern that `checked` has let pass."""

    output_field = BooleanField()

    def __init__(self, text: Combinable, pattern: str, *, ignores_case: bool = False) -> None:
        super().__init__(text, Value(pattern))
        self.ignores_case = ignores_case

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Sql:
        """By our own matcher: SQLite has none, and Python's may never come to an end."""
        connection.ensure_connection()
        connection.connection.create_function(FUNCTION, 3, _fits, deterministic=True)
        return self._written(compiler, f"{FUNCTION}(%s, %s, {int(self.ignores_case)})")

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any
    ) -> Sql:
        """By PostgreSQL's, which takes long for references back only; these are not let pass."""
        return self._written(compiler, f"(%s)::text {'~*' if self.ignores_case else '~'} %s")

    def _written(self, compiler: SQLCompiler, template: str) -> Sql:
        text, pattern = (compiler.compile(one) for one in self.get_source_expressions())
        return template % (text[0], pattern[0]), (*text[1], *pattern[1])


def _fits(text: str | None, pattern: str, ignores_case: int) -> bool | None:
    return None if text is None else compiled(pattern, ignores_case=bool(ignores_case)).is_in(text)


def checked(pattern: str) -> str:
    """The pattern, if both we and the database can match it.

    Raises: NotAPattern.
    """
    compiled(pattern)
    if connection.vendor == "postgresql":
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT '' ~ %s", [pattern])
        except DataError as err:
            reason = str(err).splitlines()[0]
            raise NotAPattern(f"The database can't match this pattern: {reason}.") from err
    return pattern

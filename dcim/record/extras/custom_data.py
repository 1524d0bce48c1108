"""Looking into the column that holds custom values, alike on SQLite and PostgreSQL.

Django's own key transforms take a name of digits for a place in a list, so they are not used.
"""

from __future__ import annotations

import json
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, JSONField, Q, TextField
from django.db.models.sql.compiler import SQLCompiler

Sql = tuple[str, tuple[str | int, ...]]


class _OfKey(Func):
    """Something about one key of a JSON column; `extra` are further parameters, in order."""

    on_sqlite = ""
    on_postgresql = ""

    def __init__(self, column: str, name: str, *extra: str) -> None:
        super().__init__(F(column))
        self.name = name
        self.more = extra

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Sql:
        """The form of SQLite."""
        return self._written(compiler, self.on_sqlite, f'$."{self.name}"')

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any
    ) -> Sql:
        """The form of PostgreSQL."""
        return self._written(compiler, self.on_postgresql, self.name)

    def _written(self, compiler: SQLCompiler, template: str, key: str) -> Sql:
        (column,) = self.get_source_expressions()
        sql, params = compiler.compile(column)
        return template.replace("COLUMN", sql), (*params, key, *self.more)


class TextOf(_OfKey):
    """A value as text, NULL when it is unset; numbers and truths can be cast from it."""

    output_field = TextField()
    on_sqlite = "CAST(JSON_EXTRACT(COLUMN, %s) AS TEXT)"
    on_postgresql = "JSONB_EXTRACT_PATH_TEXT(COLUMN, %s)"


class Without(_OfKey):
    """The column without the key."""

    output_field = JSONField()
    on_sqlite = "JSON_REMOVE(COLUMN, %s)"
    on_postgresql = "(COLUMN - CAST(%s AS text))"


class _ListHolds(_OfKey):
    output_field = BooleanField()
    on_sqlite = "EXISTS(SELECT 1 FROM JSON_EACH(COLUMN, %s) WHERE value = JSON_EXTRACT(%s, '$'))"
    on_postgresql = "COALESCE(JSONB_EXTRACT_PATH(COLUMN, %s) @> CAST(%s AS jsonb), FALSE)"


def list_holds(column: str, name: str, member: str | int) -> Q:
    """The condition that the list under `name` has the `member`."""
    return Q(_ListHolds(column, name, json.dumps(member)))


def has_key(column: str, name: str) -> Q:
    """The condition that something is stored under `name`."""
    return Q(**{f"{column}__has_key": name})

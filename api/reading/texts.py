"""Values that the database hands over as text, in the form in which they are sent.

Making Python's date-times and dictionaries of them, only to write them out again, takes longer than
all the rest of their rows.
"""

from __future__ import annotations

from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, TextField
from django.db.models.sql.compiler import SQLCompiler

MOMENT: Final = "%Y-%m-%dT%H:%M:%S.%fZ"  # of a date-time in UTC
ON_POSTGRESQL: Final = (
    """to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
)
# Stored as text in UTC, without microseconds where there are none.
ON_SQLITE: Final = (
    "substr(replace(%(expressions)s, ' ', 'T')"
    " || CASE WHEN instr(%(expressions)s, '.') THEN '' ELSE '.' END || '000000', 1, 26) || 'Z'"
)


class MomentText(Func):
    """A date-time as RFC 3339 writes it: in UTC, with microseconds and a Z."""

    arity = 1
    output_field = TextField()
    template = ON_POSTGRESQL

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Any:
        return super().as_sql(compiler, connection, template=ON_SQLITE, **context)


class JSONText(Func):
    """A JSON value as its text."""

    arity = 1
    output_field = TextField()
    template = "CAST(%(expressions)s AS text)"

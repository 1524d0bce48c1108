"""Reading the record as it is at one moment, without a lock that writers would wait for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def one_view() -> Iterator[None]:
    """Let every query see the same committed state.

    Notes: Django's atomic() would take SQLite's write lock, and see each commit of others on
    PostgreSQL. Within a transaction, whose own writes are to be seen, this is left to that.
    """
    if connection.in_atomic_block:
        yield
        return
    repeatable = connection.vendor == "postgresql"
    begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if repeatable else "BEGIN DEFERRED"
    with connection.cursor() as cursor:
        cursor.execute(begin)
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")

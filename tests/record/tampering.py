"""Hands in the database: statements that go past the product, as its keeper could write them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from tests.setup.emptying import guard_off, guard_on


@contextmanager
def unguarded() -> Iterator[None]:
    """The triggers of the log are off inside."""
    run(*guard_off())
    yield
    run(*guard_on())


def tamper(*statements: str) -> None:
    """Run the statements on the log, past its triggers."""
    with unguarded():
        run(*statements)


def run(*statements: str) -> None:
    """Run the statements."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)

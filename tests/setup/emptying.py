"""Lets a test empty its database: the change log refuses it, so its triggers step aside.

Tests that commit leave rows behind, which pytest-django flushes. The guard is off for the length of
that flush and in no other place.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from dcim.record.log.append_only import TABLES, statements


def let_flushes_empty_the_log() -> None:
    """Wrap the statements of a flush, for every connection of this process."""
    operations: Any = type(connection.ops)
    flush = operations.sql_flush

    def sql_flush(self: Any, *args: Any, **options: Any) -> list[str]:
        return [*guard_off(), *flush(self, *args, **options), *guard_on()]

    operations.sql_flush = sql_flush


def guard_off() -> list[str]:
    """What switches the triggers off."""
    if connection.vendor == "postgresql":
        return [f"ALTER TABLE {table} DISABLE TRIGGER USER;" for table in TABLES]
    return [f"DROP TRIGGER {name};" for name in _sqlite_triggers()]


def guard_on() -> list[str]:
    """What switches them on again."""
    if connection.vendor == "postgresql":
        return [f"ALTER TABLE {table} ENABLE TRIGGER USER;" for table in TABLES]
    return statements(connection)


def _sqlite_triggers() -> list[str]:
    return [statement.split()[2] for statement in statements(connection)]

"""Triggers that let the change log grow and nothing else, on both engines.

They keep the application, and whoever gets hold of its statements, from rewriting the log. Who owns
the tables can remove them: that is what the chain and the heads kept elsewhere are for.
"""

from __future__ import annotations

from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES: Final = ("dcim_objectchange", "dcim_changelink")
REFUSAL: Final = "the change log is append-only: its rows are neither changed nor removed"
# A statement that would touch no row is refused as well, so that a test of the guard is cheap.
POSTGRESQL: Final = """
CREATE OR REPLACE FUNCTION lumbung_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{refusal}' USING ERRCODE = 'insufficient_privilege'; END $$;
"""
POSTGRESQL_TABLE: Final = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION lumbung_append_only();
"""
# SQLite's REPLACE removes the row that is in its way without asking a trigger for DELETE.
SQLITE_DEEDS: Final = {
    "update": "UPDATE ON {table}",
    "delete": "DELETE ON {table}",
    "replace": "INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)",
}


def protect(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers; the signature is that of a migration's step."""
    for statement in statements(schema_editor.connection):
        schema_editor.execute(statement, params=None)


def statements(connection: BaseDatabaseWrapper) -> list[str]:
    """What creates the triggers on the engine of `connection`."""
    if connection.vendor == "postgresql":
        tables = [POSTGRESQL_TABLE.format(table=table) for table in TABLES]
        return [POSTGRESQL.format(refusal=REFUSAL), *tables]
    return [
        f"CREATE TRIGGER {table}_no_{deed} BEFORE {when.format(table=table)} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for table in TABLES
        for deed, when in SQLITE_DEEDS.items()
    ]


def unprotected(connection: BaseDatabaseWrapper) -> list[str]:
    """The tables of the log that lack a trigger, or have one that is switched off."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT c.relname, count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
                " WHERE t.tgname = c.relname || '_append_only' AND t.tgenabled IN ('O', 'A')"
                " GROUP BY c.relname"
            )
            wanted = 1
        else:
            cursor.execute(
                "SELECT tbl_name, count(*) FROM sqlite_master WHERE type = 'trigger'"
                " AND name LIKE tbl_name || '\\_no\\_%' ESCAPE '\\' GROUP BY tbl_name"
            )
            wanted = len(SQLITE_DEEDS)
        there = dict(cursor.fetchall())
    return [table for table in TABLES if there.get(table, 0) < wanted]

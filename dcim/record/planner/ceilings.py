"""Triggers that count what is drawn on every grant, so that its CHECK holds the ceiling.

Whoever writes a machine or a commitment, by whatever statement, moves the counters of the grants
that it concerns in the same statement: by differences, never by what a reader saw. A grant that
would be drawn on beyond its ceiling refuses the statement.

Amounts are those of `VirtualMachine.amounts`, once more in SQL; `check_ledgers` counts by that
property and so tells whether both say the same. A machine counts on its grant with the larger of
what it draws and what is committed to it there: drawn is `used`, what goes beyond is `committed`.

PostgreSQL counts once per statement, after it has locked the grants in the order of their ids, so
that writers never wait for one another in a circle; SQLite, where a writer is alone, row by row.
"""

from __future__ import annotations

from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from dcim.record.planner.allocations import CLASSES
from dcim.vocabulary.units import BYTES_PER_GIB, BYTES_PER_MB

GRANTS: Final = "dcim_allocation"
MACHINES: Final = "dcim_virtualmachine"
COMMITMENTS: Final = "dcim_commitment"
WATCHED: Final = {
    MACHINES: ("allocation_id", "vcpus", "memory_mib", "disk_mb"),
    COMMITMENTS: ("allocation_id", "virtual_machine_id", *CLASSES),
}
DEEDS: Final = ("INSERT", "UPDATE", "DELETE")
GIB: Final = (
    f"(COALESCE({{row}}.disk_mb, 0) * {BYTES_PER_MB} + {BYTES_PER_GIB - 1}) / {BYTES_PER_GIB}"
)
# What a machine takes of each class; PostgreSQL's casts round, and SQLite may lack ceil().
AMOUNTS: Final = {
    "postgresql": {
        "vcpus": "ceil(COALESCE({row}.vcpus, 0))::bigint",
        "memory_mib": "COALESCE({row}.memory_mib, 0)::bigint",
        "storage_gib": GIB.replace(".disk_mb", ".disk_mb::bigint"),
    },
    "sqlite": {
        "vcpus": "(CAST(COALESCE({row}.vcpus, 0) AS INTEGER)"
        " + (COALESCE({row}.vcpus, 0) > CAST(COALESCE({row}.vcpus, 0) AS INTEGER)))",
        "memory_mib": "COALESCE({row}.memory_mib, 0)",
        "storage_gib": f"({GIB})",
    },
}


def count(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers; the signature is that of a migration's step."""
    for statement in statements(schema_editor.connection):
        schema_editor.execute(statement, params=None)


def statements(connection: BaseDatabaseWrapper) -> list[str]:
    """What creates the triggers on the engine of `connection`, anew where they are there."""
    made = _on_postgresql if connection.vendor == "postgresql" else _on_sqlite
    return [one for table in WATCHED for deed in DEEDS for one in made(table, deed)]


def uncounted(connection: BaseDatabaseWrapper) -> list[str]:
    """The tables that lack a trigger, or have one that is switched off."""
    names = ", ".join(f"'{_name(table, deed)}'" for table in WATCHED for deed in DEEDS)
    sources = {
        "postgresql": "SELECT c.relname, count(*) FROM pg_trigger t"
        " JOIN pg_class c ON c.oid = t.tgrelid"
        f" WHERE t.tgenabled IN ('O', 'A') AND t.tgname IN ({names}) GROUP BY c.relname",
        "sqlite": "SELECT tbl_name, count(*) FROM sqlite_master"
        f" WHERE type = 'trigger' AND name IN ({names}) GROUP BY tbl_name",
    }
    with connection.cursor() as cursor:
        cursor.execute(sources[connection.vendor])
        there = dict(cursor.fetchall())
    return [table for table in WATCHED if there.get(table, 0) < len(DEEDS)]


def _name(table: str, deed: str) -> str:
    return f"{table}_counts_{deed.lower()}"


def _amount(vendor: str, name: str, row: str) -> str:
    return AMOUNTS[vendor][name].format(row=row)


def _on_sqlite(table: str, deed: str) -> list[str]:
    counted = _machine_on_sqlite if table == MACHINES else _commitment_on_sqlite
    # The old row goes first: the grant then never holds both.
    parts = {"INSERT": (("NEW", "+"),), "DELETE": (("OLD", "-"),)}
    rows = parts.get(deed, (("OLD", "-"), ("NEW", "+")))
    body = " ".join(counted(row, sign) for row, sign in rows)
    columns = WATCHED[table]
    of = f" OF {', '.join(columns)}" if deed == "UPDATE" else ""
    name = _name(table, deed)
    return [
        f"DROP TRIGGER IF EXISTS {name}",
        f"CREATE TRIGGER {name} AFTER {deed}{of} ON {table} BEGIN {body} END",
    ]


def _machine_on_sqlite(row: str, sign: str) -> str:
    back = "-" if sign == "+" else "+"
    changes = []
    for name in CLASSES:
        amount = _amount("sqlite", name, row)
        met = (
            f"COALESCE((SELECT MIN(c.{name}, {amount}) FROM {COMMITMENTS} c WHERE"
            f" c.virtual_machine_id = {row}.id AND c.allocation_id = {row}.allocation_id), 0)"
        )
        changes.append(f"used_{name} = used_{name} {sign} {amount}")
        changes.append(f"committed_{name} = committed_{name} {back} {met}")
    return f"UPDATE {GRANTS} SET {', '.join(changes)} WHERE id = {row}.allocation_id;"


def _commitment_on_sqlite(row: str, sign: str) -> str:
    changes = []
    for name in CLASSES:
        met = (
            f"COALESCE((SELECT MIN({row}.{name}, {_amount('sqlite', name, 'm')})"
            f" FROM {MACHINES} m WHERE m.id = {row}.virtual_machine_id"
            f" AND m.allocation_id = {row}.allocation_id), 0)"
        )
        changes.append(f"committed_{name} = committed_{name} {sign} ({row}.{name} - {met})")
    return f"UPDATE {GRANTS} SET {', '.join(changes)} WHERE id = {row}.allocation_id;"


def _on_postgresql(table: str, deed: str) -> list[str]:
    name = _name(table, deed)
    sums = _machines_on_postgresql() if table == MACHINES else _commitments_on_postgresql()
    moved = _moved(table, deed)
    kinds = ("used", "committed") if table == MACHINES else ("committed",)
    counters = [f"{kind}_{one}" for kind in kinds for one in CLASSES]
    changes = ", ".join(f"{one} = g.{one} + d.{one}" for one in counters)
    seen = {
        "INSERT": "NEW TABLE AS come",
        "UPDATE": "NEW TABLE AS come OLD TABLE AS gone",
        "DELETE": "OLD TABLE AS gone",
    }[deed]
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        # The next statement sees what others wrote before they let these locks go.
        f"PERFORM 1 FROM {GRANTS} WHERE id IN (SELECT allocation_id FROM ({moved}) moved)"
        " ORDER BY id FOR NO KEY UPDATE; "
        f"UPDATE {GRANTS} g SET {changes}"
        f" FROM ({sums.format(moved=moved)}) d WHERE g.id = d.allocation_id; "
        "RETURN NULL; END $$",
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        f"CREATE TRIGGER {name} AFTER {deed} ON {table} REFERENCING {seen}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
    ]


def _moved(table: str, deed: str) -> str:
    """Rows that come (1) and go (-1), without those that stay as they are."""
    columns = ", ".join(("id", *WATCHED[table]))
    come, gone = f"SELECT {columns} FROM come", f"SELECT {columns} FROM gone"
    if deed == "UPDATE":
        come, gone = f"{come} EXCEPT {gone}", f"{gone} EXCEPT {come}"
    signed = {"INSERT": [(1, come)], "DELETE": [(-1, gone)]}
    rows = signed.get(deed, [(1, come), (-1, gone)])
    return " UNION ALL ".join(f"SELECT {sign} AS sign, t.* FROM ({one}) t" for sign, one in rows)


def _machines_on_postgresql() -> str:
    amounts = {name: _amount("postgresql", name, "m") for name in CLASSES}
    used = ", ".join(f"sum(m.sign * {amount}) AS used_{name}" for name, amount in amounts.items())
    committed = ", ".join(
        f"-sum(m.sign * LEAST(COALESCE(c.{name}, 0), {amount})) AS committed_{name}"
        for name, amount in amounts.items()
    )
    return (
        f"SELECT m.allocation_id, {used}, {committed} FROM ({{moved}}) m"
        f" LEFT JOIN {COMMITMENTS} c ON c.virtual_machine_id = m.id"
        " AND c.allocation_id = m.allocation_id GROUP BY m.allocation_id"
    )


def _commitments_on_postgresql() -> str:
    amounts = {name: _amount("postgresql", name, "m") for name in CLASSES}
    committed = ", ".join(
        f"sum(c.sign * (c.{name} - LEAST(c.{name}, COALESCE({amount}, 0)))) AS committed_{name}"
        for name, amount in amounts.items()
    )
    return (
        f"SELECT c.allocation_id, {committed} FROM ({{moved}}) c"
        f" LEFT JOIN {MACHINES} m ON m.id = c.virtual_machine_id"
        " AND m.allocation_id = c.allocation_id GROUP BY c.allocation_id"
    )

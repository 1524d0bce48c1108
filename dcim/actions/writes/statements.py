"""Statements over sets of rows that the ORM makes slower than the databases are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db import connection
from django.db.models import Field, Model

# Far below what SQLite (32,766) takes in one statement.
VALUES_AT_ONCE: Final = 20_000


def update_rows(model: type[Model], objects: Sequence[Model], names: Sequence[str]) -> None:
    """Write the columns of the fields `names` of stored `objects`.

    Notes: one UPDATE from a list of rows, O(rows x fields); `bulk_update` writes a CASE with a
    branch per row for each column, which PostgreSQL walks through row by row.
    """
    fields = [one for one in model._meta.concrete_fields if one.name in names]
    step = max(1, VALUES_AT_ONCE // (len(fields) + 1))
    with connection.cursor() as cursor:
        for start in range(0, len(objects), step):
            some = objects[start : start + step]
            cursor.execute(_statement(model, fields, len(some)), _values(fields, some))


def _statement(model: type[Model], fields: Sequence[Field[Any, Any]], count: int) -> str:
    cells = [f"c{number}" for number in range(len(fields) + 1)]
    key = model._meta.pk
    assignments = ", ".join(
        f"{_quoted(one)} = {_typed(one, f'v.{cell}')}"
        for one, cell in zip(fields, cells[1:], strict=True)
    )
    row = f"({', '.join(['%s'] * len(cells))})"
    rows = ", ".join([row] * count)
    table = connection.ops.quote_name(model._meta.db_table)
    return (
        f"WITH v ({', '.join(cells)}) AS (VALUES {rows}) "  # noqa: S608  names are the model's own
        f"UPDATE {table} SET {assignments} FROM v "
        f"WHERE {table}.{_quoted(key)} = {_typed(key, 'v.c0')}"
    )


def _quoted(field: Field[Any, Any]) -> str:
    return connection.ops.quote_name(field.column or field.name)


def _typed(field: Field[Any, Any], cell: str) -> str:
    """The cell in the column's type: PostgreSQL takes a list's literals for text."""
    if connection.vendor != "postgresql":
        return cell
    return f"{cell}::{field.db_type(connection)}"


def _values(fields: Sequence[Field[Any, Any]], objects: Sequence[Model]) -> list[Any]:
    return [
        value
        for obj in objects
        for value in (
            obj.pk,
            *(one.get_db_prep_save(getattr(obj, one.attname), connection) for one in fields),
        )
    ]

"""Lists as CSV, streamed row by row: every public field by its plain name, with plain values."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import ManyToManyField, Model, QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone

from dcim.catalog.resource import AnyField, Resource
from dcim.web.values.formats import full_name

ROWS_AT_A_TIME: Final = 1000
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


class _Line:
    """A file whose only content is the line that was written last."""

    def write(self, line: str) -> str:
        """Hand the line on."""
        return line


def csv_of(resource: Resource, rows: QuerySet[Model]) -> StreamingHttpResponse:
    """The answer that downloads `rows`."""
    day = timezone.localdate().isoformat()
    name = f"{resource.path.rpartition('/')[2]}-{day}.csv"
    return StreamingHttpResponse(
        lines_of(resource, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def lines_of(resource: Resource, rows: QuerySet[Model]) -> Iterator[str]:
    """The heading and a line per row; rows are read in portions."""
    writer, fields = csv.writer(_Line()), resource.fields
    yield writer.writerow(["id", *(field.name for field in fields)])
    for obj in rows.iterator(chunk_size=ROWS_AT_A_TIME):
        yield writer.writerow([obj.pk, *(plain(obj, field) for field in fields)])


def plain(obj: Model, field: AnyField) -> str:
    """The field's value as text that programs read and spreadsheets do not run."""
    if isinstance(field, ManyToManyField):
        return _text(",".join(full_name(other) for other in getattr(obj, field.name).all()))
    return _text(getattr(obj, field.name))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    text = full_name(value) if isinstance(value, Model) else str(value)
    is_amount = isinstance(value, (int, float))
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not is_amount else text

"""Lists as CSV, streamed row by row: every public field by its plain name, with plain values."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import ManyToManyField, Model, QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone

from dcim.catalog.resource import AnyField, Resource
from dcim.record.extras.custom_fields import CustomField
from dcim.web.forms.custom_values import PREFIX
from dcim.web.values.formats import full_name

ROWS_AT_A_TIME: Final = 1000
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


class _Line:
    """A file whose only content is the line that was written last."""

    def write(self, line: str) -> str:
        """Hand the line on."""
        return line


def csv_of(
    resource: Resource, rows: QuerySet[Model], custom: Sequence[CustomField]
) -> StreamingHttpResponse:
    """The answer that downloads `rows`."""
    day = timezone.localdate().isoformat()
    name = f"{resource.path.rpartition('/')[2]}-{day}.csv"
    return StreamingHttpResponse(
        lines_of(resource, rows, custom),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def lines_of(
    resource: Resource, rows: QuerySet[Model], custom: Sequence[CustomField]
) -> Iterator[str]:
    """The heading and a line per row, custom fields last; rows are read in portions."""
    writer, fields = csv.writer(_Line()), resource.fields
    names = [*(one.name for one in fields), *(f"{PREFIX}{one.name}" for one in custom)]
    yield writer.writerow(["id", *names])
    for obj in rows.iterator(chunk_size=ROWS_AT_A_TIME):
        values = (custom_value(obj, one) for one in custom)
        yield writer.writerow([obj.pk, *(plain(obj, field) for field in fields), *values])


def plain(obj: Model, field: AnyField) -> str:
    """The field's value as text that programs read and spreadsheets do not run."""
    if isinstance(field, ManyToManyField):
        return _text(",".join(full_name(other) for other in getattr(obj, field.name).all()))
    return _text(getattr(obj, field.name))


def custom_value(obj: Any, field: CustomField) -> str:
    """The value of a custom field: what a list holds with commas, an object by its number."""
    value = obj.custom_field_data.get(field.name)
    if isinstance(value, dict):
        return _text(json.dumps(value, ensure_ascii=False))
    return _text(",".join(map(str, value)) if isinstance(value, list) else value)


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

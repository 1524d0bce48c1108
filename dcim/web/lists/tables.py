"""A resource's list as a table: a column per field, whose cells say what the field holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import django_tables2 as tables
from django.db import models
from django.db.models import Model, QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django_tables2.data import TableListData

from dcim.catalog.resource import AnyField
from dcim.web.values import formats
from dcim.web.values.addresses import page_of
from dcim.web.values.formats import Shown
from dcim.web.values.rows import Seen, objects_called

LONGEST_UNCUT: Final = 24
DEEPEST_SHOWN: Final = 6
AS_AMOUNT: Final = SafeString(' class="amount"')
AS_CODE: Final = SafeString(' class="code"')


class RecordTable(tables.Table):  # type: ignore[misc]  # django-tables2 ships no types
    """A resource's list."""

    class Meta:
        template_name = "lists/table.html"

    def body(self) -> Iterator[SafeString]:
        """The page's rows; made here since a table's own machinery takes several times as long."""
        columns = [one.column for one in self.columns]
        records = [row.record for row in self.paginated_rows]
        for column in columns:
            column.prepare(records)
        for record in records:
            cells = ((column.cell(record),) for column in columns)
            yield format_html("<tr>{}</tr>\n", format_html_join("", "{}", cells))


class PlainColumn(tables.Column):  # type: ignore[misc]  # as above
    """A column whose cells are worked out for a page at a time; it is no column of the database."""

    def __init__(self, label: str, *, is_amount: bool = False) -> None:
        attrs = {"th": {"class": "amount"} if is_amount else {}}
        super().__init__(verbose_name=label, orderable=False, empty_values=(), attrs=attrs)

    def prepare(self, records: Sequence[Model]) -> None:
        """Look up what the cells of the page need beyond the rows."""
        raise NotImplementedError

    def cell(self, record: Model) -> SafeString:
        """The cell of the row's object."""
        raise NotImplementedError


class FieldColumn(tables.Column):  # type: ignore[misc]  # as above
    """A column that shows a field as `formats` writes it, and leads to what it names."""

    def __init__(self, field: AnyField, *, leads_to_row: bool) -> None:
        self.field = field
        self.leads_to_row = leads_to_row
        self.is_indented = False
        super().__init__(
            verbose_name=formats.label_of(field),
            accessor=field.name,
            orderable=not isinstance(field, (models.ManyToManyField, models.JSONField)),
            attrs={"th": {"class": "amount"} if formats.is_number(field) else {}},
        )

    def prepare(self, records: Sequence[Model]) -> None:
        """Look up what the cells of the page need beyond the rows; here nothing."""

    def cell(self, record: Model) -> SafeString:
        """The cell of the row's object: its text, and where that leads."""
        text = formats.text_of(record, self.field)
        if self.leads_to_row and text == formats.NOTHING:
            text = str(record)
        url = self._address(record)
        inside = format_html('<a href="{}">{}</a>', url, text) if url else text
        return format_html("<td{}{}>{}</td>", self._class(record), _title(text), inside)

    def _address(self, record: Model) -> str:
        if self.leads_to_row:
            return page_of(record)
        if isinstance(self.field, models.ForeignKey):
            other = getattr(record, self.field.name)
            return page_of(other) if other is not None else ""
        return ""

    def _class(self, record: Model) -> SafeString | str:
        if self.is_indented and (depth := getattr(record, "depth", 0)):
            return format_html(' class="depth depth-{}"', min(depth, DEEPEST_SHOWN))
        if formats.is_number(self.field):
            return AS_AMOUNT
        if isinstance(self.field, (models.SlugField, models.DateField)):
            return AS_CODE
        tone = formats.tone_of(self.field, getattr(record, self.field.attname, ""))
        return format_html(' class="tone tone-{}"', tone) if tone else ""


class ObjectColumn(PlainColumn):
    """A column of objects that are given by kind and number, by their names."""

    def __init__(self, seen: Seen) -> None:
        super().__init__(str(capfirst(_("object"))))
        self.seen = seen
        self.called: dict[tuple[str, int], Shown] = {}

    def prepare(self, records: Sequence[Any]) -> None:
        """Look up the page's objects, with a query per kind."""
        names = [(one.object_type, one.object_id) for one in records]
        self.called = objects_called(names, self.seen)

    def cell(self, record: Any) -> SafeString:
        """The object's name, its number where it may not be seen."""
        key = record.object_type, record.object_id
        return cell_of(self.called.get(key, Shown(f"#{record.object_id}")))


def cell_of(shown: Shown, *, is_amount: bool = False) -> SafeString:
    """A cell with one value."""
    inside = format_html('<a href="{}">{}</a>', shown.url, shown.text) if shown.url else shown.text
    look = AS_AMOUNT if is_amount else ""
    return format_html("<td{}{}>{}</td>", look, _title(shown.text), inside)


def _title(text: str) -> SafeString | str:
    """The whole text, which a narrow column may cut."""
    return format_html(' title="{}"', text) if len(text) > LONGEST_UNCUT else ""


def table_of(rows: Any, columns: Sequence[tuple[str, Any]]) -> Any:
    """A table of `rows` with columns by name."""
    attrs = {"class": "list", "aria-label": _("Results")}
    if not isinstance(rows, QuerySet):
        rows = TableListData(rows)  # what it is handed else is read as a whole
    return RecordTable(rows, extra_columns=columns, attrs=attrs)

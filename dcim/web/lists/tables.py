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

from dcim.catalog.resource import AnyField, Resource
from dcim.web.values import formats
from dcim.web.values.addresses import page_of
from dcim.web.values.formats import Shown
from dcim.web.values.rows import Seen, is_relation, names_object, objects_called

LONGEST_UNCUT: Final = 24
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


class FieldColumn(tables.Column):  # type: ignore[misc]  # as above
    """A column that shows a field as `formats` writes it, and leads to what it names."""

    def __init__(self, field: AnyField, *, leads_to_row: bool) -> None:
        self.field = field
        self.leads_to_row = leads_to_row
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
        if formats.is_number(self.field):
            return AS_AMOUNT
        if isinstance(self.field, (models.SlugField, models.DateField)):
            return AS_CODE
        tone = formats.tone_of(self.field, getattr(record, self.field.attname, ""))
        return format_html(' class="tone tone-{}"', tone) if tone else ""


class ObjectColumn(FieldColumn):
    """A column of objects that are given by kind and number, by their names."""

    def __init__(self, field: AnyField, seen: Seen) -> None:
        super().__init__(field, leads_to_row=False)
        self.verbose_name = capfirst(_("object"))
        self.attrs: dict[str, Any] = {"th": {}}
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


def cell_of(shown: Shown) -> SafeString:
    """A cell with one value."""
    inside = format_html('<a href="{}">{}</a>', shown.url, shown.text) if shown.url else shown.text
    return format_html("<td{}>{}</td>", _title(shown.text), inside)


def _title(text: str) -> SafeString | str:
    """The whole text, which a narrow column may cut."""
    return format_html(' title="{}"', text) if len(text) > LONGEST_UNCUT else ""


def table_of(
    resource: Resource, rows: QuerySet[Model], fields: Sequence[AnyField], seen: Seen
) -> Any:
    """A table of `rows` with a column per field; the first that is no reference leads on."""
    lead = next((one.name for one in fields if not is_relation(one)), fields[0].name)
    columns = [
        (
            one.name,
            ObjectColumn(one, seen)
            if names_object(one)
            else FieldColumn(one, leads_to_row=one.name == lead),
        )
        for one in fields
    ]
    return RecordTable(
        rows, extra_columns=columns, attrs={"class": "list", "aria-label": _("Results")}
    )


def chosen_fields(resource: Resource, names: Sequence[str]) -> list[AnyField]:
    """The public fields called `names` in that order; the default columns where none is known."""
    public = {one.name: one for one in resource.fields}
    known = [public[name] for name in names if name in public]
    return known or [public[name] for name in resource.columns]

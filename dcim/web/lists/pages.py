"""The list of a resource: searched, filtered, sorted, paged, and as CSV."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

from django.core.paginator import EmptyPage
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from dcim.catalog.resource import AnyField
from dcim.record.extras.custom_fields import CustomField
from dcim.record.tree import TreeRecord
from dcim.web.frame.access import Crumb, ResourcePage
from dcim.web.lists.columns import chosen_columns, columns_of, offered_columns
from dcim.web.lists.custom_columns import listed_fields
from dcim.web.lists.export import csv_of
from dcim.web.lists.filters import FilterForm, filter_form_of
from dcim.web.lists.tables import table_of
from dcim.web.lists.trees import InPathOrder
from dcim.web.values.rows import rows_of

PAGE_SIZES: Final = (25, 50, 100, 250)
DEFAULT_PAGE_SIZE: Final = 50


class ListPage(ResourcePage):
    """A resource's objects in a table; `?export=csv` hands out all that match, with every field."""

    template_name = "lists/list.html"

    def get(  # type: ignore[override]  # a file is streamed, which is no HttpResponse
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """The page, the part of it that htmx asks for, or the file."""
        form = filter_form_of(self.resource.model)
        conditions = form(request.GET, custom=self.custom_fields).withhold(self.user)
        if request.GET.get("export") == "csv":
            rows = self.rows(conditions, self.resource.fields)
            return csv_of(self.resource, rows, self.custom_fields)
        if getattr(request, "htmx", None) and request.headers.get("HX-Target") == "results":
            self.template_name = "lists/list_results.html"
        return self.render_to_response(self.get_context_data(conditions=conditions))

    @cached_property
    def custom_fields(self) -> list[CustomField]:
        """The custom fields that the list may show."""
        return listed_fields(self.resource.model)

    def rows(self, conditions: FilterForm, fields: tuple[AnyField, ...]) -> QuerySet[Model]:
        """The rows that match, in the model's own order."""
        return self.seen(rows_of(self.resource, fields)).filter(conditions.conditions())

    def crumbs(self) -> list[Crumb]:
        """The list is where the way ends."""
        return [Crumb(self.plural)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The table of the asked page, and what can be chosen."""
        asked = self.request.GET
        offered = offered_columns(self.resource, self.custom_fields, self.seen, self.may_view)
        chosen = chosen_columns(self.resource, offered, asked.getlist("columns"))
        fields = tuple(one.field for one in chosen if one.field is not None)
        table = self._table(self.rows(kwargs["conditions"], fields), columns_of(chosen))
        size = self._page_size()
        _turn_to(table, self.request.GET.get("page", ""), size)
        return super().get_context_data(
            title=self.plural,
            table=table,
            count=table.paginator.count,
            page_size=size,
            page_sizes=PAGE_SIZES,
            columns=[(one.name, one.label, one in chosen) for one in offered.values()],
            is_filtered=bool(kwargs["conditions"].changed_data),
            **kwargs,
        )

    def _table(self, rows: QuerySet[Model], columns: list[tuple[str, Any]]) -> Any:
        """The table as it is asked to be sorted; else a tree has each row below its parent."""
        sort = [name for name in self.request.GET.getlist("sort") if name]
        if issubclass(self.resource.model, TreeRecord) and not sort:
            for _name, column in columns:
                column.is_indented = getattr(column, "leads_to_row", False)
            return table_of(InPathOrder(rows), columns)
        table = table_of(rows, columns)
        table.order_by = sort
        return table

    def _page_size(self) -> int:
        asked = self.request.GET.get("per_page", "")
        return int(asked) if asked in map(str, PAGE_SIZES) else DEFAULT_PAGE_SIZE


def _turn_to(table: Any, page: str, size: int) -> None:
    """Show the asked page; the last one where there are fewer."""
    number = int(page) if page.isdecimal() and len(page) < 10 else 1
    try:
        table.paginate(page=max(number, 1), per_page=size)
    except EmptyPage:
        table.paginate(page=table.paginator.num_pages, per_page=size)

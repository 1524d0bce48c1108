"""The list of a resource: searched, filtered, sorted, paged, and as CSV."""

from __future__ import annotations

from typing import Any, Final

from django.core.paginator import EmptyPage
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from dcim.catalog.resource import AnyField
from dcim.web.frame.access import Crumb, ResourcePage
from dcim.web.lists.export import csv_of
from dcim.web.lists.filters import FilterForm, filter_form_of
from dcim.web.lists.tables import chosen_fields, table_of
from dcim.web.values import formats
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
        conditions = filter_form_of(self.resource.model)(request.GET).withhold(self.user)
        if request.GET.get("export") == "csv":
            return csv_of(self.resource, self.rows(conditions, self.resource.fields))
        if getattr(request, "htmx", None) and request.headers.get("HX-Target") == "results":
            self.template_name = "lists/list_results.html"
        return self.render_to_response(self.get_context_data(conditions=conditions))

    def rows(self, conditions: FilterForm, fields: tuple[AnyField, ...]) -> QuerySet[Model]:
        """The rows that match, in the model's own order."""
        return self.seen(rows_of(self.resource, fields)).filter(conditions.conditions())

    def crumbs(self) -> list[Crumb]:
        """The list is where the way ends."""
        return [Crumb(self.plural)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The table of the asked page, and what can be chosen."""
        fields = chosen_fields(self.resource, self.request.GET.getlist("columns"))
        table = table_of(
            self.resource, self.rows(kwargs["conditions"], tuple(fields)), fields, self.seen
        )
        table.order_by = [name for name in self.request.GET.getlist("sort") if name]
        size = self._page_size()
        _turn_to(table, self.request.GET.get("page", ""), size)
        return super().get_context_data(
            title=self.plural,
            table=table,
            count=table.paginator.count,
            page_size=size,
            page_sizes=PAGE_SIZES,
            columns=self._columns({field.name for field in fields}),
            is_filtered=bool(kwargs["conditions"].changed_data),
            **kwargs,
        )

    def _columns(self, chosen: set[str]) -> list[tuple[str, str, bool]]:
        return [
            (field.name, formats.label_of(field), field.name in chosen)
            for field in self.resource.fields
        ]

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

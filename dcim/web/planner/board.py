"""The N-1 board: every thing failed alone, the worst first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from dcim.actions.questions.failures import board_seen
from dcim.graph.failures.board import BOARD_KINDS, WORST, BoardRow
from dcim.graph.load.record import current_graph
from dcim.graph.selection import selection_of
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.errors import LumbungError
from dcim.web.frame.access import Page, parameter
from dcim.web.planner.failures import (
    ShownCost,
    filter_fields,
    filters_of,
    impact_page,
    leaf_of,
    shown_cost,
    sortable,
)
from dcim.web.values.things import NamedThing, named_thing

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SORTED_BY: Final[dict[str, StrOrPromise]] = {
    "apps_down": _("Apps down"),
    "apps_degraded": _("Apps degraded"),
    "users_per_month_down": _("Users a month down"),
    "owners_hit": _("Owners hit"),
}


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A thing, what its loss alone costs, and the page that says why."""

    thing: NamedThing
    cost: ShownCost
    why: str


class BoardPage(Page):
    """`n-minus-one/?kind=host&site=PDR`: one row per thing that fails alone."""

    template_name = "planner/board.html"
    title = _("N-1 board")
    permission_model = ServiceApp

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The table, or why there is none."""
        ordering = parameter(request.GET, "ordering") or WORST
        rows, refusal = None, None
        try:
            chosen = selection_of(filters_of(request.GET))
            found = board_seen(current_graph(), chosen, ordering, self.user)
            rows = leaf_of(found, request.GET)
        except LumbungError as err:
            refusal = err
        context = self.get_context_data(
            rows=rows,
            shown=[_shown(row) for row in rows] if rows else [],
            columns=sortable(request, SORTED_BY, ordering),
            fields=filter_fields(request.GET, BOARD_KINDS),
            refusal=refusal,
        )
        return self.render_to_response(context, status=422 if refusal else 200)


def _shown(row: BoardRow) -> ShownRow:
    return ShownRow(named_thing(row.thing), shown_cost(row.cost), impact_page(row.thing.id))

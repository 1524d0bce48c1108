"""Pairs of failures that are worse than both alone, on request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from dcim.actions.questions.failures import pairs_seen
from dcim.graph.failures.board import BOARD_KINDS
from dcim.graph.failures.pairs import PairRow, PairsAsked
from dcim.graph.load.record import current_graph
from dcim.graph.selection import kinds_of, selection_of
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.errors import LumbungError
from dcim.web.frame.access import Page
from dcim.web.planner.failures import (
    ShownCost,
    filter_fields,
    filters_of,
    impact_page,
    leaf_of,
    shown_cost,
)
from dcim.web.values.things import NamedThing, named_thing

APPS_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class ShownPair:
    """Two things, what only both stop, and the page that says why."""

    things: tuple[NamedThing, NamedThing]
    cost: ShownCost
    apps: list[NamedThing]
    why: str


class FailurePairsPage(Page):
    """`failure-pairs/?kind=host&with_kind=switch&site=PDR`."""

    template_name = "planner/failure_pairs.html"
    title = _("Pairs of failures")
    permission_model = ServiceApp

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The table, or why there is none."""
        rows, shown, refusal = None, [], None
        others = [text for text in request.GET.getlist("with_kind") if text]
        try:
            asked = PairsAsked(selection_of(filters_of(request.GET)), kinds_of(others, "with_kind"))
            found = pairs_seen(current_graph(), asked, self.user)
            rows = leaf_of(range(len(found)), request.GET)
            part = slice(max(rows.start_index() - 1, 0), rows.end_index())
            shown = [_shown(row) for row in found.rows(part, slice(APPS_SHOWN))]
        except LumbungError as err:
            refusal = err
        context = self.get_context_data(
            rows=rows,
            shown=shown,
            fields=filter_fields(request.GET, BOARD_KINDS),
            with_kind=others[0] if others else "",
            refusal=refusal,
        )
        return self.render_to_response(context, status=422 if refusal else 200)


def _shown(row: PairRow) -> ShownPair:
    return ShownPair(
        (named_thing(row.first), named_thing(row.second)),
        shown_cost(row.cost),
        [named_thing(app) for app in row.apps],
        impact_page(row.first.id, row.second.id),
    )

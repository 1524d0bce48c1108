"""Single points of failure of all apps, and what would remove each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dcim.actions.questions.failures import points_seen
from dcim.graph.facts import Thing
from dcim.graph.failures.remedies import TEXTS, Removal, removals
from dcim.graph.failures.single_points import POINT_KINDS, PointsAsked, SinglePoint
from dcim.graph.graph import DependencyGraph
from dcim.graph.load.record import current_graph
from dcim.graph.selection import selection_of
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.errors import LumbungError
from dcim.vocabulary.things import Ref, ThingKind
from dcim.web.frame.access import Page, parameter
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
MOST_APPS: Final = 500


@dataclass(frozen=True, slots=True)
class ShownPoint:
    """A thing, what it stops, and for some of the apps what would help."""

    thing: NamedThing
    cost: ShownCost
    why: str
    apps: list[tuple[NamedThing, list[str]]]
    left_out: int
    all_apps: str


class SinglePointsPage(Page):
    """`single-points-of-failure/?kind=host&site=PDR`, `?thing=rack:PDR-R01` or `?app=SIMPEG`."""

    template_name = "planner/single_points.html"
    title = _("Single points of failure")
    permission_model = ServiceApp

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list, or why there is none."""
        rows, shown, refusal = None, [], None
        graph = current_graph()
        try:
            asked = _asked(request)
            found = points_seen(graph, asked, self.user)
            rows = leaf_of(range(len(found)), request.GET)
            apps = MOST_APPS if asked.thing or asked.app else APPS_SHOWN
            points = found.points(slice(rows.start_index() - 1, rows.end_index()), slice(apps))
            shown = [_shown(graph, one) for one in points] if len(found) else []
        except LumbungError as err:
            refusal = err
        context = self.get_context_data(
            rows=rows,
            shown=shown,
            fields=filter_fields(request.GET, POINT_KINDS),
            of=parameter(request.GET, "thing") or parameter(request.GET, "app"),
            refusal=refusal,
        )
        return self.render_to_response(context, status=422 if refusal else 200)


def _asked(request: HttpRequest) -> PointsAsked:
    thing, app = (parameter(request.GET, name) for name in ("thing", "app"))
    return PointsAsked(
        selection_of(filters_of(request.GET)),
        Ref.parse(thing) if thing else None,
        Ref(ThingKind.APP, app) if app else None,
    )


def _shown(graph: DependencyGraph, point: SinglePoint) -> ShownPoint:
    thing = point.row.thing
    return ShownPoint(
        named_thing(thing),
        shown_cost(point.row.cost),
        impact_page(thing.id),
        [(named_thing(one.app), _sentences(graph, one)) for one in point.removals],
        point.apps - len(point.removals),
        f"{reverse('single_points')}?{urlencode({'thing': str(thing.id)})}",
    )


def cures_of(graph: DependencyGraph, thing: Ref, app: Ref) -> list[str]:
    """What would have to change so that the thing alone no longer stops the app, in sentences."""
    (removal,) = removals(graph, graph.find(thing), [graph.find(app)])
    return _sentences(graph, removal)


def _sentences(graph: DependencyGraph, removal: Removal) -> list[str]:
    said = []
    for change in removal.changes:
        at, on = (_called(graph.roster.thing(number)) for number in (change.at, change.on))
        words = {"at": at, "on": on, "count": change.count}
        said.append(gettext(TEXTS[change.remedy]) % words)
    return said


def _called(thing: Thing) -> str:
    named = named_thing(thing)
    return f"{named.kind} {named.name}"

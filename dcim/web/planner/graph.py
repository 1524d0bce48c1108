"""Dependencies drawn: any part of the graph, or what is hit by a failure, to walk through."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcim.actions.questions.drawings import MOST_HOPS, Asked, Shown, drawing_seen
from dcim.actions.rights import may_all
from dcim.graph.drawing.exports import Format
from dcim.graph.drawing.folding import Part
from dcim.graph.load.record import current_graph
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.errors import LumbungError
from dcim.web.frame.access import Page
from dcim.web.planner.drawings import address_of, record_page, shown_drawing
from dcim.web.planner.impact import offered

API: Final = "/api/plugins/planner/graph/"


@dataclass(frozen=True, slots=True)
class Link:
    """A way on from the drawing."""

    label: str
    url: str


class GraphPage(Page):
    """`?scope=app:SIMPEG`, `?failed=rack:PDR-R01`, `?scope=all&focus=host:PDR-H01&hops=1`."""

    template_name = "planner/graph.html"
    title = gettext_lazy("Dependencies")
    permission_model = ServiceApp

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The question, and the drawing once a part is named."""
        graph, refusal, asked, more = current_graph(), None, Asked(), {}
        try:
            asked = Asked.of(request.GET)
            if asked.scope or asked.focus or asked.failed:
                more = self._answer(drawing_seen(graph, asked, self.user))
        except LumbungError as err:
            refusal = err
        names = offered(graph) if may_all(self.user, "view", ServiceApp) else []
        context = self.get_context_data(
            asked=asked, refusal=refusal, offered=names, most_hops=MOST_HOPS, **more
        )
        return self.render_to_response(context, status=422 if refusal else 200)

    def _answer(self, shown: Shown) -> dict[str, Any]:
        asked = shown.asked
        drawing = shown_drawing(shown, lambda part: _url(shown, part))
        return {
            "drawing": drawing,
            "title": drawing.title,
            "record_url": _record_url(shown),
            "serial": shown.picture.graph.serial,
            "closings": [
                Link(_short(key), address_of(_without(asked, key))) for key in asked.opened
            ],
            "files": files_of(asked),
            "impact_query": urlencode([("failed", one) for one in asked.failed]),
            "wider": _wider(asked),
        }


def _url(shown: Shown, part: Part) -> str:
    """A folded box opens; another goes into the middle; what is there leads to the record."""
    if part.is_folded or shown.middle in part.members:
        return record_page(shown, part)
    return address_of(shown.next_of(part))


def _record_url(shown: Shown) -> str:
    """The page of what is in the middle."""
    for part in shown.picture.parts.values():
        if shown.middle in part.members:
            return record_page(shown, part)
    return ""


def _without(asked: Asked, key: str) -> Asked:
    return replace(asked, opened=tuple(one for one in asked.opened if one != key))


def _short(key: str) -> str:
    return key.partition("!")[0].replace("@", " · ")


def files_of(asked: Asked) -> list[Link]:
    """The same part as files of the API; a drawing of what is hit, or of a focus, as SVG alone."""
    svg = Link("SVG", f"{API}?{urlencode([*asked.pairs, ('as', 'svg')])}")
    if not asked.scope or asked.failed or asked.focus:
        return [svg]
    address = f"{API}?{urlencode({'scope': asked.scope})}&as="
    return [svg, *(Link(form.value, f"{address}{form.value}") for form in Format)]


def _wider(asked: Asked) -> list[Link]:
    """From a focus: one step more or less around it, and the whole part."""
    if not asked.focus:
        return []
    links = []
    if asked.hops > 1:
        links.append(Link(_("one step less"), address_of(replace(asked, hops=asked.hops - 1))))
    if asked.hops < MOST_HOPS:
        links.append(Link(_("one step more"), address_of(replace(asked, hops=asked.hops + 1))))
    if asked.scope or asked.failed:
        links.append(Link(_("the whole part"), address_of(replace(asked, focus="", opened=()))))
    return links

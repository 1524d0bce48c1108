"""What falls when things fail: a question that is its own address, and its answer with reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcim.actions.answers import impact_seen
from dcim.actions.rights import may_all
from dcim.graph.impact import Hit, Impact
from dcim.graph.load.record import current_graph
from dcim.graph.restoring import restorable
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.errors import LumbungError
from dcim.vocabulary.things import Ref, ThingKind
from dcim.web.frame.access import Page
from dcim.web.planner.restoring import ShownRestorable, shown_restorable
from dcim.web.values.things import KIND_LABELS, NamedThing, named_things

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from dcim.graph.graph import DependencyGraph

# What people work on or lose; machines and tiers can be named too, but would drown the list.
OFFERED_KINDS: Final = frozenset(ThingKind) - {
    ThingKind.GROUP,
    ThingKind.PSU,
    ThingKind.OUTLET,
    ThingKind.WORKLOAD,
    ThingKind.VM,
    ThingKind.BACKUP,
}
MOST_OFFERED: Final = 1500


@dataclass(frozen=True, slots=True)
class ShownHit:
    """An app that is hit: what it is called, who answers for it, and the chain of causes."""

    thing: NamedThing
    owner: str
    chain: list[NamedThing]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer as the page shows it."""

    failed: list[NamedThing]
    down: list[ShownHit]
    degraded: list[ShownHit]
    idle: list[ShownHit]
    others: list[tuple[StrOrPromise, int]]
    restorable: ShownRestorable
    serial: int


class ImpactPage(Page):
    """Name things in the address (`?failed=rack:PDR-R01&failed=…`): the page says who is hit."""

    template_name = "planner/impact.html"
    title = gettext_lazy("What falls when …")
    permission_model = ServiceApp

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The question, and its answer once something is named."""
        graph = current_graph()
        asked = list(dict.fromkeys(text.strip() for text in request.GET.getlist("failed")))
        asked = [text for text in asked if text]
        answer, refusal = None, None
        try:
            answer = self._answer(graph, [Ref.parse(text) for text in asked]) if asked else None
        except LumbungError as err:
            refusal = err
        context = self.get_context_data(
            asked=asked,
            order_query=urlencode({"thing": asked}, doseq=True),
            graph_query=urlencode({"failed": asked}, doseq=True),
            answer=answer,
            refusal=refusal,
            offered=self._offered(graph),
        )
        return self.render_to_response(context, status=422 if refusal else 200)

    def _offered(self, graph: DependencyGraph) -> list[tuple[str, str]]:
        """Names to choose from, for those who see the whole."""
        return offered(graph) if may_all(self.user, "view", ServiceApp) else []

    def _answer(self, graph: DependencyGraph, failed: Sequence[Ref]) -> Answer:
        """The answer, of the apps that the reader sees."""
        return answer_of(impact_seen(graph, failed, self.user))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The title names what was asked."""
        if kwargs["asked"]:
            title = _("What falls without %(things)s") % {"things": ", ".join(kwargs["asked"])}
            kwargs["title"] = title
        return super().get_context_data(**kwargs)


def offered(graph: DependencyGraph) -> list[tuple[str, str]]:
    """Names to choose from, each with what it says to people."""
    things = (thing for thing in graph.things() if thing.kind in OFFERED_KINDS)
    named = ((str(one.id), f"{KIND_LABELS[one.kind]} {one.label}") for one in things)
    return sorted(named)[:MOST_OFFERED]


def answer_of(found: Impact) -> Answer:
    """What is down and degraded, with chains of causes."""
    named = named_things(_nodes(found))
    owners = _owners(found)
    return Answer(
        failed=[named[node.id] for node in found.failed],
        down=[_shown(hit, named, owners) for hit in found.apps_down],
        degraded=[_shown(hit, named, owners) for hit in found.apps_degraded],
        idle=[_shown(hit, named, owners) for hit in found.idle_apps],
        others=_others(found),
        restorable=shown_restorable(found.graph, restorable(found, timezone.now())),
        serial=found.serial,
    )


def _app_hits(found: Impact) -> tuple[Hit, ...]:
    return found.apps_down + found.apps_degraded + found.idle_apps


def _nodes(found: Impact) -> Iterable[Any]:
    yield from found.failed
    for hit in _app_hits(found):
        yield from hit.chain


def _owners(found: Impact) -> dict[str, str]:
    codes = [hit.thing.name for hit in _app_hits(found)]
    rows = ServiceApp.objects.filter(code__in=codes).select_related("owner")
    return {app.code: app.owner.name for app in rows}


def _shown(hit: Hit, named: dict[Ref, NamedThing], owners: dict[str, str]) -> ShownHit:
    chain = [named[node.id] for node in hit.chain[1:]]
    return ShownHit(named[hit.thing.id], owners.get(hit.thing.name, ""), chain)


def _others(found: Impact) -> list[tuple[StrOrPromise, int]]:
    """How many things that are neither apps nor copies of them are down, by kind."""
    told = (ThingKind.APP, ThingKind.BACKUP)
    kinds = Counter(hit.thing.kind for hit in found.down if hit.thing.kind not in told)
    return [(KIND_LABELS[kind], count) for kind, count in kinds.items()]

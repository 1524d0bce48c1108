"""What falls when things fail: a question that is its own address, and its answer with reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.core.paginator import Page as Leaf
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcim.actions.questions.failures import impact_seen
from dcim.actions.questions.room_left import room_left
from dcim.actions.rights import may_all
from dcim.graph.failures.failing import Failing, day
from dcim.graph.failures.impact import Hit, Impact
from dcim.graph.failures.losses import OwnerLoss, losses_of
from dcim.graph.failures.restoring import restorable
from dcim.graph.load.record import current_graph
from dcim.graph.propagation import State
from dcim.graph.selection import STANDING, Selection, selection_of
from dcim.record.networks.virtualization import Cluster
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.errors import LumbungError
from dcim.vocabulary.things import Ref, ThingKind
from dcim.web.frame.access import Page, parameter
from dcim.web.planner.failures import (
    ROWS,
    ShownCost,
    filter_fields,
    filters_of,
    leaf_of,
    shown_cost,
)
from dcim.web.planner.restoring import ShownRestorable, shown_restorable
from dcim.web.values.things import KIND_LABELS, NamedThing, kind_label, named_things

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
LEAF: Final = 250  # apps of each list on one page


@dataclass(frozen=True, slots=True)
class ShownHit:
    """An app that is hit: what it is called, who answers for it, and the chain of causes."""

    thing: NamedThing
    owner: str
    chain: list[NamedThing]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer as the page shows it: a leaf of each list, counts of all."""

    failed: list[NamedThing]
    failed_count: int
    cost: ShownCost
    owners: tuple[OwnerLoss, ...]
    down: list[ShownHit]
    degraded: list[ShownHit]
    idle: list[ShownHit]
    idle_count: int
    others: list[tuple[StrOrPromise, int]]
    restorable: ShownRestorable
    serial: int
    leaf: Leaf[int]


class ImpactPage(Page):
    """Name things in the address (`?failed=rack:PDR-R01&failed=…`): the page says who is hit.

    Things can be chosen by filter as well (`?kind=host&site=PDR`), and grants by their last day.
    """

    template_name = "planner/impact.html"
    title = gettext_lazy("What falls when …")
    permission_model = ServiceApp

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The question, and its answer once something is named."""
        graph = current_graph()
        asked = list(dict.fromkeys(text.strip() for text in request.GET.getlist("failed")))
        asked = [text for text in asked if text]
        lapse_on = parameter(request.GET, "lapse_on")
        chosen, answer, refusal = None, None, None
        try:
            chosen = selection_of(filters_of(request.GET))
            if asked or chosen or lapse_on:
                named = tuple(Ref.parse(text) for text in asked)
                failing = Failing(named, chosen, day(lapse_on) if lapse_on else None)
                found = impact_seen(graph, failing, self.user)
                wants_pools = parameter(request.GET, "pools") == "true"
                pools = room_left(found, self.user) if wants_pools else None
                answer = answer_of(found, request.GET, pools or {})
        except LumbungError as err:
            refusal = err
        context = self.get_context_data(
            asked=asked,
            said=_said(asked, chosen, lapse_on),
            lapse_on=lapse_on,
            fields=filter_fields(request.GET, STANDING),
            order_query=urlencode({"thing": asked}, doseq=True) if asked else "",
            graph_query=urlencode({"failed": asked}, doseq=True),
            answer=answer,
            refusal=refusal,
            offered=self._offered(graph),
            sees_pools=may_all(self.user, "view", Cluster),
        )
        return self.render_to_response(context, status=422 if refusal else 200)

    def _offered(self, graph: DependencyGraph) -> list[tuple[str, str]]:
        """Names to choose from, for those who see the whole."""
        return offered(graph) if may_all(self.user, "view", ServiceApp) else []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The title names what was asked."""
        if kwargs["said"]:
            kwargs["title"] = _("What falls without %(things)s") % {"things": kwargs["said"]}
        return super().get_context_data(**kwargs)


def _said(asked: Sequence[str], chosen: Selection | None, lapse_on: str) -> str:
    """What was asked, in words."""
    words = [*asked, *([chosen.said] if chosen else [])]
    if lapse_on:
        words.append(_("grants until %(day)s") % {"day": lapse_on})
    return ", ".join(words)


def offered(graph: DependencyGraph, *, is_ours: bool = False) -> list[tuple[str, str]]:
    """Names to choose from, each with what it says to people.

    Args:
        graph: The graph of one serial.
        is_ours: Leave out what somebody else works on: external apps.
    """
    things = (thing for kind in OFFERED_KINDS for thing in graph.things(kind))
    named = (
        (str(one.id), f"{kind_label(one)} {one.label}")
        for one in things
        if not (is_ours and one.is_external)
    )
    return sorted(named)[:MOST_OFFERED]


def answer_of(found: Impact, asked: QueryDict, pools: Mapping[str, Amounts]) -> Answer:
    """What is down and degraded, with chains of causes; `pools` are what pools have free."""
    losses = losses_of(found)
    cost = shown_cost(losses.cost)
    leaf = leaf_of(range(max(cost.down, cost.degraded, found.idle_count)), asked, LEAF)
    part = slice(max(leaf.start_index() - 1, 0), leaf.end_index())
    states = [found.app_hits(state, part) for state in (State.DOWN, State.DEGRADED)]
    down, degraded, idle = (*states, found.idle_hits(part))
    failed = found.failed[:ROWS]
    named = named_things(
        [*failed, *(node for hit in (*down, *degraded, *idle) for node in hit.chain)]
    )
    owners = _owners((*down, *degraded, *idle))
    return Answer(
        failed=[named[node.id] for node in failed],
        failed_count=len(found.numbers),
        cost=cost,
        owners=losses.owners[:ROWS],
        down=[_shown(hit, named, owners) for hit in down],
        degraded=[_shown(hit, named, owners) for hit in degraded],
        idle=[_shown(hit, named, owners) for hit in idle],
        idle_count=found.idle_count,
        others=_others(found),
        restorable=shown_restorable(found.graph, restorable(found, timezone.now()), part, pools),
        serial=found.serial,
        leaf=leaf,
    )


def _owners(hits: Iterable[Hit]) -> dict[str, str]:
    codes = [hit.thing.name for hit in hits]
    rows = ServiceApp.objects.filter(code__in=codes).select_related("owner")
    return {app.code: app.owner.name for app in rows}


def _shown(hit: Hit, named: dict[Ref, NamedThing], owners: dict[str, str]) -> ShownHit:
    chain = [named[node.id] for node in hit.chain[1:]]
    return ShownHit(named[hit.thing.id], owners.get(hit.thing.name, ""), chain)


def _others(found: Impact) -> list[tuple[StrOrPromise, int]]:
    """How many things that are neither apps nor copies of them are down, by kind."""
    told = (ThingKind.APP, ThingKind.BACKUP)
    counts = found.counts(State.DOWN)
    return [
        (KIND_LABELS[kind], counts[kind]) for kind in ThingKind if counts[kind] and kind not in told
    ]

"""What a plan changes: the graph's answers before and after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dcim.actions.plans.comparison import compare_plan, plan_seen
from dcim.graph.facts import Node
from dcim.graph.load.record import current_graph
from dcim.graph.propagation import State
from dcim.planning.questions.comparison import AppChange, Comparison, LossChange, Verdict
from dcim.record.planner.plans import Plan
from dcim.vocabulary.errors import LumbungError
from dcim.vocabulary.things import Ref
from dcim.web.frame.access import Crumb, Page
from dcim.web.planner.impact import offered
from dcim.web.values.addresses import page_of
from dcim.web.values.things import NamedThing, named_things

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

VERDICTS: Final[dict[Verdict, tuple[StrOrPromise, str]]] = {
    Verdict.WORSE: (_("worse"), "bad"),
    Verdict.GONE: (_("no longer runs"), "bad"),
    Verdict.NEW: (_("new"), "plan"),
    Verdict.BETTER: (_("better"), "good"),
}
STATES: Final[dict[State | None, StrOrPromise]] = {
    State.UP: _("runs"),
    State.DEGRADED: _("degraded"),
    State.DOWN: pgettext_lazy("of a thing", "down"),
    None: _("does not run"),
}
MOST_POINTS: Final = 40  # of an app; one that comes back has every thing below it as a new one


@dataclass(frozen=True, slots=True)
class ShownApp:
    """An app that fares differently, and why."""

    thing: NamedThing
    before: StrOrPromise
    after: StrOrPromise
    label: StrOrPromise
    tone: str
    chain: list[NamedThing]


@dataclass(frozen=True, slots=True)
class ShownPoints:
    """Single points of failure of an app that come and go, and how many more there are."""

    thing: NamedThing
    new: list[str]
    more: int
    gone: list[str]


@dataclass(frozen=True, slots=True)
class ShownLoss:
    """What a thing's loss alone costs before and after."""

    thing: NamedThing
    change: LossChange
    label: StrOrPromise
    tone: str


class ComparisonPage(Page):
    """`plans/ID/comparison/?failed=rack:PDR-R01`."""

    template_name = "planner/comparison.html"
    title = _("Before and after the plan")
    permission_model = Plan

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The question, and what changes."""
        self.plan = plan_seen(self.kwargs["pk"], self.user)
        asked = [text.strip() for text in request.GET.getlist("failed")]
        asked = [text for text in dict.fromkeys(asked) if text]
        found, refusal = None, None
        try:
            found = compare_plan(self.plan, [Ref.parse(text) for text in asked])
        except LumbungError as err:
            refusal = err
        context = self.get_context_data(
            asked=asked,
            refusal=refusal,
            offered=offered(current_graph()),
            answer=found,
            **(_shown(found) if found else {}),
        )
        return self.render_to_response(context, status=422 if refusal else 200)

    def crumbs(self) -> list[Crumb]:
        """The plan comes before."""
        return [Crumb(str(self.plan), page_of(self.plan)), *super().crumbs()]


def _shown(found: Comparison) -> dict[str, Any]:
    named = named_things(_nodes(found))
    return {
        "apps": [_app(one, named) for one in found.apps],
        "points": [
            ShownPoints(
                named[one.app.id],
                [str(ref) for ref in one.new[:MOST_POINTS]],
                max(0, len(one.new) - MOST_POINTS),
                [str(ref) for ref in one.gone],
            )
            for one in found.points
        ],
        "losses": [
            ShownLoss(named[one.thing.id], one, *VERDICTS[one.verdict]) for one in found.losses
        ],
    }


def _nodes(found: Comparison) -> Iterable[Node]:
    for app in found.apps:
        yield app.app
        yield from app.chain
    yield from (one.app for one in found.points)
    yield from (one.thing for one in found.losses)


def _app(one: AppChange, named: dict[Ref, NamedThing]) -> ShownApp:
    chain = [named[node.id] for node in one.chain[1:]]
    states = STATES[one.before], STATES[one.after]
    return ShownApp(named[one.app.id], *states, *VERDICTS[one.verdict], chain)

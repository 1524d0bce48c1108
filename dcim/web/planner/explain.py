"""Why an app rests on a thing: a question that is its own address, answered by chains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from dcim.actions.questions.answers import app_seen
from dcim.actions.rights import may_all
from dcim.graph.load.record import current_graph
from dcim.graph.needs.requirements import Explanation, explain
from dcim.graph.propagation import State
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.errors import LumbungError
from dcim.vocabulary.things import Ref, ThingKind
from dcim.web.frame.access import Page
from dcim.web.planner.impact import offered
from dcim.web.values.things import NamedThing, named_things

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

EFFECTS: Final[dict[State, tuple[str, StrOrPromise]]] = {
    State.DOWN: ("bad", _("stops without it")),
    State.DEGRADED: ("plan", _("goes on without it, with less to spare")),
    State.UP: ("good", _("does without it")),
}


@dataclass(frozen=True, slots=True)
class ShownExplanation:
    """The answer as the page shows it; each chain leads from the app to the thing."""

    app: NamedThing
    thing: NamedThing
    tone: str
    effect: StrOrPromise
    is_hard: bool
    chains: list[list[NamedThing]]
    serial: int


class ExplainPage(Page):
    """Name both in the address (`?app=SIMPEG&thing=rack:PDR-R01`); the page says why."""

    template_name = "planner/explain.html"
    title = _("Why an app rests on a thing")
    permission_model = ServiceApp

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The question, and its answer once both are named."""
        code = request.GET.get("app", "").strip().removeprefix(f"{ThingKind.APP}:")
        thing = request.GET.get("thing", "").strip()
        answer, refusal = None, None
        try:
            answer = self._answer(code, thing) if code and thing else None
        except LumbungError as err:
            refusal = err
        context = self.get_context_data(
            code=code,
            thing=thing,
            impact_query=urlencode({"failed": thing}),
            answer=answer,
            refusal=refusal,
            offered=offered(current_graph()) if may_all(self.user, "view", ServiceApp) else [],
        )
        return self.render_to_response(context, status=422 if refusal else 200)

    def _answer(self, code: str, thing: str) -> ShownExplanation:
        """Why, if the reader may know of the app."""
        graph, named = current_graph(), Ref.parse(thing)
        app = app_seen(graph, Ref(ThingKind.APP, code), self.user)
        return shown_explanation(explain(graph, app, named))


def shown_explanation(why: Explanation) -> ShownExplanation:
    """The chains with the pages of what is in them."""
    named = named_things({why.app, why.thing, *(node for chain in why.chains for node in chain)})
    tone, effect = EFFECTS[why.effect]
    return ShownExplanation(
        app=named[why.app.id],
        thing=named[why.thing.id],
        tone=tone,
        effect=effect,
        is_hard=why.is_hard,
        chains=[[named[node.id] for node in chain] for chain in why.chains],
        serial=why.serial,
    )

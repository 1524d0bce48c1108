"""In which order things are started and stopped: waves, each of what can be done at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from dcim.actions.questions.answers import order_seen
from dcim.actions.rights import may_all
from dcim.graph.facts import Node
from dcim.graph.load.record import current_graph
from dcim.graph.needs.order import Direction, Order, Scope, Step
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.asked import chosen
from dcim.vocabulary.errors import LumbungError
from dcim.vocabulary.things import Ref
from dcim.web.frame.access import Page
from dcim.web.planner.impact import offered
from dcim.web.values.things import NamedThing, named_things

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_STEPS: Final = 200  # of a wave; a wave of a large site has thousands
DIRECTIONS: Final[dict[Direction, StrOrPromise]] = {
    Direction.STOP: _("Stop"),
    Direction.START: _("Start"),
}


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step as the page shows it."""

    things: list[NamedThing]
    stands: bool


@dataclass(frozen=True, slots=True)
class ShownWave:
    """A wave: its steps, and how many more there are than are shown."""

    steps: list[ShownStep]
    more: int


@dataclass(frozen=True, slots=True)
class ShownOrder:
    """The answer as the page shows it."""

    named: list[NamedThing]
    direction: StrOrPromise
    is_below: bool
    waves: list[ShownWave]
    unordered: list[tuple[NamedThing, NamedThing]]
    idle: list[NamedThing]
    serial: int


class OrderPage(Page):
    """Name things in the address (`?thing=rack:PDR-R01&direction=stop`); the page says when."""

    template_name = "planner/order.html"
    title = _("Order of starting and stopping")
    permission_model = ServiceApp

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The question, and its answer once something is named."""
        asked = [text.strip() for text in request.GET.getlist("thing")]
        asked = [text for text in dict.fromkeys(asked) if text]
        answer, refusal = None, None
        try:
            answer = self._answer(request, asked) if asked else None
        except LumbungError as err:
            refusal = err
        direction = request.GET.get("direction", Direction.STOP)
        context = self.get_context_data(
            asked=asked,
            direction=direction,
            directions=DIRECTIONS.items(),
            impact_query=urlencode({"failed": asked}, doseq=True),
            answer=answer,
            refusal=refusal,
            offered=offered(current_graph()) if may_all(self.user, "view", ServiceApp) else [],
        )
        return self.render_to_response(context, status=422 if refusal else 200)

    def _answer(self, request: HttpRequest, asked: Iterable[str]) -> ShownOrder:
        """The answer, of what the reader sees."""
        given = request.GET
        direction = chosen(Direction, given.get("direction", Direction.STOP), "direction")
        scope = chosen(Scope, given["scope"], "scope") if given.get("scope") else None
        named = [Ref.parse(text) for text in asked]
        return shown_order(order_seen(current_graph(), named, direction, scope, self.user))


def shown_order(found: Order) -> ShownOrder:
    """The waves with the pages of what is in them."""
    named = named_things(_nodes(found))
    return ShownOrder(
        named=[named[node.id] for node in found.named],
        direction=DIRECTIONS[found.direction],
        is_below=found.scope is Scope.BELOW,
        waves=shown_waves(found.waves, named),
        unordered=[(named[one.id], named[other.id]) for one, other in found.unordered],
        idle=[named[thing.id] for thing in found.idle[:MOST_STEPS]],
        serial=found.serial,
    )


def shown_waves(waves: Iterable[Sequence[Step]], named: dict[Ref, NamedThing]) -> list[ShownWave]:
    """The waves, as many steps of each as a page can show."""
    return [
        ShownWave(
            [_shown(step, named) for step in wave[:MOST_STEPS]], max(0, len(wave) - MOST_STEPS)
        )
        for wave in waves
    ]


def _nodes(found: Order) -> Iterable[Node]:
    yield from found.named
    yield from found.idle[:MOST_STEPS]
    for wave in found.waves:
        for step in wave[:MOST_STEPS]:
            yield from step.things
    for pair in found.unordered:
        yield from pair


def _shown(step: Step, named: dict[Ref, NamedThing]) -> ShownStep:
    return ShownStep([named[thing.id] for thing in step.things], step.stands)

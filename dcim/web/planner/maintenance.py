"""The maintenance check: what work on things means, on one page that can be printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from dcim.actions.questions.maintenance import check_maintenance, window_of
from dcim.actions.questions.notices import notices_of
from dcim.graph.facts import Node, Thing
from dcim.graph.load.record import current_graph
from dcim.graph.needs.order import Step
from dcim.planning.people import Person
from dcim.planning.questions.maintenance import Maintenance, Told, Window
from dcim.planning.questions.maintenance_answers import NoticeAnswer
from dcim.planning.questions.moves import Deed, Move
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.errors import LumbungError
from dcim.vocabulary.things import Ref
from dcim.web.frame.access import Page, parameter
from dcim.web.planner.failures import CATEGORY_LABELS
from dcim.web.planner.impact import offered
from dcim.web.planner.order import MOST_STEPS, ShownWave, shown_waves
from dcim.web.values.things import NamedThing, named_things

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

DEEDS: Final[dict[Deed, tuple[StrOrPromise, str]]] = {
    Deed.MIGRATE: (_("migrate while it runs"), "good"),
    Deed.MOVE: (_("move"), "plan"),
    Deed.NO_PLACE: (_("no place"), "bad"),
    Deed.OTHERS_GO_ON: (_("nothing: others go on in its place"), "good"),
    Deed.STOP: (_("stop: it carries no running app"), "quiet"),
}


@dataclass(frozen=True, slots=True)
class ShownApp:
    """An app that is hit, what is at stake, and why."""

    thing: NamedThing
    category: StrOrPromise
    users: int
    chain: list[NamedThing]


@dataclass(frozen=True, slots=True)
class ShownMove:
    """A machine, and what is done with it."""

    move: Move
    label: StrOrPromise
    tone: str
    pool: str


@dataclass(frozen=True, slots=True)
class ShownOffice:
    """An office, and the notice to it."""

    told: Told
    notice: NoticeAnswer


@dataclass(frozen=True, slots=True)
class ShownMaintenance:
    """The check as the page shows it."""

    named: list[NamedThing]
    window: Window
    stopped: list[ShownApp]
    saved: list[ShownApp]
    degraded: list[ShownApp]
    moves: list[ShownMove]
    offices: list[ShownOffice]
    sites: list[tuple[str, tuple[Person, ...]]]
    gaps: list[NamedThing]
    weakened: list[tuple[NamedThing, NamedThing, int, int, int]]
    stop: list[ShownWave]
    start: list[ShownWave]
    serial: int


class MaintenancePage(Page):
    """`maintenance/?thing=rack:PDR-R01&from=2026-12-01T20:00&until=2026-12-01T22:00`."""

    template_name = "planner/maintenance.html"
    title = _("Maintenance check")
    permission_model = ServiceApp
    whole = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The question, and its answer once something is named."""
        asked = [text.strip() for text in request.GET.getlist("thing")]
        asked = [text for text in dict.fromkeys(asked) if text]
        answer, refusal = None, None
        try:
            answer = self._answer(request, asked) if asked else None
        except LumbungError as err:
            refusal = err
        begin = timezone.localtime().replace(minute=0, second=0) + timedelta(hours=1)
        context = self.get_context_data(
            asked=asked,
            start=parameter(request.GET, "from") or f"{begin:%Y-%m-%dT%H:%M}",
            until=parameter(request.GET, "until") or f"{begin + timedelta(hours=2):%Y-%m-%dT%H:%M}",
            impact_query=urlencode({"failed": asked}, doseq=True),
            answer=answer,
            refusal=refusal,
            offered=offered(current_graph(), is_ours=True),
        )
        return self.render_to_response(context, status=422 if refusal else 200)

    def _answer(self, request: HttpRequest, asked: Sequence[str]) -> ShownMaintenance:
        named = [Ref.parse(text) for text in asked]
        window = window_of(*(parameter(request.GET, one) for one in ("from", "until")))
        return shown(check_maintenance(named, window, self.user))


def shown(found: Maintenance) -> ShownMaintenance:
    """The check with the pages of what is in it."""
    named = named_things(_nodes(found))
    notices = notices_of(found)
    return ShownMaintenance(
        named=[named[node.id] for node in found.found.failed],
        window=found.window,
        stopped=[_app(hit.thing, hit.chain, named) for hit in found.stopped],
        saved=[_app(hit.thing, hit.chain, named) for hit in found.saved],
        degraded=[_app(hit.thing, hit.chain, named) for hit in found.found.apps_degraded],
        moves=[_move(one) for one in found.moves],
        offices=[ShownOffice(one, notices[one.slug]) for one in found.told],
        sites=[
            (site.name, found.beside.people.get(("site", site.name), ())) for site in found.sites
        ],
        gaps=[named[app.id] for app in found.gaps],
        weakened=[
            (
                named[one.owner.id],
                named[one.group.id],
                one.left,
                one.group.size,
                one.group.needed,
            )
            for one in found.weakened[:MOST_STEPS]
        ],
        stop=shown_waves(found.stop, named),
        start=shown_waves(found.start, named),
        serial=found.found.serial,
    )


def _nodes(found: Maintenance) -> Iterable[Node]:
    yield from found.found.failed
    for hit in (*found.found.apps_down, *found.found.apps_degraded):
        yield from hit.chain
    for one in found.weakened:
        yield from (one.owner, one.group)
    for step in _steps(found):
        yield from step.things


def _steps(found: Maintenance) -> Iterable[Step]:
    return (step for wave in found.stop for step in wave)


def _app(app: Thing, chain: Iterable[Node], named: dict[Ref, NamedThing]) -> ShownApp:
    _own, *causes = (named[node.id] for node in chain)
    return ShownApp(named[app.id], CATEGORY_LABELS[app.category], app.users_per_month, causes)


def _move(move: Move) -> ShownMove:
    label, tone = DEEDS[move.deed]
    return ShownMove(move, label, tone, move.pool.partition(":")[2])

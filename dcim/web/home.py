"""The first page: what runs, what is free, what falls with a rack, plans, changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from dcim.graph.impact import impact
from dcim.graph.load import current_graph
from dcim.planning.verdicts import Scenario
from dcim.record.changes import ObjectChange
from dcim.record.plans import Plan
from dcim.record.service_apps import ServiceApp
from dcim.vocabulary.choices import AppStatus
from dcim.vocabulary.things import ThingKind
from dcim.web.access import Crumb, Page
from dcim.web.amounts import AmountLine, amount_lines
from dcim.web.plan_documents import SCENARIOS, document_of, newest_plan
from dcim.web.plans import OutcomeCount, is_decided, outcome_counts
from dcim.web.pools import shown_pools

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_RACKS = 24
MOST_CHANGES = 8


@dataclass(frozen=True, slots=True)
class RackRisk:
    """What falls when a rack goes."""

    name: str
    url: str
    down: int
    degraded: int


@dataclass(frozen=True, slots=True)
class PlanFigures:
    """The totals of a plan: how its apps end, and what it asks of the national data centre."""

    plan: Plan
    scenario: StrOrPromise
    outcomes: list[OutcomeCount]
    asked: list[AmountLine]


class HomePage(Page):
    """The numbers that matter, each leading to where it comes from."""

    template_name = "home.html"
    title = _("Overview")

    def crumbs(self) -> list[Crumb]:
        """The way starts here."""
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Apps, pools, racks, the newest plan, the newest changes."""
        statuses = list(ServiceApp.objects.order_by().values_list("status", flat=True))
        return super().get_context_data(
            apps=len(statuses),
            active=statuses.count(AppStatus.ACTIVE),
            inactive=statuses.count(AppStatus.INACTIVE),
            pools=[one for one in shown_pools() if one.has_room],
            racks=rack_risks(),
            changes=ObjectChange.objects.all()[:MOST_CHANGES],
            may_make=self.user.has_perm("dcim.add_plan"),
            plans=plan_figures(),
            **kwargs,
        )


def rack_risks() -> list[RackRisk]:
    """What falls with each rack, the worst first."""
    graph = current_graph()
    risks = []
    for rack in graph.things(ThingKind.RACK):
        found = impact(graph, [rack.id])
        url = f"{reverse('impact')}?{urlencode({'failed': str(rack.id)})}"
        risks.append(RackRisk(rack.name, url, len(found.apps_down), len(found.apps_degraded)))
    worst_first = sorted(risks, key=lambda one: (-one.down, -one.degraded, one.name))
    return worst_first[:MOST_RACKS]


def plan_figures() -> list[PlanFigures]:
    """The newest plan of each scenario that has one, with its totals."""
    found = ((scenario, newest_plan(scenario)) for scenario in Scenario)
    return [_figures(scenario, plan) for scenario, plan in found if plan is not None]


def _figures(scenario: Scenario, plan: Plan) -> PlanFigures:
    document = document_of(plan)
    decided = [one for one in document.apps if is_decided(one)]
    return PlanFigures(
        plan, SCENARIOS[scenario], outcome_counts(decided), amount_lines(document.ask.amounts)
    )

"""The first page: what runs, what is free, what falls with a rack, plans, changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Count, Model, Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from dcim.actions.grants.expiries import ending, expiry_of
from dcim.actions.plans.making import document_of
from dcim.actions.rights import may_all, visible
from dcim.graph.failures.impact import impact
from dcim.graph.load.record import current_graph
from dcim.planning.grants.expiry import WARN_AT, Expiry
from dcim.planning.reactivation.verdicts import Stance
from dcim.record.log.changes import ObjectChange
from dcim.record.networks.virtualization import Cluster
from dcim.record.people.account import User
from dcim.record.places.racks import Rack
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.drift import DriftFinding
from dcim.record.planner.plans import Plan
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.choices import AppStatus
from dcim.vocabulary.drift import DriftStatus
from dcim.vocabulary.errors import LumbungError
from dcim.vocabulary.things import ThingKind
from dcim.web.frame.access import Crumb, Page, may
from dcim.web.planner.plan_documents import STANCES, newest_plan
from dcim.web.planner.plans import OutcomeCount, is_decided, outcome_counts
from dcim.web.planner.pools import ShownPool, shown_pools
from dcim.web.values.amounts import AmountLine, amount_lines
from dcim.web.values.formats import day

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from dcim.graph.facts import Thing
    from dcim.graph.graph import DependencyGraph

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
    stance: StrOrPromise
    outcomes: list[OutcomeCount]
    asked: list[AmountLine]


@dataclass(frozen=True, slots=True)
class AppCounts:
    """How many apps are recorded, run, and do not."""

    all: int
    active: int
    inactive: int


@dataclass(frozen=True, slots=True)
class GrantEnd:
    """A grant that ends soon, or is over."""

    grant: Allocation
    expiry: Expiry
    until: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page: what it holds, or why that can't be told now."""

    holds: Any = None
    refusal: LumbungError | None = None


class HomePage(Page):
    """The numbers that matter, each leading to where it comes from.

    Every part is there for those who may view what it is made of; one that can't be answered says
    why, and the others stand.
    """

    template_name = "planner/home.html"
    title = _("Overview")

    def crumbs(self) -> list[Crumb]:
        """The way starts here."""
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Apps, pools, racks, the newest plans, the newest changes."""
        parts = {
            name: part(partial(ask, self.user))
            for name, (model, ask, whole) in PARTS.items()
            if (may_all(self.user, "view", model) if whole else self.may_view(model))
        }
        return super().get_context_data(
            parts=parts,
            is_empty=_is_empty(parts),
            may_make=may(self.user, "add", Plan),
            **kwargs,
        )


def part(ask: Callable[[], Any]) -> Part:
    """What `ask` answers, or its refusal."""
    try:
        return Part(ask())
    except LumbungError as err:
        return Part(refusal=err)


def _is_empty(parts: Mapping[str, Part]) -> bool:
    return "apps" in parts and not parts["apps"].holds.all and not Rack.objects.exists()


def app_counts(reader: User) -> AppCounts:
    """The apps that the reader sees, counted by the database."""
    active, inactive = AppStatus.ACTIVE.value, AppStatus.INACTIVE.value
    counts = visible(ServiceApp.objects.all(), reader).aggregate(
        all=Count("pk"),
        active=Count("pk", filter=Q(status=active)),
        inactive=Count("pk", filter=Q(status=inactive)),
    )
    return AppCounts(**counts)


def ends_of_grants(reader: User) -> list[GrantEnd]:
    """The grants that the reader sees and that end soon or are over, the first to end first."""
    found = ending(visible(Allocation.objects.all(), reader), max(WARN_AT))
    return [GrantEnd(one, expiry_of(one), day(one.valid_until)) for one in found if one.valid_until]


def open_drift(reader: User) -> int:
    """How many of the differences that the reader sees stand open."""
    return visible(DriftFinding.objects.filter(status=DriftStatus.OPEN), reader).count()


def pools_with_room(reader: User) -> list[ShownPool]:
    """The ledgers of the pools that have something to give."""
    return [one for one in shown_pools() if one.has_room]


def newest_changes(reader: User) -> list[ObjectChange]:
    """The newest entries of the change log."""
    return list(visible(ObjectChange.objects.all(), reader)[:MOST_CHANGES])


def rack_risks(reader: User) -> list[RackRisk]:
    """What falls with each of the racks that most rests on, the worst first."""
    graph = current_graph()
    fullest = sorted(graph.things(ThingKind.RACK), key=graph.count_resting_on, reverse=True)
    risks = [_risk(graph, rack) for rack in fullest[:MOST_RACKS]]
    return sorted(risks, key=lambda one: (-one.down, -one.degraded, one.name))


def _risk(graph: DependencyGraph, rack: Thing) -> RackRisk:
    found = impact(graph, [rack.id])
    url = f"{reverse('impact')}?{urlencode({'failed': str(rack.id)})}"
    return RackRisk(rack.name, url, len(found.apps_down), len(found.apps_degraded))


def plan_figures(reader: User) -> list[PlanFigures]:
    """The newest plan of each stance that has one, with its totals."""
    found = ((stance, newest_plan(stance)) for stance in Stance)
    return [_figures(stance, plan) for stance, plan in found if plan is not None]


def _figures(stance: Stance, plan: Plan) -> PlanFigures:
    document = document_of(plan)
    decided = [one for one in document.apps if is_decided(one)]
    return PlanFigures(
        plan, STANCES[stance], outcome_counts(decided), amount_lines(document.ask.amounts)
    )


# Whose viewers see which part, what it holds, and whether that is for viewers of all of them only.
PARTS: Final[dict[str, tuple[type[Model], Callable[[User], Any], bool]]] = {
    "apps": (ServiceApp, app_counts, False),
    "pools": (Cluster, pools_with_room, True),
    "racks": (ServiceApp, rack_risks, True),
    "grants": (Allocation, ends_of_grants, False),
    "plans": (Plan, plan_figures, True),
    "drift": (DriftFinding, open_drift, False),
    "changes": (ObjectChange, newest_changes, False),
}

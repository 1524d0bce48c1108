"""The page of an app: its tiers and machines, what it rests on, what the plan does with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.http import urlencode

from dcim.actions.categories.rules import assessed
from dcim.actions.questions.drawings import Asked, Shown
from dcim.actions.rights import may
from dcim.graph.drawing.folding import Wishes, picture_of
from dcim.graph.facts import Thing
from dcim.graph.load.record import current_graph
from dcim.graph.needs.order import Direction
from dcim.graph.needs.requirements import requirements, single_points_of_failure
from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.planner.categories import CategoryAssessment
from dcim.record.planner.plans import Plan
from dcim.record.planner.service_apps import AppDependency, ServiceApp, Workload
from dcim.vocabulary.choices import VirtualMachineStatus
from dcim.vocabulary.things import Ref, ThingKind
from dcim.web.objects.details import DetailPage
from dcim.web.planner.drawings import address_of, record_page, shown_drawing
from dcim.web.planner.graph import files_of
from dcim.web.planner.plan_documents import line_of_app, newest_plan
from dcim.web.planner.single_points import cures_of
from dcim.web.values.things import named_things

ACTIVE: Final = VirtualMachineStatus.ACTIVE.value  # devices say it with the same word


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier: the workload, the machines and devices that carry it, and how many of those run."""

    workload: Workload
    machines: list[VirtualMachine]
    devices: list[Device]

    @property
    def running(self) -> int:
        """Machines and devices that are active."""
        states = [one.status for one in self.machines] + [one.status for one in self.devices]
        return states.count(ACTIVE)

    @property
    def tone(self) -> str:
        """Good with all wanted instances, plan with the needed ones only, bad below."""
        if self.running >= self.workload.instances_wanted:
            return "good"
        return "plan" if self.running >= self.workload.instances_needed else "bad"


class ServiceAppPage(DetailPage):
    """An app with all that matters about it."""

    template_name = "planner/service_app.html"
    told_elsewhere = frozenset({AppDependency, CategoryAssessment, Workload})

    def more(self, obj: ServiceApp) -> dict[str, Any]:
        """Tiers, dependencies, the chain drawn, and the newest plan's word."""
        ref = Ref(ThingKind.APP, obj.code)
        plan = newest_plan() if self.may_view(Plan) else None
        shown = self.may_view(AppDependency)
        links = self.seen(AppDependency.objects.all()) if shown else None
        return {
            "shows_tiers": self.may_view(Workload),
            "tiers": tiers_of(obj, self.seen(Workload.objects.all())),
            "shows_needs": links is not None,
            "needs": links.filter(app=obj).select_related("needs__owner") if links else [],
            "needed_by": links.filter(needs=obj).select_related("app__owner") if links else [],
            "assessment": assessed([obj.pk]).get(obj.pk),
            "may_assess": may(self.user, "add", CategoryAssessment),
            "plan": plan,
            "plan_line": line_of_app(plan, obj.code) if plan else None,
            "impact_query": urlencode({"failed": str(ref)}),
            "order_query": urlencode({"thing": str(ref), "direction": Direction.START.value}),
            **self._chain(ref),
        }

    def _chain(self, ref: Ref) -> dict[str, Any]:
        graph = current_graph()
        found = single_points_of_failure(graph, ref)
        points = named_things(found)
        below = requirements(graph, ref)
        picture = picture_of(graph, graph.part(ref), Wishes())
        asked = Asked(scope=str(ref))
        shown = Shown(asked, picture, single=set(points))
        return {
            "drawing": shown_drawing(shown, lambda part: record_page(shown, part)),
            "graph_url": address_of(asked),
            "files": files_of(asked),
            "single_points": [(points[one.id], cures_of(graph, one.id, ref)) for one in found],
            "shortfalls": below.shortfalls,
            "is_external": isinstance(below.top, Thing) and below.top.is_external,
            "cycles": [list(named_things(cycle).values()) for cycle in below.cycles],
        }


def tiers_of(app: ServiceApp, workloads: QuerySet[Workload]) -> list[Tier]:
    """The app's tiers with the machines that carry them and the hosts these run on."""
    rows = workloads.filter(app=app).prefetch_related(
        "virtual_machines__device", "virtual_machines__cluster", "devices__site"
    )
    return [Tier(row, list(row.virtual_machines.all()), list(row.devices.all())) for row in rows]

"""Pages of questions about a plan that a job answers: asked by a button, watched, stopped, told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from dcim.actions.plans.comparison import plan_seen
from dcim.actions.plans.making import planning_serial
from dcim.record.planner.jobs import OPEN, Job
from dcim.record.planner.plans import Plan
from dcim.web.frame.access import Crumb, Page, may
from dcim.web.planner.jobs import progress_of
from dcim.web.values.addresses import page_of


class PlanQuestionPage(Page):
    """One question about one plan; what a job of `kind` has found is told, whoever asked for it."""

    permission_model = Plan
    kind: ClassVar[str]

    @property
    def plan(self) -> Plan:
        """The plan of the address, for who sees it and all apps."""
        return plan_seen(self.kwargs["pk"], self.user)

    def arguments(self, plan: Plan) -> Mapping[str, object]:
        """What the job is asked."""
        raise NotImplementedError

    def ask(self, plan: Plan) -> Job:
        """The job that answers."""
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask for the job, and show the page again, with how far it is."""
        self.require("add", Plan)
        self.ask(self.plan)
        return HttpResponseRedirect(request.get_full_path())

    def working(self, plan: Plan) -> dict[str, Any]:
        """The job that is at work on it, as far as the reader may see that."""
        same = self.seen(Job.objects.filter(kind=self.kind, arguments=dict(self.arguments(plan))))
        job = same.filter(status__in=OPEN).first()
        told = {} if job is None else progress_of(job)
        may_stop = job is not None and not job.stop_requested and may(self.user, "change", Job, job)
        return {"job": job, "may_stop": may_stop, "may_ask": may(self.user, "add", Plan), **told}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The plan, the job that is at work, and whether the record has moved on."""
        plan = self.plan
        has_changed = planning_serial() != plan.base_serial
        more = {"plan": plan, "has_changed": has_changed, **self.working(plan)}
        return super().get_context_data(**{**more, **kwargs})

    def crumbs(self) -> list[Crumb]:
        """The plan comes before."""
        plan = self.plan
        return [Crumb(str(plan), page_of(plan)), *super().crumbs()]

"""What is done with a stored plan: its ask drafted, and told what would let an app in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dcim.actions.jobs.kinds import CHANGES
from dcim.actions.jobs.questions import ask_changes, is_quick, newest_answer, of_changes
from dcim.actions.plans.changes import changes_of_plan
from dcim.actions.requests.plan_asks import draft_plan_ask
from dcim.planning.reactivation.lifting.answers import changes_of_answers
from dcim.planning.reactivation.lifting.changes import AppChange
from dcim.planning.reactivation.lifting.lifts import Lifted
from dcim.record.people.organisation import Tenant
from dcim.record.planner.jobs import Job
from dcim.record.planner.plans import Plan
from dcim.record.planner.requests import AllocationRequest
from dcim.vocabulary.errors import InvalidInput
from dcim.vocabulary.things import Ref
from dcim.web.frame.access import Page, parameter
from dcim.web.planner.plan_documents import BOUNDS, OUTCOMES
from dcim.web.planner.planning.background import PlanQuestionPage
from dcim.web.values.addresses import page_of
from dcim.web.values.amounts import LABELS, exact
from dcim.web.values.formats import number

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from dcim.planning.reactivation.lifting.answers import AppChangeAnswer


class DraftAskView(Page):
    """Make the ask of a plan a draft request, and show it."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Draft it; the draft that the plan has already is shown again."""
        self.require("add", AllocationRequest)
        made, is_new = draft_plan_ask(
            seen_plan(self), tenant=self._tenant(), by=self.actor(_("Drafted on the plan's page"))
        )
        if is_new:
            messages.success(request, _("The draft of the request has been made."))
        return HttpResponseRedirect(page_of(made))

    def _tenant(self) -> Tenant:
        chosen = parameter(self.request.POST, "tenant")
        if not chosen and self.user.tenant is not None:
            return self.user.tenant
        tenants = self.seen(Tenant.objects.all())
        found = tenants.filter(pk=int(chosen)).first() if chosen.isdecimal() else None
        if found is None:
            raise InvalidInput(
                _("Say who applies."), field="tenant", hint=_("Choose the office that applies.")
            )
        return found


@dataclass(frozen=True, slots=True)
class ShownChange:
    """What binds an app and what lets it in, in words."""

    change: AppChange
    outcome: StrOrPromise
    bindings: list[str]
    changes: list[str]


class PlanChangesPage(PlanQuestionPage):
    """What would let an app in, or all that do not come back at hand."""

    template_name = "planner/plan_changes.html"
    title = gettext_lazy("What would let apps in")
    kind = CHANGES

    def arguments(self, plan: Plan) -> Mapping[str, object]:
        """All apps, or those that the address names."""
        return of_changes(plan, self.request.GET.getlist("app"))

    def ask(self, plan: Plan) -> Job:
        """The job that looks for the changes."""
        return ask_changes(plan, self.request.GET.getlist("app"), by=self.actor())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What has been found, which few apps take no time to find."""
        plan, codes = self.plan, self.request.GET.getlist("app")
        answer = newest_answer(CHANGES, of_changes(plan, codes))
        found, is_complete = None, True
        if answer is not None:
            found = changes_of_answers(cast("list[AppChangeAnswer]", answer["apps"]))
            is_complete = bool(answer["is_complete"])
        elif is_quick(plan):
            found = changes_of_plan(plan, codes)
        return super().get_context_data(
            shown=[_shown(one) for one in found or ()],
            is_found=found is not None,
            is_partial=not is_complete,
            codes=codes,
            **kwargs,
        )


def seen_plan(page: Page) -> Plan:
    """The plan that the page's address names."""
    plan = page.seen(Plan.objects.all()).filter(pk=page.kwargs["pk"]).first()
    if plan is None:
        raise Http404(_("There is no such %(kind)s.") % {"kind": _("plan")})
    return plan


def _shown(one: AppChange) -> ShownChange:
    bindings = []
    for binding in one.bindings:
        text = f"{BOUNDS[binding.kind]}: {_bare(binding.subject)}"
        if binding.resource_class is not None:
            text += _(" (%(class)s: asked %(asked)s, free %(free)s)") % {
                "class": LABELS[binding.resource_class],
                "asked": exact(binding.resource_class, binding.asked),
                "free": exact(binding.resource_class, binding.free),
            }
        bindings.append(text)
    return ShownChange(one, OUTCOMES[one.outcome], bindings, [_sentence(x) for x in one.changes])


def _sentence(lifted: Lifted) -> str:
    """A change in words."""
    parts = []
    if lifted.cures:
        parts.append(_("cure what holds back %(apps)s") % {"apps": ", ".join(sorted(lifted.cures))})
    parts.extend(
        _("take away that %(app)s rests on %(needed)s") % {"app": app, "needed": needed}
        for app, needed in sorted(lifted.dropped)
    )
    amounts = ", ".join(
        f"{LABELS[one]} {exact(one, amount)}"
        for one, amount in lifted.amounts.as_mapping().items()
        if amount
    )
    if amounts:
        text = (
            _("more in each active host of %(pool)s: %(amounts)s")
            if lifted.pool.startswith("cluster:")
            else _("more in %(pool)s: %(amounts)s")
        )
        parts.append(text % {"pool": _bare(lifted.pool), "amounts": amounts})
    if lifted.hosts:
        text = ngettext(
            "%(count)s more host like the largest of %(pool)s",
            "%(count)s more hosts like the largest of %(pool)s",
            lifted.hosts,
        )
        parts.append(text % {"count": number(lifted.hosts), "pool": _bare(lifted.pool)})
    return "; ".join(parts)


def _bare(name: str) -> str:
    """A pool's own name; what is no pool, as it is."""
    return Ref.parse(name).name if ":" in name else name

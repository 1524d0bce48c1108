"""Pages of plans: what is revived, where, what is asked for and why; making one; its document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from dcim.actions.jobs.queue import enqueue
from dcim.actions.plans.approvals import approve_plan, has_lapsed, of_plan
from dcim.actions.plans.making import document_of, make_plan
from dcim.actions.requests.plan_asks import is_draftable
from dcim.actions.rights import visible
from dcim.planning.document import AppLine, Change, Outcome, PlanDocument, Target, encode
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.solver import LIMIT, Effort
from dcim.record.networks.virtualization import Cluster
from dcim.record.people.organisation import Tenant
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.plans import Plan, PlanApproval, ProvisioningRun
from dcim.record.planner.reclaims import BackupWaiver, ReclaimedMachine
from dcim.record.planner.requests import AllocationRequest
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.choices import AllocationStatus, AppStatus
from dcim.vocabulary.errors import InvalidInput
from dcim.vocabulary.things import Ref, ThingKind
from dcim.web.frame.access import Page, may, parameter
from dcim.web.lists.pages import ListPage
from dcim.web.objects.details import DetailPage
from dcim.web.planner.plan_documents import DEEDS, OUTCOMES, STANCES, TONES, ShownLine
from dcim.web.values.addresses import page_of
from dcim.web.values.amounts import Bar, amount_lines, bar
from dcim.web.values.formats import number, text_of
from dcim.web.values.things import pages_of_things

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """How many apps end one way."""

    label: StrOrPromise
    tone: str
    count: int


@dataclass(frozen=True, slots=True)
class ShownTarget:
    """A pool under the plan: its use before and after, and how many machines come and go."""

    name: str
    url: str
    rows: list[tuple[Bar, Bar]]
    created: int
    kept: int
    reclaimed: int


class PlanListPage(ListPage):
    """The stored plans, and the button that makes another."""

    template_name = "planner/plan_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The stances to choose from."""
        stances = [(one.value, STANCES[one]) for one in Stance]
        may_make = may(self.user, "add", Plan)
        return super().get_context_data(
            stances=stances,
            may_make=may_make,
            usual_limit=LIMIT,
            pools=[*self._pools()] if may_make else [],
            **kwargs,
        )

    def _pools(self) -> Iterator[str]:
        """The pools that the reader may see, by their public names."""
        for name in self.seen(Cluster.objects.order_by("name")).values_list("name", flat=True):
            yield f"{ThingKind.CLUSTER}:{name}"
        grants = self.seen(Allocation.objects.filter(status=AllocationStatus.ACTIVE))
        for name in grants.order_by("reference").values_list("reference", flat=True):
            yield f"{ThingKind.ALLOCATION}:{name}"


class PlanPage(DetailPage):
    """A stored plan."""

    template_name = "planner/plan.html"
    told_elsewhere = frozenset({PlanApproval, ProvisioningRun, BackupWaiver, ReclaimedMachine})
    facts_elsewhere = frozenset({"document", "stance", "base_serial"})

    def more(self, obj: Plan) -> dict[str, Any]:
        """The plan's figures, its pools, its apps, what it asks for, and its previews."""
        document = document_of(obj)
        decided = [one for one in document.apps if is_decided(one)]
        may_ask = may(self.user, "add", AllocationRequest)
        return {
            "document": document,
            "stance": STANCES.get(Stance(document.stance), document.stance),
            "outcomes": outcome_counts(decided),
            "decided": decided_apps(decided),
            "staying": len(document.apps) - len(decided),
            "targets": shown_targets(document),
            "asked": amount_lines(document.ask.amounts),
            "reclaimed": amount_lines(document.objective.reclaimed),
            "survivals": [one for one in document.targets if one.n_plus_one is not None],
            "may_draft": is_draftable(obj, document) and may_ask,
            "is_outdated": bool(document.ask.vms) and has_lapsed(obj.base_serial) and may_ask,
            "may_make": may(self.user, "add", Plan),
            "drafts": self.seen(obj.requests.all()),
            "applicants": self.seen(Tenant.objects.all()),
            "applicant": self.user.tenant_id,
            "work": [(step, DEEDS[step.deed]) for step in document.work],
            "approvals": list(of_plan(obj).select_related("user")),
            "has_lapsed": has_lapsed(obj.base_serial),
            "may_approve": self._may_approve(obj),
            "may_run": may(self.user, "add", ProvisioningRun),
            "runs": self.seen(ProvisioningRun.objects.filter(plan=obj))[:10],
        }

    def _may_approve(self, plan: Plan) -> bool:
        """Whether the reader may be the second person, and has not been yet."""
        return (
            may(self.user, "approve", Plan, plan)
            and plan.created_by_id != self.user.pk
            and not has_lapsed(plan.base_serial)
            and not of_plan(plan).filter(user=self.user).exists()
        )


class ApprovePlanView(Page):
    """Approve a plan as a second person, and show it again."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep the approval of what was shown."""
        self.require("approve", Plan)
        plan = visible(Plan.objects.filter(pk=self.kwargs["pk"]), self.user, "approve").first()
        if plan is None:
            raise Http404(_("There is no such %(kind)s.") % {"kind": _("plan")})
        digest, comment = (parameter(request.POST, one) for one in ("digest", "comment"))
        approve_plan(plan, digest=digest, comment=comment, by=self.actor())
        messages.success(request, _("You have approved the plan."))
        return HttpResponseRedirect(page_of(plan))


@dataclass(frozen=True, slots=True)
class DecidedApp:
    """An app that the plan decides on, its page, and what the record says holds it back."""

    word: ShownLine
    url: str
    blocker: str


class MakePlanView(Page):
    """Make a plan of the record as it is, and show it."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Compute and store the plan; one that is known already is shown again."""
        self.require("add", Plan)
        asked = request.POST.get("stance", Stance.AS_DECLARED)
        if asked not in set(Stance):
            raise InvalidInput(
                f"“{asked}” is not a stance.",
                field="stance",
                hint=f"Choose one of: {', '.join(Stance)}.",
            )
        by = self.actor(_("Made on the page of plans"))
        pools = [one for one in request.POST.getlist("pools") if one]
        effort = Effort(limit_s=_seconds(parameter(request.POST, "limit_s")))
        if parameter(request.POST, "background"):
            arguments = {"stance": asked, "pools": pools, "limit_s": effort.limit_s}
            return HttpResponseRedirect(page_of(enqueue("planner.plan", arguments, by=by)))
        plan, _made = make_plan(Stance(asked), by=by, only=pools, effort=effort)
        return HttpResponseRedirect(page_of(plan))


def _seconds(text: str) -> float:
    """The limit as it was written, with a decimal point or comma; the usual one where empty."""
    try:
        return float(text.replace(",", ".")) if text else LIMIT
    except ValueError as err:
        raise InvalidInput(
            _("“%(text)s” is not a number of seconds.") % {"text": text},
            field="limit_s",
            hint=_("Give more than 0; %(usual)s is usual.") % {"usual": number(LIMIT)},
        ) from err


class PlanDocumentView(Page):
    """The plan document as the engine reads it: canonical bytes."""

    permission_model = Plan

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The file."""
        plan = self.seen(Plan.objects.all()).filter(pk=self.kwargs["pk"]).first()
        if plan is None:
            raise Http404(_("There is no such %(kind)s.") % {"kind": _("plan")})
        name = f"{plan.name}-{plan.digest.removeprefix('sha256:')[:8]}.json"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(
            encode(document_of(plan)), content_type="application/json", headers=headers
        )


def is_decided(line: AppLine) -> bool:
    """Whether the plan has to decide something for the app: it does not run, or does not stay."""
    return line.status != AppStatus.ACTIVE or line.outcome is not Outcome.STAYS


def outcome_counts(lines: list[AppLine]) -> list[OutcomeCount]:
    """How many of `lines` end which way; ways that none goes are left out."""
    counts = Counter(line.outcome for line in lines)
    return [
        OutcomeCount(label, TONES.get(outcome, "quiet"), counts[outcome])
        for outcome, label in OUTCOMES.items()
        if counts[outcome]
    ]


def decided_apps(lines: list[AppLine]) -> list[DecidedApp]:
    """The apps in the order in which they come back, then by outcome."""
    recorded = ServiceApp.objects.in_bulk([line.code for line in lines], field_name="code")
    ways = list(OUTCOMES)
    ordered = sorted(
        lines, key=lambda line: (ways.index(line.outcome), line.order or len(lines), line.code)
    )
    return [_decided(line, recorded.get(line.code)) for line in ordered]


def _decided(line: AppLine, app: ServiceApp | None) -> DecidedApp:
    if app is None:
        return DecidedApp(ShownLine(line), "", "")
    blocker = text_of(app, app._meta.get_field("blocker"))
    return DecidedApp(ShownLine(line), page_of(app), blocker)


def shown_targets(document: PlanDocument) -> list[ShownTarget]:
    """The plan's pools."""
    urls = pages_of_things(Ref.parse(target.pool) for target in document.targets)
    return [_target(target, urls) for target in document.targets]


def _target(target: Target, urls: dict[Ref, str]) -> ShownTarget:
    ref = Ref.parse(target.pool)
    changes = Counter(vm.change for vm in target.vms)
    return ShownTarget(
        name=ref.name,
        url=urls.get(ref, ""),
        rows=[
            (
                bar(line.resource_class, line.capacity, line.used_before),
                bar(line.resource_class, line.capacity, line.used_after),
            )
            for line in target.capacity
        ],
        created=changes[Change.CREATE],
        kept=changes[Change.KEEP],
        reclaimed=len(target.reclaim),
    )

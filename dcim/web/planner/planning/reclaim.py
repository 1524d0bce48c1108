"""The page of a plan's reclaim: what goes in which order, who is hit, copies, waivers, the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dcim.actions.plans.comparison import plan_seen
from dcim.actions.reclaim.backups import waive_backup
from dcim.actions.reclaim.giving_back import draft_give_backs
from dcim.actions.reclaim.overview import Freed, Going, Overview, overview
from dcim.graph.facts import Node
from dcim.graph.failures.impact import Hit
from dcim.record.people.organisation import Tenant
from dcim.record.planner.plans import Plan
from dcim.record.planner.requests import AllocationRequest
from dcim.vocabulary.choices_reclaim import Cover
from dcim.vocabulary.errors import InvalidInput
from dcim.vocabulary.things import Ref
from dcim.web.frame.access import Crumb, Page, may, parameter
from dcim.web.planner.grants.expiring import written
from dcim.web.values.addresses import page_of
from dcim.web.values.formats import number
from dcim.web.values.things import NamedThing, named_things, pages_of_things

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TONES: Final[dict[Cover, str]] = {
    Cover.COPIED: "good",
    Cover.WAIVED: "plan",
    Cover.MISSING: "bad",
}


@dataclass(frozen=True, slots=True)
class ShownHit:
    """An app that is hit, and why."""

    thing: NamedThing
    chain: list[NamedThing]


@dataclass(frozen=True, slots=True)
class ShownGoing:
    """A machine that goes."""

    going: Going
    url: str
    amounts: str
    label: StrOrPromise
    tone: str
    may_waive: bool


@dataclass(frozen=True, slots=True)
class ShownFreed:
    """A pool that gets room back."""

    name: str
    url: str
    amounts: str


class ReclaimPage(Page):
    """`plans/ID/reclaim/`."""

    template_name = "planner/reclaim.html"
    title = gettext_lazy("What the plan takes away")
    permission_model = Plan

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What goes, and what stands against it."""
        self.plan = plan_seen(self.kwargs["pk"], self.user)
        found = overview(self.plan)
        context = self.get_context_data(plan=self.plan, found=found, **self._shown(found))
        return self.render_to_response(context)

    def crumbs(self) -> list[Crumb]:
        """The plan comes before."""
        return [Crumb(str(self.plan), page_of(self.plan)), *super().crumbs()]

    def _shown(self, found: Overview) -> dict[str, Any]:
        hit = found.verdict.hit
        named = named_things(_nodes((*hit.down, *hit.degraded)))
        may_waive = may(self.user, "approve", Plan, self.plan)
        may_waive = may_waive and self.plan.created_by_id != self.user.pk
        return {
            "down": [_hit(one, named) for one in hit.down],
            "degraded": [_hit(one, named) for one in hit.degraded],
            "going": [_going(one, may_waive=may_waive) for one in found.going],
            "freed": _freed(found.freed),
            "networks": [
                (target, ", ".join(names)) for target, names in sorted(found.networks.items())
            ],
            "reclaimed": [(one, written(one.amounts)) for one in found.reclaimed],
            "may_draft": bool(found.reclaimed) and may(self.user, "add", AllocationRequest),
            "applicants": self.seen(Tenant.objects.all()),
        }


class WaiveBackupView(Page):
    """Let a machine go without a copy, as a second person."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep the waiver, and show the reclaim again."""
        self.require("approve", Plan)
        plan = plan_seen(self.kwargs["pk"], self.user)
        machine, reason = (parameter(request.POST, one) for one in ("machine", "reason"))
        waive_backup(plan, machine, reason=reason, by=self.actor())
        messages.success(request, _("%(machine)s may go without a copy.") % {"machine": machine})
        return HttpResponseRedirect(reverse("plan_reclaim", args=[plan.pk]))


class GiveBackView(Page):
    """Draft what was freed on grants as requests that give it back."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Draft them; the one draft is shown, several in the list of requests."""
        self.require("add", AllocationRequest)
        plan = plan_seen(self.kwargs["pk"], self.user)
        by = self.actor(_("Drafted on the page of the reclaim"))
        made = draft_give_backs(plan, tenant=self._tenant(), by=by)
        drafts = [one.draft for one in made if one.draft is not None]
        said = ngettext(
            "%(count)s request gives back what was freed.",
            "%(count)s requests give back what was freed.",
            len(drafts),
        )
        messages.success(request, said % {"count": number(len(drafts))})
        back = reverse("plan_reclaim", args=[plan.pk])
        return HttpResponseRedirect(page_of(drafts[0]) if len(drafts) == 1 else back)

    def _tenant(self) -> Tenant | None:
        chosen = parameter(self.request.POST, "tenant")
        if not chosen:
            return None
        tenants = self.seen(Tenant.objects.all())
        found = tenants.filter(pk=int(chosen)).first() if chosen.isdecimal() else None
        if found is None:
            raise InvalidInput(
                _("Say who applies."), field="tenant", hint=_("Choose the office that applies.")
            )
        return found


def _nodes(hits: tuple[Hit, ...]) -> list[Node]:
    return [node for hit in hits for node in hit.chain]


def _hit(hit: Hit, named: dict[Ref, NamedThing]) -> ShownHit:
    return ShownHit(named[hit.thing.id], [named[node.id] for node in hit.chain[1:]])


def _going(one: Going, *, may_waive: bool) -> ShownGoing:
    covered, row = one.covered, one.covered.machine.row
    return ShownGoing(
        going=one,
        url=page_of(row) if row is not None else "",
        amounts=written(covered.machine.amounts),
        label=covered.cover.label,
        tone=TONES.get(covered.cover, "quiet"),
        may_waive=may_waive and covered.cover is Cover.MISSING,
    )


def _freed(freed: tuple[Freed, ...]) -> list[ShownFreed]:
    refs = [Ref.parse(one.pool) for one in freed]
    urls = pages_of_things(refs)
    return [
        ShownFreed(ref.name, urls.get(ref, ""), written(one.amounts))
        for ref, one in zip(refs, freed, strict=True)
    ]

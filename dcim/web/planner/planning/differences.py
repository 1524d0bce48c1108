"""Two plans side by side: pick another plan, see what it decides otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcim.actions.plans.comparison import difference_of_plans, other_plan_seen, plan_seen
from dcim.planning.differences.differences import (
    ASKED,
    AppDifference,
    Decided,
    MachineDifference,
    Place,
    PlanDifference,
    PoolDifference,
)
from dcim.planning.document import Change
from dcim.record.planner.plans import Plan
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.errors import LumbungError
from dcim.web.frame.access import Crumb, Page, parameter
from dcim.web.planner.plan_documents import OUTCOMES, TONES
from dcim.web.values.addresses import page_of
from dcim.web.values.amounts import LABELS, WRITTEN, AmountLine, amount_lines

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

CHANGES: Final[dict[str, StrOrPromise]] = {
    Change.KEEP.value: gettext_lazy("kept"),
    Change.CREATE.value: gettext_lazy("made"),
    Change.RECLAIM.value: gettext_lazy("given back"),
}
NOWHERE: Final = "–"


@dataclass(frozen=True, slots=True)
class ShownApp:
    """An app under both plans: outcome, pool and tone."""

    code: str
    name: str
    url: str
    first: tuple[StrOrPromise, str, str]
    second: tuple[StrOrPromise, str, str]


@dataclass(frozen=True, slots=True)
class ShownMachine:
    """A machine under both plans, in words."""

    name: str
    app: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class ShownPool:
    """What a class of a pool is used to under both plans."""

    pool: str
    label: StrOrPromise
    first: str
    second: str


class PlanDifferencePage(Page):
    """`plans/ID/difference/?with=ID`."""

    template_name = "planner/plan_difference.html"
    title = gettext_lazy("Beside another plan")
    permission_model = Plan

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The choice of the other plan, and what differs, or why there is no answer."""
        self.plan = plan_seen(self.kwargs["pk"], self.user)
        asked = parameter(request.GET, "with")
        answer, refusal = {}, None
        try:
            answer = self._answer(asked) if asked else {}
        except LumbungError as err:
            refusal = err
        context = self.get_context_data(
            plan=self.plan,
            others=self.seen(Plan.objects.defer("document").exclude(pk=self.plan.pk)),
            asked=asked,
            refusal=refusal,
            **answer,
        )
        return self.render_to_response(context, status=422 if refusal else 200)

    def _answer(self, asked: str) -> dict[str, Any]:
        other = other_plan_seen(asked, self.user)
        found = difference_of_plans(self.plan, other)
        return {
            "other": other,
            "found": found,
            "moved": sum(one.is_moved for one in found.machines),
            "apps": _apps(found),
            "machines": [_machine(one) for one in found.machines],
            "pools": [_pool(one) for one in found.pools],
            "amounts": _amounts(found),
        }

    def crumbs(self) -> list[Crumb]:
        """The plan comes before."""
        return [Crumb(str(self.plan), page_of(self.plan)), *super().crumbs()]


def _apps(found: PlanDifference) -> list[ShownApp]:
    codes = [one.code for one in found.apps]
    recorded = ServiceApp.objects.in_bulk(codes, field_name="code")
    pages = {code: page_of(app) for code, app in recorded.items()}
    return [_app(one, pages.get(one.code, "")) for one in found.apps]


def _app(one: AppDifference, url: str) -> ShownApp:
    return ShownApp(one.code, one.name, url, _decided(one.first), _decided(one.second))


def _decided(one: Decided | None) -> tuple[StrOrPromise, str, str]:
    if one is None:
        return NOWHERE, "", "quiet"
    return OUTCOMES[one.outcome], one.pool.partition(":")[2], TONES.get(one.outcome, "quiet")


def _machine(one: MachineDifference) -> ShownMachine:
    return ShownMachine(one.name, one.app, _place(one.first), _place(one.second))


def _place(one: Place | None) -> str:
    if one is None:
        return NOWHERE
    where = _("asked for") if one.pool == ASKED else one.pool.partition(":")[2]
    size = ", ".join(line.text for line in amount_lines(Amounts(*one.size)))
    parts = [where, one.host, str(CHANGES[one.change]), "" if one.running else _("stopped"), size]
    return " · ".join(part for part in parts if part)


def _pool(one: PoolDifference) -> ShownPool:
    write = WRITTEN[one.resource_class]
    first, second = (
        NOWHERE if amount is None else write(amount) for amount in (one.first, one.second)
    )
    return ShownPool(one.pool.partition(":")[2], LABELS[one.resource_class], first, second)


def _amounts(found: PlanDifference) -> list[tuple[str, list[tuple[AmountLine, AmountLine]]]]:
    one, other = found.objectives
    return [
        (label, list(zip(amount_lines(first), amount_lines(second), strict=True)))
        for label, first, second in (
            (_("Asked"), one.asked, other.asked),
            (_("Given back"), one.reclaimed, other.reclaimed),
        )
    ]

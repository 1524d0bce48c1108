"""The negotiation curve of a plan: plot, table, what the next unit buys, and files of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcim.actions.plans.comparison import plan_seen
from dcim.actions.plans.making import planning_serial
from dcim.actions.scenarios.curves import curve_of_plan, plot_words
from dcim.planning.scenarios.curve import UNITS, Curve, CurvePoint, Purchase
from dcim.planning.scenarios.curve_answers import csv_of_curve
from dcim.planning.scenarios.plot import plot_of
from dcim.record.planner.plans import Plan
from dcim.vocabulary.amounts import ResourceClass
from dcim.web.frame.access import Crumb, Page
from dcim.web.planner.plan_documents import STANCES
from dcim.web.values.addresses import page_of
from dcim.web.values.amounts import LABELS, WRITTEN, amount_lines
from dcim.web.values.formats import number

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

FILES: Final = {"csv": "text/csv; charset=utf-8", "svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class ShownPoint:
    """A point of the curve in words."""

    point: CurvePoint
    share: str
    granted: list[str]
    users: str


@dataclass(frozen=True, slots=True)
class ShownPurchases:
    """What more of one class buys, the others granted in full."""

    label: StrOrPromise
    unit: str
    rows: list[tuple[str, Purchase]]


class CurvePage(Page):
    """`plans/ID/curve/`."""

    template_name = "planner/scenarios/curve.html"
    title = gettext_lazy("Negotiation curve")
    permission_model = Plan

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The curve in words and drawn."""
        self.plan = plan_seen(self.kwargs["pk"], self.user)
        curve = curve_of_plan(self.plan)
        svg = plot_of(curve, plot_words(curve), style="")
        return super().get_context_data(
            plan=self.plan,
            curve=curve,
            stance=STANCES[curve.stance],
            has_changed=planning_serial() != self.plan.base_serial,
            svg=_marked(svg),
            asked=amount_lines(curve.asked),
            points=[_point(one) for one in curve.points],
            purchases=_purchases(curve),
            classes=[LABELS[one] for one in ResourceClass],
            **kwargs,
        )

    def crumbs(self) -> list[Crumb]:
        """The plan comes before."""
        return [Crumb(str(self.plan), page_of(self.plan)), *super().crumbs()]


class CurveFileView(Page):
    """`plans/ID/curve.csv/`, `curve.svg/`."""

    permission_model = Plan

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The file."""
        form = self.kwargs["form"]
        if form not in FILES:
            raise Http404(_("There is no such %(kind)s.") % {"kind": _("file")})
        plan = plan_seen(self.kwargs["pk"], self.user)
        curve = curve_of_plan(plan)
        body = csv_of_curve(curve) if form == "csv" else plot_of(curve, plot_words(curve))
        headers = {"Content-Disposition": f'attachment; filename="curve-{plan.pk}.{form}"'}
        return HttpResponse(body, content_type=FILES[form], headers=headers)


def _marked(svg: str) -> SafeString:
    return mark_safe(svg)  # noqa: S308  # written by ElementTree, which escapes all texts


def _point(one: CurvePoint) -> ShownPoint:
    return ShownPoint(
        point=one,
        share=f"{number(one.share / 10)} %",
        granted=[line.text for line in amount_lines(one.granted)],
        users=number(one.reached.users_per_month),
    )


def _purchases(curve: Curve) -> list[ShownPurchases]:
    return [
        ShownPurchases(LABELS[one], WRITTEN[one](UNITS[one]), rows)
        for one in ResourceClass
        if (
            rows := [
                (WRITTEN[one](each.amount), each)
                for each in curve.purchases
                if each.resource_class is one
            ]
        )
    ]

"""The negotiation curve of a plan: plot, table, what the next unit buys, and files of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcim.actions.jobs.kinds import CURVE
from dcim.actions.jobs.questions import ask_curve, curve_found, is_curve_quick, of_curve
from dcim.actions.plans.comparison import plan_seen
from dcim.actions.plans.making import document_of, planning_serial
from dcim.actions.scenarios.curves import curve_of_plan, plot_words
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.scenarios.curve import UNITS, WHOLE, Curve, CurvePoint, Purchase
from dcim.planning.scenarios.curve_answers import csv_of_curve
from dcim.planning.scenarios.plot import plot_of
from dcim.record.planner.jobs import Job
from dcim.record.planner.plans import Plan
from dcim.vocabulary.amounts import ResourceClass
from dcim.web.frame.access import Page
from dcim.web.planner.plan_documents import STANCES
from dcim.web.planner.planning.background import PlanQuestionPage
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
class ShownShare:
    """What nothing, half or all of the ask brings back, and which apps more than the one before."""

    label: StrOrPromise
    count: int
    more: list[str]


@dataclass(frozen=True, slots=True)
class ShownPurchases:
    """What more of one class buys, the others granted in full."""

    label: StrOrPromise
    unit: str
    rows: list[tuple[str, Purchase]]


class CurvePage(PlanQuestionPage):
    """`plans/ID/curve/`."""

    template_name = "planner/scenarios/curve.html"
    title = gettext_lazy("Negotiation curve")
    kind = CURVE

    def arguments(self, plan: Plan) -> Mapping[str, object]:
        """Its usual points."""
        return of_curve(plan)

    def ask(self, plan: Plan) -> Job:
        """The job that works it out."""
        return ask_curve(plan, by=self.actor())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The curve in words and drawn, where it has been found or takes no time to find."""
        plan = self.plan
        document = document_of(plan)
        curve = curve_of_plan(plan) if is_curve_quick(plan) else curve_found(plan)
        return super().get_context_data(
            curve=curve,
            provider=document.ask.provider,
            stance=STANCES[Stance(document.stance)],
            asked=amount_lines(document.ask.amounts),
            **(_shown(curve) if curve is not None else {}),
            **kwargs,
        )


class CurveFileView(Page):
    """`plans/ID/curve.csv/`, `curve.svg/`."""

    permission_model = Plan

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The file."""
        form = self.kwargs["form"]
        if form not in FILES:
            raise Http404(_("There is no such %(kind)s.") % {"kind": _("file")})
        plan = plan_seen(self.kwargs["pk"], self.user)
        curve = curve_found(plan) or curve_of_plan(plan)
        body = csv_of_curve(curve) if form == "csv" else plot_of(curve, plot_words(curve))
        headers = {"Content-Disposition": f'attachment; filename="curve-{plan.pk}.{form}"'}
        return HttpResponse(body, content_type=FILES[form], headers=headers)


def _shown(curve: Curve) -> dict[str, Any]:
    return {
        "is_partial": not curve.is_complete,
        "is_older": curve.serial != planning_serial(),
        "svg": _marked(plot_of(curve, plot_words(curve), style="")),
        "shares": _shares(curve),
        "points": [_point(one) for one in curve.points],
        "purchases": _purchases(curve),
        "classes": [LABELS[one] for one in ResourceClass],
    }


def _shares(curve: Curve) -> list[ShownShare]:
    """As far as the curve goes."""
    labels = {
        0: gettext_lazy("apps back without a grant"),
        WHOLE // 2: gettext_lazy("with half of it"),
        WHOLE: gettext_lazy("with all of it"),
    }
    last = curve.points[-1].share
    shown: list[ShownShare] = []
    before: frozenset[str] | None = None
    for share, label in labels.items():
        if share <= last:
            back = frozenset(curve.at(share).reached.revived)
            more = sorted(back - before) if before is not None else []
            shown.append(ShownShare(label, len(back), more))
            before = back
    return shown


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

"""Pages of scenarios: the object, and what it answers beside the record or another scenario."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcim.actions.scenarios.standings import (
    compare_with,
    day_asked,
    falls_of,
    other_seen,
    scenario_seen,
    series_of,
    stance_asked,
)
from dcim.planning.capacity.ledger import LedgerLine
from dcim.planning.capacity.n_plus_one import Verdict
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.scenarios.series import FullDay
from dcim.planning.scenarios.standing import Difference, LineChange
from dcim.record.planner.scenarios import Scenario
from dcim.vocabulary.errors import LumbungError
from dcim.vocabulary.things import Ref
from dcim.web.frame.access import Crumb, Page, parameter
from dcim.web.objects.details import DetailPage
from dcim.web.planner.plan_documents import STANCES
from dcim.web.planner.scenarios.falls import shown_falls
from dcim.web.planner.scenarios.overlay_rows import shown_row
from dcim.web.values.addresses import page_of
from dcim.web.values.amounts import LABELS, AmountLine, Bar, amount_lines, bar
from dcim.web.values.formats import day

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SURVIVES: Final[dict[Verdict, tuple[StrOrPromise, str]]] = {
    Verdict.SURVIVES: (gettext_lazy("survives"), "good"),
    Verdict.FAILS: (gettext_lazy("does not survive"), "bad"),
    Verdict.UNSETTLED: (gettext_lazy("not settled"), "plan"),
    Verdict.NOT_ASKED: (gettext_lazy("not asked for"), "quiet"),
}


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A class of a pool before and after; None where the pool is not there."""

    pool: str
    label: StrOrPromise
    before: Bar | None
    after: Bar | None
    note: str


@dataclass(frozen=True, slots=True)
class ShownSurvival:
    """What a cluster survives, before and after."""

    cluster: str
    before: tuple[StrOrPromise, str] | None
    after: tuple[StrOrPromise, str] | None


@dataclass(frozen=True, slots=True)
class ShownFull:
    """When nothing of a class is free in a pool."""

    pool: str
    label: StrOrPromise
    on: str
    tone: str
    note: str


class ScenarioPage(DetailPage):
    """A stored scenario."""

    template_name = "planner/scenarios/scenario.html"
    facts_elsewhere = frozenset({"overlays"})

    def more(self, obj: Scenario) -> dict[str, Any]:
        """Its changes as rows, without what they do not say."""
        rows = [shown_row(one) for one in obj.overlays]
        stated = ([one for one in row.inputs if one.value] for row in rows)
        return {"rows": list(zip(rows, stated, strict=True))}


class ScenarioResultPage(Page):
    """`scenarios/ID/result/?on=2027-12-31&with=3&stance=as-declared`."""

    template_name = "planner/scenarios/result.html"
    title = gettext_lazy("What changes")
    permission_model = Scenario

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The question, and the answer, or why there is none."""
        self.row = scenario_seen(self.kwargs["pk"], self.user)
        answer, refusal = {}, None
        try:
            answer = self._answer(request)
        except LumbungError as err:
            refusal = err
        context = self.get_context_data(
            row=self.row,
            others=self.seen(Scenario.objects.exclude(pk=self.row.pk)),
            stances=[(one.value, STANCES[one]) for one in Stance],
            asked={
                name: parameter(request.GET, name) for name in ("on", "with", "stance", "failed")
            },
            refusal=refusal,
            **answer,
        )
        return self.render_to_response(context, status=422 if refusal else 200)

    def _answer(self, request: HttpRequest) -> dict[str, Any]:
        on = day_asked(parameter(request.GET, "on"), self.row)
        stance = stance_asked(parameter(request.GET, "stance"))
        other = other_seen(parameter(request.GET, "with"), self.user)
        beside = parameter(request.GET, "failed")
        failed = [Ref.parse(beside)] if beside else []
        found = compare_with(self.row, other, on, stance)
        return {
            "found": found,
            "on": on,
            "before_name": other.name if other else _("the record"),
            "changes": [_change(one) for one in found.lines],
            "survivals": _survivals(found),
            "asked_lines": _asked(found),
            **shown_falls(*(falls_of(one, on, failed) for one in (other, self.row))),
            "full": [_full(one) for one in series_of(self.row).full],
        }

    def crumbs(self) -> list[Crumb]:
        """The scenario comes before."""
        return [Crumb(str(self.row), page_of(self.row)), *super().crumbs()]


def _change(one: LineChange) -> ShownChange:
    note = ""
    if one.before is None:
        note = _("new")
    elif one.was_open and not one.is_open:
        note = _("closed from here on")
    elif one.is_open and not one.was_open:
        note = _("open from here on")
    return ShownChange(
        one.pool.partition(":")[2],
        LABELS[one.resource_class],
        _bar(one.before),
        _bar(one.after),
        note,
    )


def _bar(line: LedgerLine | None) -> Bar | None:
    if line is None:
        return None
    inventory = line.inventory
    return bar(
        inventory.resource_class, inventory.capacity, line.used, line.planned, line.reclaimable
    )


def _survivals(found: Difference) -> list[ShownSurvival]:
    return [
        ShownSurvival(
            one.cluster.partition(":")[2],
            SURVIVES[one.before] if one.before else None,
            SURVIVES[one.after] if one.after else None,
        )
        for one in found.survivals
    ]


def _asked(found: Difference) -> list[tuple[AmountLine, AmountLine]]:
    before, after = (amount_lines(one) for one in found.asked)
    return list(zip(before, after, strict=True))


def _full(one: FullDay) -> ShownFull:
    return ShownFull(
        one.pool.partition(":")[2],
        LABELS[one.resource_class],
        day(one.on) if one.on else _("not in these years"),
        "bad" if one.on else "good",
        _("closed while machines stand on it") if one.is_closed else "",
    )

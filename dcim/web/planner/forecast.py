"""The page of forecasts: when each pool runs full, drawn with how sure that is, and as a table."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from dcim.actions.forecasts.current import current_forecasts, histories
from dcim.actions.forecasts.words import sentence
from dcim.planning.forecast.answers import answer_of
from dcim.planning.forecast.forecast import Forecast, Verdict
from dcim.planning.forecast.history import Series
from dcim.record.networks.virtualization import Cluster
from dcim.vocabulary.things import Ref
from dcim.web.frame.access import Page
from dcim.web.values.amounts import LABELS, WRITTEN
from dcim.web.values.formats import day
from dcim.web.values.things import KIND_LABELS, pages_of_things

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

WIDTH, HEIGHT = 560, 140
TONES: Final = {Verdict.FULL_NOW: "bad", Verdict.RUNS_FULL: "plan"}
CSV_COLUMNS: Final = (
    *("pool", "resource_class", "verdict", "as_of", "days", "needed_days", "changes"),
    *("capacity", "committed", "full_earliest", "full_likely", "full_latest"),
)


@dataclass(frozen=True, slots=True)
class Drawing:
    """Lines and areas as SVG takes them, and what the axes say."""

    past: str
    capacity: str
    likely: str
    band: str
    now: float
    first: str
    last: str
    top: str


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A change that is not read as growth."""

    day: str
    amount: str


@dataclass(frozen=True, slots=True)
class ShownForecast:
    """One pool and class."""

    pool: str
    kind: StrOrPromise
    url: str
    label: StrOrPromise
    committed: str
    capacity: str
    per_month: str
    says: str
    tone: str
    steps: list[ShownStep]
    drawing: Drawing | None


class ForecastPage(Page):
    """Every pool and class with its forecast."""

    template_name = "planner/forecast.html"
    title = _("Forecast")
    permission_model = Cluster
    whole = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page, or its table as a file."""
        if request.GET.get("export") == "csv":
            return _as_csv(current_forecasts())
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The forecasts, clusters first."""
        found = current_forecasts()
        return super().get_context_data(forecasts=shown_forecasts(found), **kwargs)


def shown_forecasts(found: Sequence[Forecast]) -> list[ShownForecast]:
    """The forecasts as the page shows them."""
    refs = {one.pool: Ref.parse(one.pool) for one in found}
    urls = pages_of_things(refs.values())
    past = {(one.pool, one.resource_class): one for one in histories(list(refs))}
    return [_shown(one, refs[one.pool], urls, past[one.pool, one.resource_class]) for one in found]


def _shown(one: Forecast, ref: Ref, urls: dict[Ref, str], past: Series) -> ShownForecast:
    write = WRITTEN[one.resource_class]
    growth = one.per_month
    return ShownForecast(
        pool=ref.name,
        kind=KIND_LABELS[ref.kind],
        url=urls.get(ref, ""),
        label=LABELS[one.resource_class],
        committed=write(one.committed),
        capacity=write(one.capacity),
        per_month=f"{write(round(growth.low))} … {write(round(growth.high))}" if growth else "",
        says=sentence(one),
        tone=TONES.get(one.verdict, "quiet"),
        steps=[ShownStep(day(step.day), write(step.amount)) for step in one.steps],
        drawing=_drawing(one, past) if one.verdict is Verdict.RUNS_FULL else None,
    )


def _drawing(one: Forecast, past: Series) -> Drawing:
    """Past and future on one time axis, from nothing to a little above what is highest."""
    first, last = past.days[0].day, one.band[-1].day
    highest = max(
        *(point.capacity for point in one.band),
        *(point.high for point in one.band),
        *(max(each.committed, each.capacity) for each in past.days),
    )
    span, top = max((last - first).days, 1), max(highest * 1.15, 1.0)

    def at(when: date, amount: float) -> str:
        across = (when - first).days * WIDTH / span
        return f"{across:.1f},{HEIGHT - min(max(amount, 0), top) * HEIGHT / top:.1f}"

    today = past.days[-1]
    start = at(today.day, today.committed)
    known = [(each.day, each.capacity) for each in past.days]
    known += [(point.day, point.capacity) for point in one.band]
    upper = [at(point.day, point.high) for point in one.band]
    lower = [at(point.day, point.low) for point in reversed(one.band)]
    return Drawing(
        past=" ".join(at(each.day, each.committed) for each in past.days),
        capacity=" ".join(at(when, amount) for when, amount in known),
        likely=" ".join([start, *(at(point.day, point.likely) for point in one.band)]),
        band=" ".join([start, *upper, *lower]),
        now=round((today.day - first).days * WIDTH / span, 1),
        first=day(first),
        last=day(last),
        top=WRITTEN[one.resource_class](round(top)),
    )


def _as_csv(found: Sequence[Forecast]) -> HttpResponse:
    headers = {"Content-Disposition": 'attachment; filename="forecast.csv"'}
    answer = HttpResponse(content_type="text/csv; charset=utf-8", headers=headers)
    rows = csv.DictWriter(answer, CSV_COLUMNS, extrasaction="ignore")
    rows.writeheader()
    rows.writerows(answer_of(one) for one in found)
    return answer

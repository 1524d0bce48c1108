"""Figures for Prometheus at `/metrics/`: drift by target and kind, comparisons, the queue.

Read from the database when asked, so every process answers the same; a client library would count
in each process by itself. For who may view findings; the queue is for who may view all jobs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from django.db.models import Count, Min, Model
from django.http import HttpResponse
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from api.http.auth import signed_in
from dcim.actions.drift.figures import TargetDrift, drift_by_target
from dcim.actions.rights import may_all
from dcim.catalog.roles import VIEW
from dcim.record.planner.drift import DriftFinding
from dcim.record.planner.jobs import OPEN, WAITING, Job
from dcim.vocabulary.drift import DriftKind

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
ESCAPED: Final = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})
Sample = tuple[Mapping[str, str], float]


@dataclass(frozen=True, slots=True)
class Gauge:
    """A figure that goes up and down, with a sample per set of labels."""

    name: str
    help_text: str
    samples: tuple[Sample, ...]

    def lines(self) -> Iterator[str]:
        """The figure in Prometheus's text format."""
        yield f"# HELP {self.name} {self.help_text}"
        yield f"# TYPE {self.name} gauge"
        for labels, value in self.samples:
            told = ",".join(f'{name}="{one.translate(ESCAPED)}"' for name, one in labels.items())
            yield f"{self.name}{{{told}}} {value:g}" if told else f"{self.name} {value:g}"


class MetricsView(APIView):
    """Drift and the queue, for Prometheus."""

    permission_model: ClassVar[type[Model]] = DriftFinding

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        """The figures as they are now."""
        gauges = list(drift_gauges(drift_by_target()))
        if may_all(signed_in(request), VIEW, Job):
            gauges.extend(queue_gauges())
        text = "\n".join(line for gauge in gauges for line in gauge.lines())
        return HttpResponse(f"{text}\n", content_type=CONTENT_TYPE)


def drift_gauges(targets: Iterable[TargetDrift]) -> Iterator[Gauge]:
    """Open findings of each target by kind, ignored ones, and how comparing it goes."""
    known = list(targets)
    now = timezone.now()
    yield Gauge(
        "lumbung_drift_findings",
        "Open findings of a target by kind.",
        tuple(
            ({"target": one.target, "kind": kind.value}, one.open.get(kind, 0))
            for one in known
            for kind in DriftKind
        ),
    )
    yield Gauge(
        "lumbung_drift_ignored",
        "Findings of a target that a rule ignores.",
        tuple(({"target": one.target}, one.ignored) for one in known),
    )
    yield Gauge(
        "lumbung_drift_scan_age_seconds",
        "Since the newest comparison of a target that could be made.",
        tuple(
            ({"target": one.target}, round((now - one.compared.ended).total_seconds()))
            for one in known
            if one.compared is not None
        ),
    )
    yield Gauge(
        "lumbung_drift_scans_failed",
        "Comparisons of a target that failed or were refused since then.",
        tuple(({"target": one.target}, one.failed) for one in known),
    )


def queue_gauges() -> Iterator[Gauge]:
    """Jobs that wait or run, by kind, and how long the first of them has waited."""
    counts = Job.objects.filter(status__in=OPEN).order_by().values_list("kind", "status")
    yield Gauge(
        "lumbung_jobs",
        "Jobs that wait or run, by kind.",
        tuple(
            ({"kind": kind, "status": status}, count)
            for kind, status, count in counts.annotate(Count("pk"))
        ),
    )
    waiting = Job.objects.filter(status__in=WAITING)
    first = waiting.aggregate(first=Min("created"))["first"]
    age = 0 if first is None else (timezone.now() - first).total_seconds()
    yield Gauge(
        "lumbung_jobs_oldest_seconds", "How long the first job has waited.", (({}, round(age)),)
    )


urlpatterns = [path("", MetricsView.as_view())]

"""What is known of drift, for pages, commands and metrics: per target, and in all."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Count, Max, Q, QuerySet

from dcim.planning.load.members import member
from dcim.record.networks.virtualization import Cluster
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.drift import DriftFinding, DriftScan
from dcim.vocabulary.drift import DriftKind, DriftStatus, ScanOutcome
from dcim.vocabulary.naming import target_stem

COMPARED = (ScanOutcome.SAME.value, ScanOutcome.DRIFT.value)
NUMBER: Final = re.compile(r"-\d+$")
FAILED = (ScanOutcome.FAILED.value, ScanOutcome.REFUSED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetDrift:
    """A target as it was last looked at.

    Attributes:
        target: Its name.
        newest: The newest scan, whatever came of it.
        compared: The newest that could be compared; None: never.
        open: Open findings by kind.
        ignored: How many a rule ignores.
        failed: How many scans have failed since the last that could be compared.
    """

    target: str
    newest: DriftScan | None
    compared: DriftScan | None
    open: dict[DriftKind, int] = field(default_factory=dict)
    ignored: int = 0
    failed: int = 0

    @property
    def open_count(self) -> int:
        """All open findings."""
        return sum(self.open.values())


def drift_by_target(names: Collection[str] = ()) -> list[TargetDrift]:
    """Every target of the record that was ever looked at, or those of `names`, in order.

    Notes: a fixed number of queries. A target is gone with its cluster or grant, and with the next
        comparison where it is a target no longer for another reason.
    """
    scans, findings = DriftScan.objects.all(), DriftFinding.objects.all()
    if names:
        scans, findings = scans.filter(target__in=names), findings.filter(target__in=names)
    newest = newest_scans(scans)
    compared = newest_scans(scans.filter(outcome__in=COMPARED))
    failures = _failures(scans, compared)
    counts = (
        findings.filter(closed_at__isnull=True)
        .order_by()
        .values_list("target", "status", "kind")
        .annotate(Count("pk"))
    )
    opened: dict[str, dict[DriftKind, int]] = {}
    ignored: dict[str, int] = {}
    for target, status, kind, count in counts:
        if status == DriftStatus.OPEN:
            opened.setdefault(target, {})[member(DriftKind, kind)] = count
        else:
            ignored[target] = ignored.get(target, 0) + count
    return [
        TargetDrift(
            target=name,
            newest=newest.get(name),
            compared=compared.get(name),
            open=opened.get(name, {}),
            ignored=ignored.get(name, 0),
            failed=failures.get(name, 0),
        )
        for name in _there({*newest, *opened, *ignored}, newest)
    ]


def _there(names: Collection[str], newest: Mapping[str, DriftScan]) -> list[str]:
    """Those of the target names, in order, that the record has a cluster or a grant for."""
    pools = (
        *Cluster.objects.order_by().values_list("name", flat=True),
        *Allocation.objects.order_by().values_list("reference", flat=True),
    )
    stems = {target_stem(pool) for pool in pools}
    return sorted(
        name
        for name in names
        if stems & {name, NUMBER.sub("", name)}
        and (name not in newest or newest[name].outcome != ScanOutcome.ENDED)
    )


def newest_scans(scans: QuerySet[DriftScan] | None = None) -> dict[str, DriftScan]:
    """The newest of the scans (none given: of all) by target; two queries."""
    scans = DriftScan.objects.all() if scans is None else scans
    keys = scans.order_by().values("target").annotate(newest=Max("pk")).values("newest")
    return {one.target: one for one in DriftScan.objects.filter(pk__in=keys)}


def _failures(scans: QuerySet[DriftScan], compared: dict[str, DriftScan]) -> dict[str, int]:
    """How many scans of each target have failed since the last that could be compared."""
    since = Q()
    for name, scan in compared.items():
        since |= Q(target=name, pk__gt=scan.pk)
    since |= ~Q(target__in=list(compared))
    failed = scans.filter(since, outcome__in=FAILED).order_by()
    return dict(failed.values_list("target").annotate(Count("pk")))

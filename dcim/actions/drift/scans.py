"""Keeps what comparisons of targets have found, so that it has a history and is told once.

A finding that is found again is the same row; one that is found no longer is closed. No part of the
change log: what is measured follows from the three sides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from dcim.actions.drift.sights import (
    Sights,
    is_elsewhere_now,
    last_sights,
    lost_targets,
    pairing,
    seen_at,
)
from dcim.actions.refusals import writing
from dcim.actions.rules.drift import judge, rules_in_force
from dcim.planning.drift.comparison import pair_moved, unpaired
from dcim.planning.drift.sides import Drift, Fields, Value
from dcim.planning.load.members import member
from dcim.record.planner.drift import STANDING, DriftFinding, DriftRule, DriftScan
from dcim.vocabulary.drift import DriftKind, DriftSide, DriftStatus, DriftSubject, ScanOutcome

LONGEST_MESSAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What came of comparing one target.

    Attributes:
        target: Its name.
        hypervisor_uri: The hypervisor that was asked.
        started: When that began.
        found: What differs; None where it could not be told, which `message` explains.
        machines: How many machines were compared.
        skipped: Whether there was nothing to compare, rather than something that went wrong.
        refused: Whether a rule forbade it.
    """

    target: str
    hypervisor_uri: str
    started: datetime
    found: tuple[Drift, ...] | None = None
    machines: int = 0
    message: str = ""
    skipped: bool = False
    refused: bool = False


def store_scans(
    scanned: Sequence[Scanned], targets: Collection[str] | None = None
) -> list[DriftScan]:
    """The rows of the comparisons, with every finding of the targets opened, kept or closed.

    Args:
        scanned: What came of them.
        targets: All targets that the record has: what was found on any other ends. None: not known.

    Notes: a target that could not be compared keeps the findings it has. So does one of which a
        comparison that began later is stored already. Findings end too where the target is skipped
        and has another hypervisor now. A machine that is missing on one target and unknown on
        another is one finding, whichever of the two was looked at last, as old as the older sight.
    """
    with writing():
        held = list(DriftFinding.objects.select_for_update().filter(closed_at__isnull=True))
        told = {one.target: one for one in scanned if one.found is not None and _is_newest(one)}
        sights = {**last_sights(), **{name: scan.started for name, scan in told.items()}}
        over = {*told, *_lost(held, scanned, targets, sights)}
        # Known of the targets that were not looked at now.
        known = [one for one in unpaired(map(_drift, held)) if one.target not in over]
        seen = (one for scan in told.values() for one in scan.found or ())
        found = pair_moved([*known, *seen], pairing(held, told, sights))
        _settle(held, found, sights)
        return [_row(one) for one in scanned]


def _lost(
    held: Sequence[DriftFinding],
    scanned: Sequence[Scanned],
    targets: Collection[str] | None,
    sights: Sights,
) -> set[str]:
    """Targets whose findings speak of nothing that is compared any more."""
    skipped = (one for one in scanned if one.skipped)
    lost = {one.target for one in skipped if is_elsewhere_now(one.target, one.hypervisor_uri)}
    if targets is None or not scanned:
        return lost
    return lost | lost_targets(held, targets, min(one.started for one in scanned), sights)


def _is_newest(scan: Scanned) -> bool:
    later = DriftScan.objects.filter(target=scan.target, started__gt=scan.started)
    return not later.filter(outcome__in=(ScanOutcome.SAME, ScanOutcome.DRIFT)).exists()


def _drift(row: DriftFinding) -> Drift:
    return Drift(
        target=row.target,
        subject=member(DriftSubject, row.subject),
        name=row.name,
        field=row.field,
        kind=member(DriftKind, row.kind),
        odd=member(DriftSide, row.odd),
        record=row.record,
        hypervisor=row.hypervisor,
        state=row.state,
        found_on=row.found_on,
    )


def _settle(held: Iterable[DriftFinding], found: Iterable[Drift], sights: Sights) -> None:
    """Write what stands: new rows, changed ones, and the end of those that are found no longer."""
    rules = rules_in_force()
    rows = {(one.target, one.subject, one.name, one.field): one for one in held}
    new: list[DriftFinding] = []
    kept: list[DriftFinding] = []
    for one in found:
        at = seen_at(one, sights)
        row = rows.pop(one.key, None)
        if row is None:
            moment = at or timezone.now()
            row = DriftFinding(opened_at=moment, last_seen=moment)
            new.append(_filled(row, one, rules))
        else:
            row.last_seen = at or row.last_seen
            kept.append(_filled(row, one, rules))
    gone = list(rows.values())
    for row in gone:
        close(row, DriftStatus.GONE)
    DriftFinding.objects.bulk_update(
        [*kept, *gone], [one for one in _columns() if one != "opened_at"], batch_size=500
    )
    # Of two scans at once, whoever is later finds the other's rows.
    DriftFinding.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)


def _filled(row: DriftFinding, one: Drift, rules: Sequence[DriftRule]) -> DriftFinding:
    row.target, row.subject, row.name, row.field = one.key
    row.kind, row.odd, row.found_on = one.kind.value, one.odd.value, one.found_on
    row.record, row.hypervisor, row.state = (
        _json(one.record), _json(one.hypervisor), _json(one.state),
    )  # fmt: skip
    judge(row, rules)
    return row


def close(row: DriftFinding, status: DriftStatus) -> None:
    """End the finding, as accepted or as gone; it is not saved."""
    row.status, row.closed_at = status.value, timezone.now()


def _columns() -> list[str]:
    return [one.name for one in DriftFinding._meta.concrete_fields if not one.primary_key]


def _json(value: Value | Fields) -> Value | dict[str, Value]:
    return dict(value) if isinstance(value, Mapping) else value


def _row(scan: Scanned) -> DriftScan:
    here = DriftFinding.objects.filter(target=scan.target, status__in=STANDING)
    open_here = here.filter(status=DriftStatus.OPEN).count()
    return DriftScan.objects.create(
        target=scan.target,
        hypervisor_uri=scan.hypervisor_uri,
        outcome=_outcome(scan, open_here).value,
        message=scan.message[:LONGEST_MESSAGE],
        found=open_here,
        ignored=here.count() - open_here,
        machines=scan.machines,
        started=scan.started,
        ended=timezone.now(),
    )


def _outcome(scan: Scanned, open_here: int) -> ScanOutcome:
    if scan.found is not None:
        return ScanOutcome.DRIFT if open_here else ScanOutcome.SAME
    if scan.skipped:
        return ScanOutcome.SKIPPED
    return ScanOutcome.REFUSED if scan.refused else ScanOutcome.FAILED

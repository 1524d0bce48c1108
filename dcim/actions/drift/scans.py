"""Keeps what comparisons of targets have found, so that it has a history and is told once.

A finding that is found again is the same row; one that is found no longer is closed. No part of the
change log: what is measured follows from the three sides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from glob import escape

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
from dcim.actions.rules.drift import fits, judge, rules_in_force
from dcim.planning.drift.comparison import pair_moved, unpaired
from dcim.planning.drift.sides import Drift, Fields, Value
from dcim.planning.drift.strays import is_stray, told_once
from dcim.planning.load.members import member
from dcim.planning.sentences import sentence_of
from dcim.record.planner.drift import STANDING, DriftFinding, DriftRule, DriftScan
from dcim.vocabulary.drift import DriftKind, DriftSide, DriftStatus, DriftSubject, ScanOutcome

LONGEST_MESSAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What came of comparing one target.

    Attributes:
        target: Its name.
        hypervisor_uri: The hypervisor that was asked.
        beside: Names of the other targets that share it: each of them shows the same strays.
        started: When that began.
        found: What differs; None where it could not be told, which `message` explains.
        machines: How many machines were compared.
        skipped: Whether there was nothing to compare, rather than something that went wrong.
        refused: Whether a rule forbade it.
    """

    target: str
    hypervisor_uri: str
    started: datetime
    beside: tuple[str, ...] = ()
    found: tuple[Drift, ...] | None = None
    machines: int = 0
    message: str = ""
    skipped: bool = False
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Roster:
    """All targets that the record had, and when they were read."""

    targets: frozenset[str]
    read_at: datetime


def store_scans(scanned: Sequence[Scanned], roster: Roster | None = None) -> list[DriftScan]:
    """The rows of the comparisons, with every finding of the targets opened, kept or closed.

    Args:
        scanned: What came of them.
        roster: What the record has: what was found on any other target ends. None: not known.

    Notes: a target that could not be compared keeps the findings it has. So does one of which a
        comparison that began later is stored already. Findings end too where the target is skipped
        and has another hypervisor now. A machine that is missing on one target and unknown on
        another is one finding, whichever of the two was looked at last, as old as the older sight.
        So is a stray, on one of the targets that share its hypervisor.
    """
    with writing():
        rows = DriftFinding.objects.select_for_update().filter(closed_at__isnull=True)
        held = list(rows.order_by("opened_at", "pk"))
        before = last_sights()
        told = {one.target: one for one in scanned if one.found is not None and _is_newest(one)}
        sights = {**before, **{name: scan.started for name, scan in told.items()}}
        ended = set() if roster is None else lost_targets(held, roster.targets, roster.read_at)
        lost = ended | _elsewhere(scanned)
        rules, may_be_one = rules_in_force(), pairing(held, told, sights)
        found = pair_moved(
            _standing(held, told, lost, before),
            lambda here, there: may_be_one(here, there) and not _is_anothers(there, rules),
        )
        _settle(held, _not_accepted_since(found, held, told), sights, rules)
        _end(ended)
        return [_row(one) for one in scanned]


def _elsewhere(scanned: Iterable[Scanned]) -> set[str]:
    """Targets that are not compared and have another hypervisor now than when they last were."""
    skipped = (one for one in scanned if one.skipped)
    return {one.target for one in skipped if is_elsewhere_now(one.target, one.hypervisor_uri)}


def _standing(
    held: Sequence[DriftFinding],
    told: Mapping[str, Scanned],
    lost: Collection[str],
    before: Sights,
) -> list[Drift]:
    """What stands, no machine paired yet: what is told now, and what is known of the rest.

    Args:
        held: The findings so far, the oldest first.
        told: What is told now, by target.
        lost: Targets of which nothing stands any more.
        before: When each target was last seen before.
    """
    known = [
        replace(part, beside=_still_beside(part, told))
        for row in held
        for part in unpaired([_drift(row)])
        if part.target not in lost
    ]
    # A comparison that began before another of the same hypervisor says nothing new of its strays.
    newest = {
        name: scan
        for name, scan in told.items()
        if all(one not in before or before[one] <= scan.started for one in scan.beside)
    }
    seen_anew = {one for name, scan in newest.items() for one in (name, *scan.beside)}
    seen = [
        one
        for name, scan in told.items()
        for one in scan.found or ()
        if name in newest or not is_stray(one)
    ]
    strays = [one for one in known if is_stray(one)]
    shared = {name: scan.beside for name, scan in told.items()}
    found = {
        one.key: one for one in known if one.target not in (seen_anew if is_stray(one) else told)
    }
    return list((found | {one.key: one for one in told_once(seen, strays, shared)}).values())


def _is_anothers(stray: Drift, rules: Sequence[DriftRule]) -> bool:
    """Whether a rule lets that very machine be: then it is not what is missing elsewhere."""
    row = _filled(DriftFinding(), stray, [])
    return any(one.machine == escape(stray.name) and fits(one, row) for one in rules)


def _not_accepted_since(
    found: Sequence[Drift], held: Iterable[DriftFinding], told: Mapping[str, Scanned]
) -> list[Drift]:
    """What was found, without what the record took while the comparison was at work."""
    if not told:
        return list(found)
    began = min(one.started for one in told.values())  # the record was read before that
    taken = DriftFinding.objects.filter(status=DriftStatus.ACCEPTED, closed_at__gte=began)
    over = set(taken.order_by().values_list("target", "subject", "name", "field"))
    over -= {_drift(row).key for row in held}  # found again since
    return [one for one in found if one.key not in over]


def _still_beside(one: Drift, told: Mapping[str, Scanned]) -> tuple[str, ...]:
    """The targets that were beside it and are not seen elsewhere now."""
    return tuple(name for name in one.beside if name not in told or one.target in told[name].beside)


def _end(targets: Iterable[str]) -> None:
    """Note that the targets are no longer in the record."""
    now = timezone.now()
    DriftScan.objects.bulk_create(
        [
            DriftScan(target=name, outcome=ScanOutcome.ENDED.value, started=now, ended=now)
            for name in sorted(targets)
        ]
    )


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
        beside=tuple(row.beside),
    )


def _settle(
    held: Iterable[DriftFinding],
    found: Iterable[Drift],
    sights: Sights,
    rules: Sequence[DriftRule],
) -> None:
    """Write what stands: new rows, changed ones, and the end of those that are found no longer."""
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
    row.beside = list(one.beside)
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
        said=sentence_of(scan.message).plain() if scan.message else None,
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

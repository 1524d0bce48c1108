"""How old what is known of a target is: what may be said by it, and when nothing may any more."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from django.db.models import Max

from dcim.actions.drift.figures import COMPARED, newest_scans
from dcim.planning.drift.sides import Drift
from dcim.record.planner.drift import DriftFinding, DriftScan
from dcim.vocabulary.drift import DriftKind, ScanOutcome
from dcim.vocabulary.hypervisors import is_same_hypervisor

FRESH_FOR: Final = timedelta(minutes=15)
"""How long what was seen on a hypervisor counts as what is there: a row is removed by it."""

Sights: TypeAlias = Mapping[str, datetime]
"""When the newest comparison of each target began that could be made."""


def last_sights() -> dict[str, datetime]:
    """The sights of every target that could ever be compared; one query."""
    compared = DriftScan.objects.filter(outcome__in=COMPARED).order_by()
    return dict(compared.values_list("target").annotate(Max("started")))


def seen_at(one: Drift, sights: Sights) -> datetime | None:
    """When that was seen, of a moved machine the older of its two sides; None: not known.

    Notes: a stray is seen from whichever target of its hypervisor was looked at last.
    """
    sides = [(one.target,), (one.found_on, *one.beside)] if one.found_on else [_seen_from(one)]
    seen = [max((sights[name] for name in side if name in sights), default=None) for side in sides]
    return min((at for at in seen if at is not None), default=None)


def _seen_from(one: Drift) -> tuple[str, ...]:
    return (one.target, *one.beside)


def pairing(
    held: Iterable[DriftFinding], told: Collection[str], sights: Sights
) -> Callable[[Drift, Drift], bool]:
    """Whether a machine missing here may be the one that is unknown there.

    Args:
        held: The findings so far.
        told: The targets that are told of now.
        sights: With those of `told`.

    Notes: what is told at once belongs together, and so does what was seen at about the same time.
        A pair that stands stays one while a side can't be looked at: taken apart, the machine
        would be offered to be made anew, empty.
    """
    moved = {
        (row.name, row.target, row.found_on) for row in held if row.kind == DriftKind.MOVED.value
    }

    def may_be_one(here: Drift, there: Drift) -> bool:
        if here.target in told and any(name in told for name in _seen_from(there)):
            return True
        if (here.name, here.target, there.target) in moved:
            return True
        first, second = seen_at(here, sights), seen_at(there, sights)
        return first is not None and second is not None and abs(first - second) <= FRESH_FOR

    return may_be_one


def lost_targets(
    held: Iterable[DriftFinding], targets: Collection[str], began: datetime
) -> set[str]:
    """The targets of findings and comparisons that the record has no longer.

    Args:
        held: The findings so far.
        targets: All that the record had before the comparison.
        began: When that was; a target looked at later than that is new, not lost.
    """
    newest = newest_scans()
    spoken_of = {name for row in held for name in (row.target, row.found_on) if name}
    listed = {name for name, scan in newest.items() if scan.outcome != ScanOutcome.ENDED}
    gone = (spoken_of | listed).difference(targets)
    return {name for name in gone if name not in newest or newest[name].started < began}


def is_elsewhere_now(target: str, uri: str) -> bool:
    """Whether the target was last compared on another hypervisor than that of `uri`."""
    compared = DriftScan.objects.filter(target=target, outcome__in=COMPARED)
    last = compared.order_by("started", "pk").values_list("hypervisor_uri", flat=True).last()
    return last is not None and not is_same_hypervisor(last, uri)

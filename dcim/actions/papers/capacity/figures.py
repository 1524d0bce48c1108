"""What the quarterly capacity report is made of: the ledgers on its day, and what stands out.

The figures are the ledgers' own, so they equal those of the API on that day; but a grant that is
not in force gives nothing, as in what is measured day by day, so that quarters can be compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from dcim.actions.capacity.n_plus_one import current_survivals
from dcim.actions.forecasts.current import current_forecasts
from dcim.actions.forecasts.snapshots import given
from dcim.actions.forecasts.words import sentence
from dcim.actions.papers.capacity.held import Held, held_in
from dcim.planning.capacity.ledger import Inventory, LedgerLine, PoolLedger, ledgers
from dcim.planning.capacity.n_plus_one import Survival, Verdict
from dcim.planning.estate import Snapshot
from dcim.planning.load.record import load_snapshot
from dcim.record.planner.ledger_snapshots import LedgerSnapshot
from dcim.vocabulary.amounts import Amounts, ResourceClass
from dcim.vocabulary.choices import AllocationStatus
from dcim.vocabulary.errors import InvalidInput, Refused
from dcim.vocabulary.quarters import Quarter

WARNED_BEFORE: Final = timedelta(days=90)
NEARLY_FULL: Final = 0.9  # of the capacity, used and planned
Key = tuple[str, ResourceClass]


@dataclass(frozen=True, slots=True)
class Ending:
    """A grant that is still in use by its status, and its last day."""

    reference: str
    until: date
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Figures:
    """The ledgers at the end of a quarter, or today while it runs.

    Of a quarter that is over only what was measured day by day is known: capacity, used, planned
    and reclaimable of each pool.

    Attributes:
        day: The day that they are of.
        made: The day that they are told on.
        held: Who holds the pools; None of a quarter that is over.
        serial: The change of the record that they are of.
        before: What was free at the end of the quarter before, by pool and class; None where no
            ledger of that day was kept.
        names: The providers' names by their slugs.
        survivals: What each cluster survives of the loss of hosts.
        forecasts: When each class of each pool runs full, in a few words.
        ending: Grants that have ended or end within 90 days and were not returned, the first first.
    """

    quarter: Quarter
    day: date
    made: date
    serial: int
    ledgers: tuple[PoolLedger, ...]
    before: Mapping[Key, int] | None
    names: Mapping[str, str] = field(default_factory=dict)
    survivals: tuple[Survival, ...] = ()
    ending: tuple[Ending, ...] = ()
    forecasts: Mapping[Key, str] = field(default_factory=dict)
    held: Held | None = None

    @property
    def is_over(self) -> bool:
        """Whether the quarter was over when they were told."""
        return self.made > self.quarter.last

    @property
    def is_final(self) -> bool:
        """Whether they are of the quarter's last day."""
        return self.day == self.quarter.last

    @property
    def roomy(self) -> tuple[PoolLedger, ...]:
        """The pools that have room of their own, or are used."""
        return tuple(one for one in self.ledgers if _has_room(one))

    @property
    def lines(self) -> Iterator[tuple[PoolLedger, LedgerLine]]:
        """Each class of each pool with room."""
        return ((pool, line) for pool in self.roomy for line in pool.lines)

    @property
    def overcommitted(self) -> tuple[tuple[PoolLedger, LedgerLine], ...]:
        """Where more is used and planned than there is."""
        return tuple((pool, line) for pool, line in self.lines if line.free < 0)

    @property
    def nearly_full(self) -> tuple[tuple[PoolLedger, LedgerLine], ...]:
        """Where nine tenths of the capacity are used and planned, without being over it."""
        return tuple((pool, line) for pool, line in self.lines if line.free >= 0 and _is_full(line))

    @property
    def breaking(self) -> tuple[Survival, ...]:
        """Clusters whose machines have no place when the hosts fail that they are to survive."""
        return tuple(one for one in self.survivals if one.verdict is Verdict.FAILS)


def quarter_asked(text: str) -> Quarter:
    """The quarter that a reader names, the running one for "".

    Raises: InvalidInput for what is no quarter, or has not begun.
    """
    today = timezone.localdate()
    quarter = Quarter.parse(text) if text.strip() else Quarter.of(today)
    if quarter.first > today:
        raise InvalidInput(
            _("Quarter %(quarter)s has not begun.") % {"quarter": quarter},
            field="quarter",
            hint=_("Ask for %(quarter)s or an earlier one.") % {"quarter": Quarter.of(today)},
        )
    return quarter


def figures_of(quarter: Quarter) -> Figures:
    """The figures of a quarter that has begun.

    Raises: Refused for one that is over and was not measured.

    Notes: the queries of one snapshot of the record; two of a quarter that is over.
    """
    today = timezone.localdate()
    if quarter.last < today:
        return _measured(quarter, today)
    snapshot = load_snapshot(today)
    return Figures(
        quarter=quarter,
        day=today,
        made=today,
        serial=snapshot.serial,
        ledgers=tuple(_as_given(one) for one in ledgers(snapshot)),
        names={one.slug: one.name for one in snapshot.providers},
        before=_free_on(quarter.previous.last),
        forecasts=_forecasts(),
        survivals=current_survivals().clusters,
        ending=tuple(_ending(snapshot, today)),
        held=held_in(snapshot),
    )


def _as_given(book: PoolLedger) -> PoolLedger:
    """With the capacity that is measured day by day: a grant that is not in force gives nothing."""
    if all(given(book, line) == line.inventory.capacity for line in book.lines):
        return book
    lines = tuple(
        replace(line, inventory=replace(line.inventory, total=given(book, line), reserved=0))
        for line in book.lines
    )
    return replace(book, lines=lines)


def _measured(quarter: Quarter, made: date) -> Figures:
    """What was measured on the last day of a quarter that was measured at all.

    Raises: Refused where none was.
    """
    kept = LedgerSnapshot.objects.filter(day__range=(quarter.first, quarter.last))
    day = kept.aggregate(last=Max("day"))["last"]
    if day is None:
        raise Refused(
            _("Quarter %(quarter)s is over, and no ledger of its days was kept.")
            % {"quarter": quarter},
            hint=_("Ask for the running quarter, %(quarter)s; ledgers are kept from day to day.")
            % {"quarter": Quarter.of(made)},
        )
    pools: dict[str, list[LedgerLine]] = {}
    classes = {one.value: place for place, one in enumerate(ResourceClass)}
    for row in sorted(
        kept.filter(day=day), key=lambda one: (one.pool, classes[one.resource_class])
    ):
        inventory = Inventory(resource_class=ResourceClass(row.resource_class), total=row.capacity)
        line = LedgerLine(
            inventory=inventory, used=row.used, planned=row.planned, reclaimable=row.reclaimable
        )
        pools.setdefault(row.pool, []).append(line)
    return Figures(
        quarter=quarter,
        day=day,
        made=made,
        serial=0,
        ledgers=tuple(
            PoolLedger(pool=pool, provider=None, is_open=True, lines=tuple(lines))
            for pool, lines in pools.items()
        ),
        before=_free_on(quarter.previous.last),
    )


def _free_on(day: date) -> dict[Key, int] | None:
    """What each class of each pool had free at the end of that day, where it was measured."""
    rows = LedgerSnapshot.objects.filter(day=day)
    free = {
        (one.pool, ResourceClass(one.resource_class)): one.capacity - one.used - one.planned
        for one in rows
    }
    return free or None


def _forecasts() -> dict[Key, str]:
    with override("id"):
        return {(one.pool, one.resource_class): sentence(one) for one in current_forecasts()}


def _ending(snapshot: Snapshot, today: date) -> list[Ending]:
    ends = [
        Ending(one.reference, one.valid_until, one.amounts)
        for one in snapshot.allocations
        if one.status is AllocationStatus.ACTIVE
        and one.valid_until is not None
        and one.valid_until <= today + WARNED_BEFORE
    ]
    return sorted(ends, key=lambda one: (one.until, one.reference))


def _has_room(pool: PoolLedger) -> bool:
    return any(line.inventory.total or line.used or line.planned for line in pool.lines)


def _is_full(line: LedgerLine) -> bool:
    capacity = line.inventory.capacity
    return capacity > 0 and line.used + line.planned >= NEARLY_FULL * capacity

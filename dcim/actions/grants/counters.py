"""The counters of grants against a count of what is drawn and committed: told, and put right.

The count is Python's, by `VirtualMachine.amounts`' rule; the counters are kept by triggers in SQL.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db import connection
from django.utils.translation import gettext as _

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.actions.refusals import writing
from dcim.actions.rules.pools.grants import lock_grants
from dcim.catalog import kind_of
from dcim.record.extras.journal import JournalEntry
from dcim.record.log.reading import one_view
from dcim.record.networks.virtualization import VirtualMachine, taken_by
from dcim.record.planner.allocations import CLASSES, COUNTERS, Allocation
from dcim.record.planner.ceilings import statements, uncounted
from dcim.record.planner.commitments import Commitment
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices_extras import JournalKind

NOTHING: Final = Amounts()


@dataclass(frozen=True, slots=True)
class Miscount:
    """A counter that is not what its grant's machines and commitments come to.

    Attributes:
        grant: As it is stored.
        counter: The field: used or committed, of which class.
        counted: What it should be, in the class's unit.
        is_over: Whether the grant is drawn on beyond its ceiling, so that it can't be so.
    """

    grant: Allocation
    counter: str
    counted: int
    is_over: bool

    @property
    def kept(self) -> int:
        """What it is."""
        return int(getattr(self.grant, self.counter))


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """What a check found.

    Attributes:
        grants: How many were counted.
        miscounts: In the order of references.
        uncounted: Tables whose writes are not counted, since a trigger is missing or off.
    """

    grants: int
    miscounts: tuple[Miscount, ...] = ()
    uncounted: tuple[str, ...] = field(default_factory=tuple)

    @property
    def is_clean(self) -> bool:
        """Whether all is as it should be."""
        return not self.miscounts and not self.uncounted


def check_ledgers() -> LedgerCheck:
    """Count every grant anew; O(machines with a grant), four queries, one committed state."""
    with one_view():
        grants = list(Allocation.objects.all())
        missing = uncounted(connection)
        return LedgerCheck(len(grants), tuple(_miscounts(grants)), tuple(missing))


def repair_ledgers(*, by: Actor) -> LedgerCheck:
    """What was wrong; counters are put right, each grant with a note in its journal.

    Grants that are drawn on beyond their ceiling stay as they are, since the database refuses:
    grant more, or move machines, then repair.
    """
    with writing():
        missing = uncounted(connection)
        if missing:
            with connection.cursor() as cursor:
                for statement in statements(connection):
                    cursor.execute(statement)
        grants = list(lock_grants(Allocation.objects.values_list("pk", flat=True)).values())
        found = tuple(_miscounts(grants))
        wrong: dict[Allocation, list[Miscount]] = defaultdict(list)
        for one in found:
            wrong[one.grant].append(one)
        for grant, some in wrong.items():
            if not any(one.is_over for one in some):
                _put_right(grant, some, by)
    return LedgerCheck(len(grants), found, tuple(missing))


def _put_right(grant: Allocation, some: Iterable[Miscount], by: Actor) -> None:
    counted = {one.counter: one.counted for one in some}
    Allocation.objects.filter(pk=grant.pk).update(**counted)
    told = "; ".join(f"{one.counter}: {one.kept} → {one.counted}" for one in some)
    note = {
        "object_type": kind_of(Allocation),
        "object_id": grant.pk,
        "kind": JournalKind.WARNING.value,
        "comments": _("Counters put right: %(told)s.") % {"told": told},
    }
    record.create(JournalEntry, note, by=by)


def _miscounts(grants: Iterable[Allocation]) -> Iterable[Miscount]:
    used, committed = _counted()
    for grant in sorted(grants, key=lambda one: one.reference):
        drawn, held = used.get(grant.pk, NOTHING), committed.get(grant.pk, NOTHING)
        counted = [getattr(amounts, name) for amounts in (drawn, held) for name in CLASSES]
        is_over = not (drawn + held).fits_in(grant.granted)
        for counter, amount in zip(COUNTERS, counted, strict=True):
            if getattr(grant, counter) != amount:
                yield Miscount(grant, counter, amount, is_over)


def _counted() -> tuple[Mapping[int, Amounts], Mapping[int, Amounts]]:
    """Per grant what machines draw, and what is committed to them beyond that."""
    used: dict[int, Amounts] = defaultdict(Amounts)
    committed: dict[int, Amounts] = defaultdict(Amounts)
    drawn: dict[tuple[int | None, int], Amounts] = {}
    columns = ("pk", "allocation", "vcpus", "memory_mib", "disk_mb")
    rows = VirtualMachine.objects.exclude(allocation=None).order_by().values_list(*columns)
    for pk, grant, *size in rows.iterator(chunk_size=5_000):
        drawn[pk, grant] = taken_by(*size)
        used[grant] += drawn[pk, grant]
    for one in Commitment.objects.order_by():
        place = (one.virtual_machine_id, one.allocation_id)
        committed[one.allocation_id] += one.amounts.beyond(drawn.get(place, NOTHING))
    return used, committed

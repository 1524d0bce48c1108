"""How things stand in an estate on a day, and how two of those differ.

An estate is the record, a snapshot file, or a scenario laid over one; whatever it is, the same
functions answer: ledgers, N+1 by packing, and the reactivation plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain

from dcim.planning.capacity.ledger import LedgerLine, PoolLedger, ledgers
from dcim.planning.capacity.n_plus_one import Survival, Verdict, n_plus_one
from dcim.planning.document import Outcome, PlanDocument
from dcim.planning.estate import Snapshot
from dcim.planning.reactivation.plan import plan_reactivation
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.snapshot import checked
from dcim.planning.watch import UNWATCHED, Watch
from dcim.vocabulary.amounts import Amounts, ResourceClass


@dataclass(frozen=True, slots=True)
class Standing:
    """The answers for one estate on one day, blockers taken by one stance."""

    on: date | None
    ledgers: tuple[PoolLedger, ...]
    survivals: tuple[Survival, ...]
    plan: PlanDocument

    @property
    def revived(self) -> frozenset[str]:
        """Apps that the plan brings back without waiting for a grant."""
        return frozenset(one.code for one in self.plan.apps if one.outcome is Outcome.REVIVE)

    @property
    def asked(self) -> Amounts:
        """What the plan asks of the PDN."""
        return self.plan.ask.amounts


@dataclass(frozen=True, slots=True)
class LineChange:
    """A class of a pool on two sides; None where the pool is not there, or not open.

    A pool that is closed has no room, but what it holds still counts as used.
    """

    pool: str
    resource_class: ResourceClass
    before: LedgerLine | None
    after: LedgerLine | None
    was_open: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class SurvivalChange:
    """What a cluster survives on two sides; None where it is not there or has no hosts."""

    cluster: str
    before: Verdict | None
    after: Verdict | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What is otherwise on the second side.

    Attributes:
        lines: Classes of pools whose figures differ, clusters first.
        survivals: Clusters of which another verdict was found.
        gained: Apps that the plan brings back only there.
        lost: Apps that it brings back only on the first side.
        weight: That of what comes back, on either side.
        asked: What is asked, on either side.
    """

    before: Standing
    after: Standing
    lines: tuple[LineChange, ...]
    survivals: tuple[SurvivalChange, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def weight(self) -> tuple[int, int]:
        """What the apps that come back count."""
        return (
            self.before.plan.objective.revived_weight,
            self.after.plan.objective.revived_weight,
        )

    @property
    def asked(self) -> tuple[Amounts, Amounts]:
        """What the plans ask."""
        return self.before.asked, self.after.asked

    @property
    def is_empty(self) -> bool:
        """Whether both sides give the same answers."""
        same = self.asked[0] == self.asked[1] and self.weight[0] == self.weight[1]
        return same and not (self.lines or self.survivals or self.gained or self.lost)


def standing(
    snapshot: Snapshot, stance: Stance = Stance.AS_DECLARED, watch: Watch = UNWATCHED
) -> Standing:
    """The answers for `snapshot` on the day that it is for.

    Raises: BadDocument when the snapshot contradicts itself.
    """
    snapshot = checked(snapshot)
    return Standing(
        on=snapshot.as_of,
        ledgers=ledgers(snapshot),
        survivals=n_plus_one(snapshot, watch),
        plan=plan_reactivation(snapshot, stance),
    )


def difference(before: Standing, after: Standing) -> Difference:
    """Where `after` answers otherwise than `before`."""
    return Difference(
        before=before,
        after=after,
        lines=tuple(_line_changes(_books(before), _books(after))),
        survivals=tuple(_survival_changes(before, after)),
        gained=tuple(sorted(after.revived - before.revived)),
        lost=tuple(sorted(before.revived - after.revived)),
    )


def _survival_changes(before: Standing, after: Standing) -> Iterator[SurvivalChange]:
    old, new = ({one.cluster: one.verdict for one in side.survivals} for side in (before, after))
    for cluster in dict.fromkeys(chain(old, new)):
        if old.get(cluster) is not new.get(cluster):
            yield SurvivalChange(cluster, old.get(cluster), new.get(cluster))


def _books(one: Standing) -> dict[str, PoolLedger]:
    return {book.pool: book for book in one.ledgers}


def _line_changes(
    before: Mapping[str, PoolLedger], after: Mapping[str, PoolLedger]
) -> Iterator[LineChange]:
    for pool in dict.fromkeys(chain(before, after)):
        old, new = before.get(pool), after.get(pool)
        was_open, is_open = (one is not None and one.is_open for one in (old, new))
        for one in ResourceClass:
            lines = _line(old, one), _line(new, one)
            if lines[0] != lines[1] or was_open != is_open:
                yield LineChange(pool, one, *lines, was_open, is_open)


def _line(book: PoolLedger | None, one: ResourceClass) -> LedgerLine | None:
    lines = book.lines if book is not None else ()
    return next((line for line in lines if line.inventory.resource_class is one), None)

"""What tiers take, and the backup copies of them: what restoring asks beyond who needs whom.

Kept as columns beside the nodes, in the order of their numbers; a `Demand` or `Copy` is made when
somebody asks for it, so that a nation's copies cost a few megabytes and no time until something
falls.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from dcim.graph.facts import Copy, Demand, Facts
from dcim.graph.wiring import NOBODY, Flags, Keys, Numbers
from dcim.vocabulary.amounts import Amounts, makeable
from dcim.vocabulary.errors import InvalidInput
from dcim.vocabulary.things import Ref, ThingKind

if TYPE_CHECKING:
    from dcim.graph.roster import Roster

HUNDREDTHS: Final = 100


def _no_keys() -> Keys:
    return np.zeros(0, np.int64)


def _no_numbers() -> Numbers:
    return np.zeros(0, np.int32)


def _no_flags() -> Flags:
    return np.zeros(0, np.bool_)


@dataclass(frozen=True)
class Demands:
    """What an instance of each tier takes; the tiers are numbered from `start` on."""

    start: int = 0
    vcpu_hundredths: Keys = field(default_factory=_no_keys)
    memory_mib: Keys = field(default_factory=_no_keys)
    storage_gib: Keys = field(default_factory=_no_keys)
    wanted: Keys = field(default_factory=_no_keys)
    needed: Keys = field(default_factory=_no_keys)
    co_hosted: Flags = field(default_factory=_no_flags)

    def missing(self, tiers: Mapping[int, int], counts: Keys) -> Amounts:
        """What the instances take that tiers of one app lack of what they should have.

        Tiers that are co-hosted share a machine per instance; machines are sized as plans size
        them.

        Args:
            tiers: The numbers of the tiers, each with how many of its instances stand.
            counts: How many instances each tier should have: `needed` or `wanted`.
        """
        lacking = {
            tier - self.start: max(0, int(counts[tier - self.start]) - standing)
            for tier, standing in tiers.items()
        }
        found, shared = Amounts(), {}
        for at, count in lacking.items():
            if self.co_hosted[at]:
                shared[at] = count
            elif count:
                found += self._machine([at]).times(count)
        for instance in range(max(shared.values(), default=0)):
            found += self._machine([at for at, count in shared.items() if count > instance])
        return found

    def _machine(self, places: Sequence[int]) -> Amounts:
        hundredths = sum(int(self.vcpu_hundredths[at]) for at in places)
        return makeable(
            Amounts(
                -(-hundredths // HUNDREDTHS),
                sum(int(self.memory_mib[at]) for at in places),
                sum(int(self.storage_gib[at]) for at in places),
            )
        )

    def of(self, tier: int, roster: Roster) -> Demand:
        """The demand of the tier of a number."""
        at = tier - self.start
        return Demand(
            roster.node(tier).id,
            Decimal(int(self.vcpu_hundredths[at])) / HUNDREDTHS,
            int(self.memory_mib[at]),
            int(self.storage_gib[at]),
            int(self.wanted[at]),
            int(self.needed[at]),
            bool(self.co_hosted[at]),
        )


@dataclass(frozen=True)
class Copies:
    """The backup copies, numbered from `start` on; what is not stated is nobody, -1 or empty.

    `tiers`, `sites` and `providers` are numbers of nodes. Moments and days are texts in ISO form,
    moments in UTC unless they say otherwise.
    """

    start: int = 0
    tiers: Numbers = field(default_factory=_no_numbers)
    sites: Numbers = field(default_factory=_no_numbers)
    providers: Numbers = field(default_factory=_no_numbers)
    frequency_hours: Keys = field(default_factory=_no_keys)
    retention_days: Keys = field(default_factory=_no_keys)
    size_gib: Keys = field(default_factory=_no_keys)
    kinds: Sequence[str] = ()
    last_success: Sequence[str] = ()
    last_restore_test: Sequence[str] = ()

    def __len__(self) -> int:
        return len(self.tiers)

    @cached_property
    def _by_tier(self) -> tuple[Numbers, Numbers]:
        order = np.argsort(self.tiers, kind="stable").astype(np.int32)
        return self.tiers[order], order

    def of_tier(self, tier: int) -> list[int]:
        """The numbers of the copies of a tier.

        Notes: O(log copies).
        """
        tiers, order = self._by_tier
        first, end = np.searchsorted(tiers, (tier, tier + 1))
        return [int(at) + self.start for at in order[first:end]]

    def places(self, number: int) -> tuple[int, ...]:
        """The site and the provider that are stated of a copy."""
        stated = (int(column[number - self.start]) for column in (self.sites, self.providers))
        return tuple(one for one in stated if one != NOBODY)

    def of(self, number: int, roster: Roster) -> Copy:
        """The copy of a number."""
        at = number - self.start
        site, provider = int(self.sites[at]), int(self.providers[at])
        return Copy(
            roster.node(number).id,
            roster.node(int(self.tiers[at])).id,
            None if site == NOBODY else roster.node(site).id,
            None if provider == NOBODY else roster.node(provider).id,
            self.kinds[at],
            _stated(self.frequency_hours[at]),
            _stated(self.retention_days[at]),
            _stated(self.size_gib[at]),
            _moment(self.last_success[at]),
            _day(self.last_restore_test[at]),
        )


@dataclass(frozen=True, slots=True)
class Holdings:
    """All demands and copies of a graph."""

    demands: Demands = field(default_factory=Demands)
    copies: Copies = field(default_factory=Copies)

    def to_facts(self, roster: Roster) -> tuple[tuple[Demand, ...], tuple[Copy, ...]]:
        """The demand of every tier, and every copy."""
        demands, copies = self.demands, self.copies
        tiers = range(demands.start, demands.start + len(demands.wanted))
        told = np.flatnonzero(copies.tiers != NOBODY) + copies.start
        return (
            tuple(demands.of(number, roster) for number in tiers),
            tuple(copies.of(number, roster) for number in told.tolist()),
        )


def _stated(number: np.int64) -> int | None:
    return None if number == NOBODY else int(number)


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def holdings_of(facts: Facts, numbers: Mapping[Ref, int]) -> Holdings:
    """The demands and copies that stand in memory, of nodes that are numbered already.

    Args:
        facts: Tiers without a demand take nothing; copies are told of once at most.
        numbers: The number of each node, those of a kind in a row.

    Raises:
        InvalidInput: A demand or copy names a node that is not there.
    """
    tiers = [one.id for one in facts.things if one.kind is ThingKind.WORKLOAD]
    backups = [one.id for one in facts.things if one.kind is ThingKind.BACKUP]
    demands = {one: Demand(one) for one in tiers} | {one.tier: one for one in facts.demands}
    copies = {one.id: one for one in facts.copies}
    for ref in (*demands, *copies, *_named_by(facts.copies)):
        if ref not in numbers:
            raise InvalidInput(
                f"There is no “{ref}”.", field="copies", hint="Name what is among the things."
            )
    return Holdings(
        _demands([demands[one] for one in tiers], numbers),
        _copies([copies.get(one) for one in backups], numbers, [numbers[one] for one in backups]),
    )


def _named_by(copies: Iterable[Copy]) -> Iterator[Ref]:
    for one in copies:
        yield from (ref for ref in (one.tier, one.site, one.provider) if ref is not None)


def _demands(demands: Sequence[Demand], numbers: Mapping[Ref, int]) -> Demands:
    return Demands(
        numbers[demands[0].tier] if demands else 0,
        _keys(int(one.vcpus * HUNDREDTHS) for one in demands),
        _keys(one.memory_mib for one in demands),
        _keys(one.storage_gib for one in demands),
        _keys(one.wanted for one in demands),
        _keys(one.needed for one in demands),
        np.array([one.co_hosted for one in demands], np.bool_),
    )


def _copies(
    copies: Sequence[Copy | None], numbers: Mapping[Ref, int], own: Sequence[int]
) -> Copies:
    """The copies as columns; a thing that no copy is told of is one of nothing."""
    return Copies(
        own[0] if own else 0,
        _numbers((one.tier if one else None for one in copies), numbers),
        _numbers((one.site if one else None for one in copies), numbers),
        _numbers((one.provider if one else None for one in copies), numbers),
        _keys(_or_nobody(one.frequency_hours if one else None) for one in copies),
        _keys(_or_nobody(one.retention_days if one else None) for one in copies),
        _keys(_or_nobody(one.size_gib if one else None) for one in copies),
        [one.kind if one else "" for one in copies],
        [one.last_success.isoformat() if one and one.last_success else "" for one in copies],
        [
            one.last_restore_test.isoformat() if one and one.last_restore_test else ""
            for one in copies
        ],
    )


def _numbers(refs: Iterable[Ref | None], numbers: Mapping[Ref, int]) -> Numbers:
    return np.array([NOBODY if ref is None else numbers[ref] for ref in refs], np.int32)


def _or_nobody(number: int | None) -> int:
    return NOBODY if number is None else number


def _keys(values: Iterable[int]) -> Keys:
    return np.fromiter(values, np.int64)

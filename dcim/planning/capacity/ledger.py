"""What every pool has, uses, has promised and could get back: OpenStack Placement's arithmetic.

Per pool (a cluster or a grant) and resource class an inventory; capacity = (total - reserved) x
allocation_ratio. Sums only: whether machines fit on single hosts is left to `pack`. Recorded
over-commitment shows as negative room.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dcim.planning.estate import VM, Allocation, Cluster, Pool, Snapshot
from dcim.planning.sentences import Sentence, all_of, say
from dcim.vocabulary.amounts import Amounts, ResourceClass, capacity, total
from dcim.vocabulary.choices import AppStatus, VirtualMachineStatus, _

IDLE_STATUSES = frozenset({AppStatus.INACTIVE, AppStatus.RETIRED})
_BEYOND_FREE: Final = {
    ResourceClass.VCPU: _("VCPU (asked %(asked)s, free %(free)s)"),
    ResourceClass.MEMORY_MIB: _("MEMORY_MIB (asked %(asked)s, free %(free)s)"),
    ResourceClass.STORAGE_GIB: _("STORAGE_GIB (asked %(asked)s, free %(free)s)"),
}
_BEYOND_LARGEST: Final = {
    ResourceClass.VCPU: _("VCPU (asked %(asked)s, largest %(largest)s)"),
    ResourceClass.MEMORY_MIB: _("MEMORY_MIB (asked %(asked)s, largest %(largest)s)"),
    ResourceClass.STORAGE_GIB: _("STORAGE_GIB (asked %(asked)s, largest %(largest)s)"),
}


class Limit(StrEnum):
    """What a size may break, in the order in which Placement judges it."""

    MIN_UNIT = "min_unit"
    MAX_UNIT = "max_unit"
    STEP_SIZE = "step_size"
    CAPACITY = "capacity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a pool refuses a machine, of one class.

    Attributes:
        pool: Its public name.
        resource_class: Which class it is.
        limit: What is broken; `bound` is its value.
        asked: What the machine asks.
        free: What the pool has left.
        would_fit: The size that would fit: the nearest that is allowed, or what is free.
    """

    pool: str
    resource_class: ResourceClass
    limit: Limit
    asked: int
    free: int
    bound: int
    would_fit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """What a pool has of one resource class, as Placement states it."""

    resource_class: ResourceClass
    total: int
    reserved: int = 0
    allocation_ratio: float = 1.0
    min_unit: int = 1
    max_unit: int = 0
    step_size: int = 1

    @property
    def capacity(self) -> int:
        """(total - reserved) x allocation_ratio, whole units."""
        return capacity(self.total, self.reserved, self.allocation_ratio)

    def broken_by(self, asked: int) -> Limit | None:
        """The limit that a machine of this size breaks, whatever else is used; None if none.

        Notes: as in Placement, what asks nothing of a class breaks nothing of it.
        """
        if asked == 0:
            return None
        if asked < self.min_unit:
            return Limit.MIN_UNIT
        if asked > self.max_unit:
            return Limit.MAX_UNIT
        return Limit.STEP_SIZE if asked % self.step_size else None

    def nearest(self, asked: int) -> int:
        """The size nearest above `asked` that breaks nothing; below it where there is none above.

        Notes: 0 where no size is allowed.
        """
        most = self.max_unit - self.max_unit % self.step_size
        return 0 if self.rounded(1) > most else min(self.rounded(max(1, asked)), most)

    def rounded(self, asked: int) -> int:
        """`asked` as the pool gives it out: at least the smallest, in whole steps; 0 stays 0.

        >>> stock = Inventory(resource_class=ResourceClass.VCPU, total=9, min_unit=3, step_size=2)
        >>> [stock.rounded(asked) for asked in (0, 1, 5)]
        [0, 4, 6]
        """
        step = self.step_size
        return -(-max(asked, self.min_unit) // step) * step if asked else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """An inventory and what stands against it."""

    inventory: Inventory
    used: int = 0
    planned: int = 0
    reclaimable: int = 0

    @property
    def free(self) -> int:
        """What may still be planned; negative where the record is over-committed."""
        return self.inventory.capacity - self.used - self.planned

    def refused_by(self, asked: int) -> Limit | None:
        """Why a machine that asks so much gets no place, in Placement's order; None: it does."""
        if limit := self.inventory.broken_by(asked):
            return limit
        return Limit.CAPACITY if asked > max(0, self.free) and asked else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolLedger:
    """The lines of one pool, in Placement's order of classes.

    `odd` names the machines that are recorded with a size that no new machine may have.
    """

    pool: str
    provider: str | None
    is_open: bool
    lines: tuple[LedgerLine, ...]
    odd: tuple[str, ...] = ()

    @property
    def capacity(self) -> Amounts:
        """What may be used of each class."""
        return self._of(lambda line: line.inventory.capacity)

    @property
    def used(self) -> Amounts:
        """What machines that stand take."""
        return self._of(lambda line: line.used)

    @property
    def planned(self) -> Amounts:
        """What machines that are planned or staged will take."""
        return self._of(lambda line: line.planned)

    @property
    def reclaimable(self) -> Amounts:
        """The part of used that serves nothing active."""
        return self._of(lambda line: line.reclaimable)

    @property
    def free(self) -> Amounts:
        """What is left of each class; negative where over-committed."""
        return self._of(lambda line: line.free)

    @property
    def max_unit(self) -> Amounts:
        """The largest machine that the pool could ever hold."""
        return self._of(lambda line: line.inventory.max_unit)

    @property
    def takes_any_size(self) -> bool:
        """Whether machines need not be rounded to what the pool gives out."""
        return all(one.inventory.min_unit <= 1 == one.inventory.step_size for one in self.lines)

    def sized(self, asked: Amounts) -> Amounts:
        """`asked` as the pool gives it out: each class at least the smallest, in whole steps."""
        return self._of(lambda line: line.inventory.rounded(asked[line.inventory.resource_class]))

    def refusals(self, asked: Amounts) -> tuple[Refusal, ...]:
        """Why a machine of this size gets no place, class by class; empty when it does."""
        return tuple(
            self._refusal(line, asked[line.inventory.resource_class], limit)
            for line in self.lines
            if (limit := line.refused_by(asked[line.inventory.resource_class]))
        )

    def _refusal(self, line: LedgerLine, asked: int, limit: Limit) -> Refusal:
        return Refusal(
            pool=self.pool,
            resource_class=line.inventory.resource_class,
            limit=limit,
            asked=asked,
            free=max(0, line.free),
            bound={
                Limit.MIN_UNIT: line.inventory.min_unit,
                Limit.MAX_UNIT: line.inventory.max_unit,
                Limit.STEP_SIZE: line.inventory.step_size,
                Limit.CAPACITY: line.inventory.capacity,
            }[limit],
            would_fit=max(0, line.free)
            if limit is Limit.CAPACITY
            else line.inventory.nearest(asked),
        )

    def _of(self, amount: Callable[[LedgerLine], int]) -> Amounts:
        return Amounts(*(amount(line) for line in self.lines))


def ledgers(snapshot: Snapshot) -> tuple[PoolLedger, ...]:
    """The ledger of every pool, clusters first; a machine counts in its cluster and its grant."""
    statuses = {app.code: app.status for app in snapshot.apps}
    consumers: dict[str, list[VM]] = defaultdict(list)
    for vm, home in snapshot.homes().items():
        for pool in {home, f"allocation:{vm.allocation}" if vm.allocation else home}:
            consumers[pool].append(vm)
    return tuple(
        _ledger(pool, _is_open(pool, snapshot), consumers[pool.ref], statuses)
        for pool in snapshot.pools
    )


def _ledger(pool: Pool, is_open: bool, vms: list[VM], statuses: dict[str, AppStatus]) -> PoolLedger:
    stock = inventories(pool)
    has_room = any(one.total for one in stock)  # without hosts nothing is known of sizes
    return PoolLedger(
        pool=pool.ref,
        provider=pool.provider,
        is_open=is_open,
        lines=_lines(stock, vms, statuses),
        odd=tuple(vm.name for vm in vms if has_room and _is_odd(vm, stock)),
    )


def _is_odd(vm: VM, stock: tuple[Inventory, ...]) -> bool:
    return any(one.broken_by(vm.amounts[one.resource_class]) for one in stock)


def inventories(pool: Pool) -> tuple[Inventory, ...]:
    """The inventory of each class of `pool`.

    Notes: a cluster's total is the sum of its active hosts; its reserve is the stated one plus, per
    class, the amounts of the largest `host_failures_to_survive` hosts; its max_unit is the largest
    host's amount. A grant is one lump without a ratio; what is committed on it is reserved.
    """
    if isinstance(pool, Allocation):
        return tuple(
            Inventory(
                resource_class=one, total=amount, reserved=pool.committed[one], max_unit=amount
            )
            for one, amount in pool.amounts.as_mapping().items()
        )
    return tuple(_cluster_inventory(pool, one) for one in ResourceClass)


def is_reclaimable(vm: VM, statuses: dict[str, AppStatus]) -> bool:
    """Whether `vm` serves nothing active: on its way out, or with inactive or retired apps only."""
    if vm.status is VirtualMachineStatus.DECOMMISSIONING:
        return all(statuses[code] is not AppStatus.ACTIVE for code in vm.apps)
    return bool(vm.apps) and all(statuses[code] in IDLE_STATUSES for code in vm.apps)


def shortage(pool: str, asked: Amounts, free: Amounts) -> Sentence | None:
    """In words, each class of which `asked` is more than `free`; None when it fits.

    >>> str(shortage("cluster:PDR-KVM", Amounts(4, 8192, 150), Amounts(2, 9000, -10)))
    'cluster:PDR-KVM lacks VCPU (asked 4, free 2) and STORAGE_GIB (asked 150, free -10)'
    """
    return _lacks(
        pool,
        [
            say(_BEYOND_FREE[one], asked=asked[one], free=free[one])
            for one in ResourceClass
            if asked[one] > max(0, free[one])
        ],
    )


def oversize(pool: str, asked: Amounts, largest: Amounts) -> Sentence | None:
    """In words, each class of which `asked` is more than the `largest` machine; None when it fits.

    >>> str(oversize("cluster:PDR-KVM", Amounts(4, 8192, 150), Amounts(2, 9000, 200)))
    'cluster:PDR-KVM lacks VCPU (asked 4, largest 2)'
    """
    return _lacks(
        pool,
        [
            say(_BEYOND_LARGEST[one], asked=asked[one], largest=largest[one])
            for one in ResourceClass
            if asked[one] > largest[one]
        ],
    )


def _lacks(pool: str, classes: list[Sentence]) -> Sentence | None:
    what = all_of(classes) if classes else None
    return say(_("%(pool)s lacks %(what)s"), pool=pool, what=what) if what else None


def _is_open(pool: Pool, snapshot: Snapshot) -> bool:
    if isinstance(pool, Allocation):
        return pool.is_in_force(snapshot.as_of)
    return pool.status == "active" and bool(pool.active_hosts)


def _cluster_inventory(cluster: Cluster, one: ResourceClass) -> Inventory:
    amounts = sorted((host.amounts[one] for host in cluster.active_hosts), reverse=True)
    failures = cluster.host_failures_to_survive
    return Inventory(
        resource_class=one,
        total=sum(amounts),
        reserved=cluster.reserved[one] + sum(amounts[:failures]),
        allocation_ratio=cluster.ratios[one],
        min_unit=cluster.min_unit[one],
        max_unit=max(amounts, default=0),
        step_size=cluster.step_size[one],
    )


def _lines(
    inventories: Iterable[Inventory], vms: list[VM], statuses: dict[str, AppStatus]
) -> tuple[LedgerLine, ...]:
    standing = [vm for vm in vms if not vm.is_planned]
    used = total(vm.amounts for vm in standing)
    planned = total(vm.amounts for vm in vms if vm.is_planned)
    idle = total(vm.amounts for vm in standing if is_reclaimable(vm, statuses))
    return tuple(
        LedgerLine(
            inventory=inventory,
            used=used[inventory.resource_class],
            planned=planned[inventory.resource_class],
            reclaimable=idle[inventory.resource_class],
        )
        for inventory in inventories
    )

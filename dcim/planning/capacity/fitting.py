"""How many more machines of one size a pool takes, and what stops the next one.

On hosts by packing, whole machines, so that what the cluster is to survive is still survived with
them (see `n_plus_one`); in grants by arithmetic. Told are a number that was shown, by a placement
and its evacuations, and one that can't be exceeded; mostly they are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations
from math import comb
from typing import Final

from dcim.planning.capacity.floor import Floor, Occupant, open_rooms
from dcim.planning.capacity.ledger import LedgerLine, Limit, PoolLedger
from dcim.planning.capacity.n_plus_one import MOST_SETS, is_survived, survives
from dcim.planning.estate import Carried
from dcim.vocabulary.amounts import Amounts, ResourceClass
from dcim.vocabulary.errors import InvalidInput

MOST: Final = 10_000  # so many are placed at most; beyond that only sums are told
NEW: Final = Carried(app="", tier="")


class Stop(StrEnum):
    """What stops the next machine, beside a class of which there is too little."""

    CLOSED = "closed"
    APART = "apart"
    SURVIVAL = "survival"
    PACKING = "packing"
    MANY = "many"


@dataclass(frozen=True, slots=True)
class Size:
    """What is asked for; `apart`: no two of them on one host."""

    amounts: Amounts
    apart: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    """How many more fit into a pool.

    Attributes:
        pool: Its public name.
        count: So many were shown to fit; where `binding` is `many`, more were not tried.
        at_most: No more than these do.
        without_reserve: So many would, if nothing were to be survived; None for grants.
        binding: The class, limit or rule that stops the next one.
        resource_class: The class whose limit it is, where it is one.
        hosts: How many of them go to each host, by its name.
    """

    pool: str
    count: int
    at_most: int
    without_reserve: int | None = None
    binding: Limit | Stop
    resource_class: ResourceClass | None = None
    hosts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class _Bound:
    """No more than `count` fit, because of `why`."""

    count: int
    rank: int
    why: Limit | Stop
    resource_class: ResourceClass | None = None


def fitting(book: PoolLedger, size: Size, floor: Floor | None = None) -> Fitting:
    """How many machines of `size` the pool of `book` takes beside what stands and is planned.

    Args:
        book: its ledger.
        size: of one machine.
        floor: its hosts and machines; None where hosts are not ours.

    Raises: InvalidInput when the size is nothing.

    Notes: tried are placements that fill the fullest hosts first, which leaves whole hosts free for
        what has to be evacuated, and ones that spread. The number is found by halving, each try
        shown by a best-fit evacuation of every loss.
    """
    if size.amounts == Amounts():
        raise InvalidInput(
            "a machine of no size fits without end.",
            field="size",
            hint="Ask for at least one of vCPUs, memory and storage.",
        )
    if not book.is_open:
        return Fitting(pool=book.pool, count=0, at_most=0, binding=Stop.CLOSED)
    bounds = list(_by_sums(book, size))
    if floor is None:
        least = min(bounds)
        return Fitting(
            pool=book.pool,
            count=least.count,
            at_most=least.count,
            binding=least.why,
            resource_class=least.resource_class,
        )
    return _on_hosts(book, size, floor, bounds)


def _by_sums(book: PoolLedger, size: Size) -> Iterator[_Bound]:
    for line in book.lines:
        kind = line.inventory.resource_class
        if asked := size.amounts[kind]:
            broken = line.inventory.broken_by(asked)
            if broken:
                yield _Bound(0, 0, broken, kind)
            yield _Bound(_room(line) // asked, 1, Limit.CAPACITY, kind)


def _room(line: LedgerLine) -> int:
    return max(0, line.free)


def _on_hosts(book: PoolLedger, size: Size, floor: Floor, bounds: list[_Bound]) -> Fitting:
    bare = replace(floor, cluster=replace(floor.cluster, host_failures_to_survive=0))
    by_hosts = [*bounds, *_by_hosts(floor, size)]
    most = min(by_hosts)
    count, is_spread = max(
        (_shown(floor, size, min(most.count, MOST), is_spread), is_spread)
        for is_spread in (False, True)
    )
    free = _Bound(sum(_slots(bare, size).values()), 2, Stop.PACKING)
    why = Stop.MANY if count == MOST else Stop.SURVIVAL
    stop = most if count == most.count else _Bound(count, 3, why)
    return Fitting(
        pool=book.pool,
        count=count,
        at_most=most.count,
        without_reserve=free.count,
        binding=stop.why,
        resource_class=stop.resource_class,
        hosts=tuple(sorted(_counts(floor, size, count, is_spread).items())),
    )


def _by_hosts(floor: Floor, size: Size) -> Iterator[_Bound]:
    """What the hosts that are left after the worst loss have room for, machine by machine."""
    slots = _slots(floor, size)
    failures = min(floor.cluster.host_failures_to_survive, len(slots))
    left = sorted(slots.values())[: len(slots) - failures]
    why = Stop.APART if size.apart and any(left) else Stop.PACKING
    yield _Bound(sum(left), 2, why)
    if 0 < comb(len(slots), failures) <= MOST_SETS:
        for lost in combinations(slots, failures):
            yield from _after(floor, size, lost)


def _after(floor: Floor, size: Size, lost: tuple[str, ...]) -> Iterator[_Bound]:
    """What the others have room for by sums once the machines of `lost` are there too."""
    room, leaving = Amounts(), Amounts()
    for host, left in open_rooms(floor.left()).items():
        room += Amounts() if host in lost else left
    for one in floor.occupants:
        leaving += one.amounts if one.host in {"", *lost} else Amounts()
    for kind in ResourceClass:
        if asked := size.amounts[kind]:
            yield _Bound(max(0, room[kind] - leaving[kind]) // asked, 1, Limit.CAPACITY, kind)


def _slots(floor: Floor, size: Size) -> dict[str, int]:
    """How many each host has room for as it stands."""
    most = (1,) if size.apart else ()
    kinds = [kind for kind in ResourceClass if size.amounts[kind]]
    return {
        host: min([*most, *(room[kind] // size.amounts[kind] for kind in kinds)])
        for host, room in open_rooms(floor.left()).items()
    }


def _shown(floor: Floor, size: Size, most: int, is_spread: bool) -> int:
    """The largest number up to `most` for which a placement was shown to survive."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        placed = _with(floor, size, middle, is_spread)
        if placed is not None and _holds(placed):
            low = middle
        else:
            high = middle - 1
    return low


def _holds(floor: Floor) -> bool:
    """Whether what has no host yet has a place too, and every loss that is to be is survived."""
    has_homeless = not all(one.host for one in floor.occupants)
    if has_homeless and not is_survived(floor, (), by_solver=False):
        return False
    return survives(floor, by_solver=False)


def _with(floor: Floor, size: Size, count: int, is_spread: bool) -> Floor | None:
    counts = _counts(floor, size, count, is_spread)
    if sum(counts.values()) < count:
        return None
    new = (
        Occupant(
            id=f"new-{host}-{at}",
            name=f"new-{at}",
            amounts=size.amounts,
            host=host,
            apart=(NEW,) if size.apart else (),
        )
        for host, some in counts.items()
        for at in range(some)
    )
    return replace(floor, occupants=(*floor.occupants, *new))


def _counts(floor: Floor, size: Size, count: int, is_spread: bool) -> dict[str, int]:
    """`count` machines one by one on the host with the most slots left, or with the fewest."""
    slots = _slots(floor, size)
    if not is_spread:
        return _filled(slots, count)
    counts = dict.fromkeys(slots, 0)
    for _at in range(count):
        host = max(slots, key=lambda host: (slots[host], host), default="")
        if not host or slots[host] <= 0:
            break
        slots[host] -= 1
        counts[host] += 1
    return {host: some for host, some in counts.items() if some}


def _filled(slots: dict[str, int], count: int) -> dict[str, int]:
    counts: dict[str, int] = {}
    for host in sorted(slots, key=lambda host: (slots[host], host)):
        counts[host] = min(slots[host], count - sum(counts.values()))
    return {host: some for host, some in counts.items() if some}
